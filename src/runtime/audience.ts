import { PackageError } from '../http/errors';
import type { Oro } from '../oro/client';
import { getMarketingList, manualMembers, removedMembers, unsubscribedMembers } from '../oro/marketing-lists';
import { countOf, type Document, keysetPages, readByIds } from '../oro/pages';
import { getSegment, rebuildSegment, segmentMemberCount, segmentMembers } from '../oro/segments';
import { taggedEntities } from '../oro/tags';
import { type Condition, filterOf } from '../sync/condition';
import type { ReadRecord } from '../sync/record';
import { audienceId } from './audience-id';
import type { Ledger } from './ledger';
import { inOrder, prefetched } from './read-ahead';
import { Reading } from './reading';

/** Which people are read. */
export interface AudienceSettings {
    readonly audience: 'list' | 'segment' | 'tag' | 'query';
    /** Id of the list, segment or tag; '' for a filter. */
    readonly listId: string;
    readonly resource: string;
    readonly filter: readonly Condition[];
    readonly rebuild: 'dynamic' | 'always' | 'never';
}

/** People of the audience, in ascending order of their ids over all pages. */
export interface MemberPage {
    readonly people: readonly ReadRecord[];
    /** Members whose record Oro did not return. */
    readonly unreadable: readonly number[];
}

/** An audience that is ready to be read. */
export interface Audience {
    /** JSON:API type of the people. */
    readonly type: string;
    /** Members as Oro counts them; null where it does not say. */
    readonly total: number | null;
    /** False when Oro is known to have cut the answer. */
    readonly complete: boolean;
    /** Ids of people who opted out in Oro, ascending; null where the audience knows no opt-outs. */
    optedOut(): AsyncGenerator<[number, true][]> | null;
    /** May be asked for again: then everybody is read once more. */
    pages(): AsyncGenerator<MemberPage>;
    /** Reads some of the people again, by their ids. Those that Oro does not return are left out. */
    read(ids: readonly number[]): Promise<readonly ReadRecord[]>;
}

/** What the reading needs beside the settings. */
export interface AudienceContext {
    readonly oro: Oro;
    /** Where ids are sorted on disk. */
    readonly ledger: Ledger;
    /** Fields that the records must hold. */
    readonly paths: readonly string[];
    readonly now: Date;
    readonly signal: AbortSignal;
    /** False for a dry run: a list is taken as somebody in Oro refreshed it last. */
    readonly mayRebuild: boolean;
    onRebuild(): void;
}

/** Resources whose records are people. */
export const PEOPLE: ReadonlySet<string> = new Set(['customerusers', 'contacts', 'leads']);
/** Ids in one page of a list's members. */
const ID_PAGE = 5000;
/** Requests for records at a time. Two take Oro no longer than one, four more than twice as long. */
const REQUESTS_AT_ONCE = 2;

/** Prepares the reading of an audience: finds the list, has it rebuilt, and reads who was removed or opted out. */
export async function openAudience(settings: AudienceSettings, context: AudienceContext): Promise<Audience> {
    switch (settings.audience) {
        case 'query':
            return openQuery(settings, context);
        case 'tag':
            return openTag(settings, context);
        case 'segment':
            return openSegment(settings, context);
        case 'list':
            return openList(settings, context);
    }
}

async function openList(settings: AudienceSettings, context: AudienceContext): Promise<Audience> {
    const { oro, ledger, signal } = context;
    const list = await getMarketingList(oro, await audienceId(settings, oro, signal), signal);
    if (list.kind !== 'manual' && list.segmentId !== null) {
        await rebuildWhereWanted(settings, { ...list, segmentId: list.segmentId }, context);
    }
    await stage(ledger, 'removed', removedMembers(oro, list.id, signal));
    await stage(ledger, 'optedOut', unsubscribedMembers(oro, list.id, signal));
    const { segmentId } = list;
    const ids = () =>
        withoutRemoved(
            segmentId === null || list.kind === 'manual' ? manualIds(list.id, context) : segmentIds(segmentId, context),
            ledger,
        );
    const total = segmentId === null ? null : await segmentMemberCount(oro, segmentId, signal);
    return peopleBehind(list.resource, ids, context, { total, optOuts: true, complete: true });
}

