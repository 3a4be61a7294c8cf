import { pageStuck, unexpectedAnswer } from '../http/failures';
import type { Http } from '../http/http';

/** Rows of a v2 page: the most that Dotdigital sends. */
export const SELECT = 1_000;

/**
 * v2 promises no order, so a row that goes away meanwhile moves the rest across the border of two pages. Each page
 * therefore repeats the end of the one before.
 */
const OVERLAP = 100;

/**
 * Reads a v2 resource by select and skip, each row once, up to the first page that is not full.
 *
 * @param key what tells two rows apart
 * @throws ServiceError `pageStuck` when a full page brings nothing new
 */
export async function* selectPages<T>(
    http: Http,
    { path, what, scope }: { readonly path: string; readonly what: string; readonly scope: string },
    key: (row: T) => string | number,
    signal?: AbortSignal,
): AsyncGenerator<T[], void, undefined> {
    const seen = new Set<string | number>();
    for (let skip = 0; ; skip += SELECT - OVERLAP) {
        const query = { select: String(SELECT), skip: String(skip) };
        const { body } = await http.request<readonly T[] | undefined>({ method: 'GET', path, query, scope, signal });
        const rows = arrayIn(body, what);
        const fresh = rows.filter((row) => {
            const id = key(row);
            return !seen.has(id) && seen.add(id);
        });
        if (rows.length >= SELECT && fresh.length === 0) {
            throw pageStuck('dotdigital', what);
        }
        yield fresh;
        if (rows.length < SELECT) {
            return;
        }
    }
}

/** The list of an answer. @throws ServiceError `badAnswer` when there is none: an odd answer is never an empty list */
export function arrayIn<T>(body: readonly T[] | undefined, what: string): readonly T[] {
    if (!Array.isArray(body)) {
        throw unexpectedAnswer('dotdigital', what);
    }
    return body;
}
