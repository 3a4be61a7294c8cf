import { pageStuck } from '../http/failures';
import { linkedSignal } from '../http/linked-signal';
import type { Oro } from './client';
import { type Document, jsonApi, listIn, type Resource } from './json-api';
import { type Query, queryParameters } from './query';

export type { Document, Resource, ResourceId } from './json-api';
export { oroDate, type Query } from './query';
export { readByIds } from './records-by-id';

/** Where a keyset read starts and what it goes by. */
export interface Keyset {
    /** Attribute that identifies and orders the records; it has to be a number. `id` when missing. */
    readonly key?: string;
    /** Last key that is known already. */
    readonly after?: number | string | undefined;
    /** Records of a page. */
    readonly size?: number | undefined;
}

/**
 * Reads all records of a resource in the order of a key: each page asks for keys above the last one, so that records
 * which come or go meanwhile shift nothing. The next page is requested while the caller handles the last one.
 *
 * @returns one document for each page, also for the first one when it is empty; the last one has no `links.next`
 * @throws ServiceError `pageStuck` when the key does not grow
 */
export async function* keysetPages(
    oro: Oro,
    type: string,
    query: Query,
    { key = 'id', after, size }: Keyset = {},
    signal?: AbortSignal,
): AsyncGenerator<Document, void, undefined> {
    const stop = linkedSignal(signal);
    const wanted = { ...query, ...withKey(query, type, key), sort: key, size: size ?? query.size ?? oro.pageSize };
    const read = async (last: number | string | undefined) => {
        const filter = { ...query.filter, ...(last === undefined ? {} : { [`${key}[gt]`]: String(last) }) };
        const parameters = queryParameters({ ...wanted, filter });
        const answer = await jsonApi<Document | undefined>(oro, {
            method: 'GET',
            path: `/${type}`,
            query: parameters,
            signal: stop.signal,
        });
        return listIn(answer.body, type);
    };
    try {
        let last = after;
        let coming: Promise<Document> | null = read(last);
        while (coming !== null) {
            const page: Document = await coming;
            coming = null;
            if (page.links?.next !== undefined) {
                last = nextKey(page, type, key, last);
                coming = read(last);
                // The failure is thrown by the await above; until then it must not count as unhandled.
                coming.catch(() => undefined);
            }
            yield page;
        }
    } finally {
        stop.release();
        stop.abort();
    }
}

/**
 * Number of records that a filter matches.
 *
 * @see OroCommerce, header X-Include: totalCount
 */
export async function countOf(
    oro: Oro,
    type: string,
    filter: Readonly<Record<string, string>>,
    signal?: AbortSignal,
): Promise<number> {
    const { headers, body } = await jsonApi<Document | undefined>(oro, {
        method: 'GET',
        path: `/${type}`,
        query: queryParameters({ filter, size: 1 }),
        headers: { 'x-include': 'totalCount' },
        signal,
    });
    const total = Number(headers['x-include-total-count'] ?? Number.NaN);
    return Number.isFinite(total) ? total : listIn(body, type).data.length;
}

function withKey({ fields }: Query, type: string, key: string): Pick<Query, 'fields'> {
    const names = fields?.[type];
    return names === undefined || key === 'id' || names.includes(key) ? {} : { fields: { ...fields, [type]: [...names, key] } };
}

function nextKey(page: Document, type: string, key: string, last: number | string | undefined): number {
    const record: Resource | undefined = page.data.at(-1);
    const next = Number((key === 'id' ? record?.id : record?.attributes?.[key]) ?? Number.NaN);
    if (!Number.isFinite(next) || (last !== undefined && next <= Number(last))) {
        throw pageStuck('oro', type);
    }
    return next;
}
