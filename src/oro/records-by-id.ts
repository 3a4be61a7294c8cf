import { isPackageError } from '../http/errors';
import type { Oro } from './client';
import { type Document, jsonApi, listIn, type Resource } from './json-api';
import { type Query, queryBody, queryParameters } from './query';

/** Keeps the address below the 8 000 characters that web servers take. */
const IDS_IN_ADDRESS = 500;
const NOT_SUPPORTED = new Set([400, 404, 405]);

/** Shops that are known to refuse the method override (before 5.1.8 and 6.0.2). */
const withoutOverride = new WeakSet<Oro>();

/**
 * Reads records by their ids, thousands in one request.
 *
 * @returns one document with all records; ids that do not exist, or that the user may not see, are missing
 * @see OroCommerce, X-HTTP-Method-Override: GET with the query in the body
 */
export async function readByIds(
    oro: Oro,
    type: string,
    ids: readonly number[],
    query: Query,
    signal?: AbortSignal,
): Promise<Document> {
    if (ids.length === 0) {
        return { data: [] };
    }
    if (withoutOverride.has(oro)) {
        return readInChunks(oro, type, ids, query, signal);
    }
    try {
        const answer = await jsonApi<Document | undefined>(oro, {
            method: 'POST',
            path: `/${type}`,
            headers: { 'x-http-method-override': 'GET', 'x-include': 'noHateoas' },
            body: queryBody(withIds(query, ids)),
            repeatable: true,
            signal,
        });
        return listIn(answer.body, type);
    } catch (error) {
        if (!isPackageError(error) || !NOT_SUPPORTED.has(error.status ?? 0)) {
            throw error;
        }
        // A query that is wrong in itself is refused here too.
        const document = await readInChunks(oro, type, ids, query, signal);
        withoutOverride.add(oro);
        return document;
    }
}

async function readInChunks(
    oro: Oro,
    type: string,
    ids: readonly number[],
    query: Query,
    signal?: AbortSignal,
): Promise<Document> {
    const data: Resource[] = [];
    const included = new Map<string, Resource>();
    for (let start = 0; start < ids.length; start += IDS_IN_ADDRESS) {
        const chunk = queryParameters(withIds(query, ids.slice(start, start + IDS_IN_ADDRESS)));
        const answer = await jsonApi<Document | undefined>(oro, {
            method: 'GET',
            path: `/${type}`,
            headers: { 'x-include': 'noHateoas' },
            query: chunk,
            signal,
        });
        const page = listIn(answer.body, type);
        data.push(...page.data);
        for (const resource of page.included ?? []) {
            included.set(`${resource.type} ${resource.id}`, resource);
        }
    }
    return included.size === 0 ? { data } : { data, included: [...included.values()] };
}

function withIds(query: Query, ids: readonly number[]): Query {
    return { ...query, filter: { ...query.filter, id: ids.join(',') }, size: ids.length };
}
