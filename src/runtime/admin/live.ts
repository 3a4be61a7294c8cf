import { listDataFields } from '../../dotdigital/data-fields';
import { listLists } from '../../dotdigital/lists';
import { PackageError } from '../../http/errors';
import { listAttributes } from '../../oro/attributes';
import type { Oro } from '../../oro/client';
import { listCustomerGroups, searchCustomers } from '../../oro/customer-groups';
import { listMarketingLists } from '../../oro/marketing-lists';
import { listSegments, segmentMemberCount } from '../../oro/segments';
import { listTags } from '../../oro/tags';
import type { DialogConnection } from './dialog-connection';

/** What a live list is asked for. */
export interface LiveRequest {
    /** Part of the name to look for; '' for all. */
    readonly search: string;
    /** Resource whose attributes are wanted. */
    readonly resource: string;
}

/** Members are counted only where that costs few requests. */
const MOST_COUNTED = 60;
/** Requests at the same time while counting. */
const COUNTED_AT_ONCE = 4;

type Loader = (connection: DialogConnection, request: LiveRequest, signal: AbortSignal) => Promise<readonly unknown[]>;

const LOADERS: Readonly<Record<string, Loader>> = {
    'oro-lists': async (connection, _request, signal) => {
        const oro = await connection.oro();
        const lists = await listMarketingLists(oro, signal);
        return counted(oro, lists, (list) => list.segmentId, signal);
    },
    'oro-segments': async (connection, _request, signal) => {
        const oro = await connection.oro();
        const segments = await listSegments(oro, signal);
        return counted(oro, segments, (segment) => segment.id, signal);
    },
    'oro-tags': async (connection, { search }, signal) => listTags(await connection.oro(), search, signal),
    'oro-groups': async (connection, _request, signal) => listCustomerGroups(await connection.oro(), signal),
    'oro-customers': async (connection, { search }, signal) => searchCustomers(await connection.oro(), search, signal),
    'oro-attributes': async (connection, { resource }, signal) =>
        listAttributes(await connection.oro(), resource || 'customerusers', signal),
    'dotdigital-lists': async (connection, _request, signal) => listLists(await connection.dotdigital(signal), signal),
    'dotdigital-data-fields': async (connection, _request, signal) => {
        const fields = await listDataFields(await connection.dotdigital(signal), signal);
        return [...fields].sort((a, b) => a.name.localeCompare(b.name));
    },
};

/** The names of live lists. */
export const LIVE_LISTS: readonly string[] = Object.keys(LOADERS);

/** Live lists that name customers, who may be persons: only for those who may change flows. */
export const PERSONAL_LISTS: ReadonlySet<string> = new Set(['oro-customers']);

/** Loads a live list. @throws PackageError notFound for a name that does not exist */
export function loadLive(
    what: string,
    connection: DialogConnection,
    request: LiveRequest,
    signal: AbortSignal,
): Promise<readonly unknown[]> {
    const load = LOADERS[what];
    if (load === undefined) throw new PackageError('notFound', `There is no live list of the name "${what}".`);
    return load(connection, request, signal);
}

/** Adds `members`: what the segment held when it was built last, null where it was never built or is not counted. */
async function counted<T extends { readonly refreshedAt: string | null }>(
    oro: Oro,
    lists: readonly T[],
    segmentOf: (list: T) => string | null,
    signal: AbortSignal,
): Promise<(T & { readonly members: number | null })[]> {
    const members = new Map<T, number>();
    const waiting = lists.filter((list) => segmentOf(list) !== null && list.refreshedAt !== null).slice(0, MOST_COUNTED);
    const count = async () => {
        for (let list = waiting.shift(); list !== undefined; list = waiting.shift()) {
            members.set(list, await segmentMemberCount(oro, segmentOf(list) ?? '', signal));
        }
    };
    await Promise.all(Array.from({ length: COUNTED_AT_ONCE }, count));
    return lists.map((list) => ({ ...list, members: members.get(list) ?? null }));
}
