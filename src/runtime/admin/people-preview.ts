import { PackageError } from '../../http/errors';
import type { Oro } from '../../oro/client';
import { getMarketingList, manualMembers, removedMembers } from '../../oro/marketing-lists';
import { countOf, type Document, keysetPages, readByIds } from '../../oro/pages';
import { getSegment, rebuildSegment, segmentMemberCount, segmentMembers } from '../../oro/segments';
import { taggedEntities } from '../../oro/tags';
import { filterOf } from '../../sync/condition';
import { projectionFor } from '../../sync/projection';
import { flatten, type OroRecord } from '../../sync/record';
import { PEOPLE } from '../audience';
import type { ReaderBody } from './bodies';

/** How a look at an audience ends. */
export interface Preview {
    /** Members as Oro counts them; null where it does not say. */
    readonly members: number | null;
    readonly people: readonly OroRecord[];
}

/** What the dialog shows of a record although nobody asked for it. */
const SHOWN = ['email', 'firstName', 'lastName'];
/** More ids than people wanted: some members have no readable record or were removed by hand. */
const SPARE = 10;

/** Parts of an audience: what its members are, how many, and the ids of the first ones. */
interface Members {
    readonly resource: string;
    readonly total: number | null;
    readonly ids: readonly number[];
}

/**
 * The first people of an audience. Nothing is kept, and Oro is changed in one case only: a dynamic list that was never
 * built for other programs is built, since there is nothing to see before.
 *
 * @param mayRebuild false where nothing may be written
 */
export async function previewPeople(
    oro: Oro,
    reader: ReaderBody,
    { count, mayRebuild, signal }: { readonly count: number; readonly mayRebuild: boolean; readonly signal: AbortSignal },
): Promise<Preview> {
    if (reader.audience === 'query') return previewQuery(oro, reader, count, signal);
    const wanted = count * SPARE;
    const members = await membersOf(oro, reader, wanted, mayRebuild && reader.rebuild !== 'never', signal);
    if (members.resource === '') throw kindUnknown();
    const behind = PEOPLE.has(members.resource) ? members.ids : await peopleBehind(oro, members, signal);
    const people = await readPeople(
        oro,
        PEOPLE.has(members.resource) ? members.resource : 'customerusers',
        behind,
        reader,
        signal,
    );
    return { members: members.total, people: people.slice(0, count) };
}

async function previewQuery(oro: Oro, reader: ReaderBody, count: number, signal: AbortSignal): Promise<Preview> {
    const filter = filterOf(reader.filter, new Date());
    const total = await countOf(oro, reader.resource, filter, signal);
    if (PEOPLE.has(reader.resource)) {
        const projection = projectionFor(reader.resource, [...SHOWN, ...reader.fields]);
        const query = { filter, fields: projection.fields, include: projection.include };
        const document = await firstPage(keysetPages(oro, reader.resource, query, { size: count }, signal));
        return { members: total, people: flatten(document, projection).map(({ record }) => record) };
    }
    const query = { filter, fields: { [reader.resource]: ['customerUser'] } };
    const document = await firstPage(keysetPages(oro, reader.resource, query, { size: count * SPARE }, signal));
    const people = await readPeople(oro, 'customerusers', customerUsersOf(document), reader, signal);
    // Orders are counted, not the people behind them: several can be one person's.
    return { members: null, people: people.slice(0, count) };
}

async function membersOf(
    oro: Oro,
    reader: ReaderBody,
    wanted: number,
    mayRebuild: boolean,
    signal: AbortSignal,
): Promise<Members> {
    if (reader.audience === 'tag') {
        const { ids } = await taggedEntities(oro, reader.listId, reader.resource, signal);
        return { resource: reader.resource, total: ids.length, ids: ids.slice(0, wanted) };
    }
    if (reader.audience === 'segment') {
        const segment = await getSegment(oro, reader.listId, signal);
        return segmentPart(oro, { ...segment, segmentId: segment.id }, wanted, mayRebuild, signal);
    }
    const list = await getMarketingList(oro, reader.listId, signal);
    const removed = new Set(await firstPage(removedMembers(oro, reader.listId, signal)));
    if (list.kind === 'manual' || list.segmentId === null) {
        const ids = await firstPage(manualMembers(oro, reader.listId, signal));
        const members = ids.filter((id) => !removed.has(id));
        return { resource: list.resource, total: null, ids: members.slice(0, wanted) };
    }
    const part = await segmentPart(oro, { ...list, segmentId: list.segmentId }, wanted + removed.size, mayRebuild, signal);
    return { ...part, ids: part.ids.filter((id) => !removed.has(id)) };
}

async function segmentPart(
    oro: Oro,
    list: { readonly segmentId: string; readonly kind: string; readonly resource: string; readonly refreshedAt: string | null },
    wanted: number,
    mayRebuild: boolean,
    signal: AbortSignal,
): Promise<Members> {
    if (list.refreshedAt === null) {
        if (list.kind !== 'dynamic' || !mayRebuild) throw neverRefreshed();
        await rebuildSegment(oro, list.segmentId, signal);
    }
    const total = await segmentMemberCount(oro, list.segmentId, signal);
    for await (const { ids } of segmentMembers(oro, list.segmentId, { size: wanted }, signal)) {
        return { resource: list.resource, total, ids };
    }
    return { resource: list.resource, total, ids: [] };
}

async function peopleBehind(oro: Oro, { resource, ids }: Members, signal: AbortSignal): Promise<readonly number[]> {
    return customerUsersOf(await readByIds(oro, resource, ids, { fields: { [resource]: ['customerUser'] } }, signal));
}

function customerUsersOf({ data }: Document): readonly number[] {
    const ids = data.flatMap(({ relationships }) => {
        const link = relationships?.['customerUser']?.data;
        return link === null || link === undefined || Array.isArray(link) ? [] : [Number((link as { id: string }).id)];
    });
    return [...new Set(ids)];
}

/** Reads people by their ids, in this order. Those that Oro does not return are left out. */
export async function readPeople(
    oro: Oro,
    type: string,
    ids: readonly number[],
    { fields }: { readonly fields: readonly string[] },
    signal: AbortSignal,
): Promise<OroRecord[]> {
    const projection = projectionFor(type, [...SHOWN, ...fields]);
    const document = await readByIds(oro, type, ids, { fields: projection.fields, include: projection.include }, signal);
    return flatten(document, projection)
        .map(({ record }) => record)
        .sort((a, b) => Number(a.id) - Number(b.id));
}

async function firstPage<T>(pages: AsyncGenerator<T>): Promise<T> {
    for await (const page of pages) return page;
    throw new PackageError('badAnswer', 'OroCommerce answered without a list.');
}

function neverRefreshed(): PackageError {
    return new PackageError(
        'listNeverRefreshed',
        'This list was never refreshed in OroCommerce, so it has no members yet. Press "Refresh list" in Oro, or let this node rebuild it first.',
    );
}

function kindUnknown(): PackageError {
    return new PackageError(
        'resourceUnknown',
        'The list holds records of a kind that this package does not know. Choose a list of customer users, contacts, leads, orders or quotes.',
        { details: { resource: '?' } },
    );
}