async function openSegment(settings: AudienceSettings, context: AudienceContext): Promise<Audience> {
    const segment = await getSegment(context.oro, await audienceId(settings, context.oro, context.signal), context.signal);
    await rebuildWhereWanted(settings, { ...segment, segmentId: segment.id }, context);
    const total = await segmentMemberCount(context.oro, segment.id, context.signal);
    const ids = () => segmentIds(segment.id, context);
    return peopleBehind(segment.resource, ids, context, { total, optOuts: false, complete: true });
}

async function openTag(settings: AudienceSettings, context: AudienceContext): Promise<Audience> {
    const { oro, signal } = context;
    const tag = await audienceId(settings, oro, signal);
    const { ids, truncated } = await taggedEntities(oro, tag, settings.resource, signal);
    const sorted = [...ids].sort((a, b) => a - b);
    async function* pages() {
        for (let start = 0; start < sorted.length; start += ID_PAGE) yield sorted.slice(start, start + ID_PAGE);
    }
    return peopleBehind(settings.resource, pages, context, { total: sorted.length, optOuts: false, complete: !truncated });
}

async function openQuery(settings: AudienceSettings, context: AudienceContext): Promise<Audience> {
    const { oro, signal } = context;
    const filter = filterOf(settings.filter, context.now);
    if (!PEOPLE.has(settings.resource)) {
        const found = keysetPages(
            oro,
            settings.resource,
            { filter, fields: { [settings.resource]: ['customerUser'] } },
            {},
            signal,
        );
        await stagePeople(context, found);
        return peopleBehind('customerusers', () => stagedIds(context), context, { total: null, optOuts: false, complete: true });
    }
    const reading = new Reading(settings.resource, context);
    const total = await countOf(oro, settings.resource, filter, signal);
    return {
        type: settings.resource,
        total,
        complete: true,
        optedOut: () => null,
        read: (ids) => reading.byIds(ids),
        async *pages() {
            const query = { filter, fields: reading.projection.fields, include: reading.projection.include };
            for await (const document of prefetched(keysetPages(oro, settings.resource, query, { size: reading.size }, signal))) {
                yield { people: reading.flat(document), unreadable: [] };
            }
        },
    };
}

async function rebuildWhereWanted(
    settings: AudienceSettings,
    list: { readonly kind: string; readonly segmentId: string; readonly refreshedAt: string | null; readonly name: string },
    context: AudienceContext,
): Promise<void> {
    const wanted = settings.rebuild === 'always' || (settings.rebuild === 'dynamic' && list.kind === 'dynamic');
    if (wanted && context.mayRebuild) {
        context.onRebuild();
        await rebuildSegment(context.oro, list.segmentId, context.signal);
        return;
    }
    if (list.refreshedAt === null) {
        throw new PackageError(
            'listNeverRefreshed',
            `The list "${list.name}" was never refreshed in OroCommerce, so it has no members yet. Press "Refresh list" in Oro, or choose "rebuild first: always" in the list reader.`,
        );
    }
}

async function* segmentIds(segmentId: string, context: AudienceContext): AsyncGenerator<number[]> {
    for await (const page of segmentMembers(context.oro, segmentId, { size: ID_PAGE }, context.signal)) yield page.ids;
}

/** The members of a manual list come in the order of their items: they are sorted on disk. */
async function* manualIds(listId: string, context: AudienceContext): AsyncGenerator<number[]> {
    await stage(context.ledger, 'people', manualMembers(context.oro, listId, context.signal));
    yield* stagedIds(context);
}

async function* stagedIds(context: AudienceContext): AsyncGenerator<number[]> {
    for await (const entries of context.ledger.staging('people').entries()) yield entries.map(([id]) => id);
}

/** Removed items are no members, whatever the segment says. */
async function* withoutRemoved(pages: AsyncGenerator<number[]>, ledger: Ledger): AsyncGenerator<number[]> {
    const removed = new Set<number>();
    for await (const entries of ledger.staging('removed').entries()) for (const [id] of entries) removed.add(id);
    for await (const ids of pages) yield removed.size === 0 ? ids : ids.filter((id) => !removed.has(id));
}

async function stage(ledger: Ledger, name: string, pages: AsyncGenerator<number[]>): Promise<void> {
    const staging = ledger.staging(name);
    for await (const ids of pages) await staging.add(ids, true);
}

/** Lists of orders, quotes or carts: the people behind them, once each. */
async function stagePeople(context: AudienceContext, documents: AsyncGenerator<Document>): Promise<void> {
    const staging = context.ledger.staging('people');
    for await (const document of documents) {
        const ids = document.data.flatMap((resource) => {
            const link = resource.relationships?.['customerUser']?.data;
            return link === null || link === undefined || Array.isArray(link) ? [] : [Number((link as { id: string }).id)];
        });
        await staging.add(ids, true);
    }
}

async function peopleBehind(
    resource: string,
    pages: () => AsyncGenerator<number[]>,
    context: AudienceContext,
    facts: { readonly total: number | null; readonly optOuts: boolean; readonly complete: boolean },
): Promise<Audience> {
    if (resource === '') {
        throw new PackageError(
            'resourceUnknown',
            'The list holds records of a kind that this package does not know. Choose a list of customer users, contacts, leads, orders, quotes or shopping lists.',
        );
    }
    if (PEOPLE.has(resource)) return audienceOf(resource, pages, context, facts);
    await stageBehind(resource, pages(), context, facts.optOuts);
    return audienceOf('customerusers', () => stagedIds(context), context, { ...facts, total: null });
}

async function stageBehind(
    resource: string,
    pages: AsyncGenerator<number[]>,
    context: AudienceContext,
    optOuts: boolean,
): Promise<void> {
    const { oro, ledger, signal } = context;
    const optedOut = new Set<number>();
    if (optOuts) for await (const entries of ledger.staging('optedOut').entries()) for (const [id] of entries) optedOut.add(id);
    async function* documents(wanted: (id: number) => boolean, ids: readonly number[]): AsyncGenerator<Document> {
        const some = ids.filter(wanted);
        if (some.length > 0) yield await readByIds(oro, resource, some, { fields: { [resource]: ['customerUser'] } }, signal);
    }
    if (optOuts) await ledger.staging('optedOut').clear();
    for await (const ids of pages) {
        await stagePeople(
            context,
            documents(() => true, ids),
        );
        for await (const document of documents((id) => optedOut.has(id), ids)) {
            const people = document.data.flatMap((each) => {
                const link = each.relationships?.['customerUser']?.data as { id: string } | null | undefined;
                return link === null || link === undefined ? [] : [Number(link.id)];
            });
            await ledger.staging('optedOut').add(people, true);
        }
    }
}

function audienceOf(
    type: string,
    pages: () => AsyncGenerator<number[]>,
    context: AudienceContext,
    facts: { readonly total: number | null; readonly optOuts: boolean; readonly complete: boolean },
): Audience {
    const reading = new Reading(type, context);
    return {
        type,
        total: facts.total,
        complete: facts.complete,
        optedOut: () => (facts.optOuts ? context.ledger.staging('optedOut').entries<true>() : null),
        read: (ids) => reading.byIds(ids),
        async *pages() {
            async function* requests(): AsyncGenerator<() => Promise<MemberPage>> {
                for await (const ids of prefetched(pages())) {
                    for (let start = 0; start < ids.length; start += reading.size) {
                        yield () => reading.membersOf(ids.slice(start, start + reading.size));
                    }
                }
            }
            yield* inOrder(requests(), REQUESTS_AT_ONCE);
        },
    };
}
