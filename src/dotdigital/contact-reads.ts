import { pageStuck } from '../http/failures';
import type { Dotdigital } from './client';
import type { Contact } from './contacts';
import { dotdigitalDate } from './dates';
import { arrayIn } from './pages';

/** Which contacts to read and what of them; without anything: all, with their identifiers only. */
export interface ContactSelection {
    readonly listId?: number | undefined;
    /** ISO date; a fraction of a second is cut off. */
    readonly modifiedSince?: string | undefined;
    /** Names of data fields, or `[[ALL]]`. */
    readonly dataFields?: readonly string[] | undefined;
    readonly include?: readonly ('channelProperties' | 'lists' | 'preferences' | 'consentRecords')[] | undefined;
    /** Contacts of a page, 1 to 5 000. */
    readonly limit?: number | undefined;
}

interface SeekPage {
    readonly _items?: readonly Contact[];
    readonly _links?: { readonly next?: { readonly marker?: string } };
}

/** The most that one page may hold; large pages spare calls of the lowest rate tier. */
const LIMIT = 5_000;

/**
 * Reads contacts page by page.
 *
 * @throws ServiceError `pageStuck` when a page leads to itself
 * @see Dotdigital API, GET /contacts/v3 (the marker alone is not enough: the filters are repeated with it)
 */
export async function* readContacts(
    { http }: Dotdigital,
    selection: ContactSelection,
    signal?: AbortSignal,
): AsyncGenerator<Contact[], void, undefined> {
    const query = selectionQuery(selection);
    let marker: string | undefined;
    do {
        const { body } = await http.request<SeekPage | undefined>({
            method: 'GET',
            path: '/contacts/v3',
            query: marker === undefined ? query : { ...query, marker },
            scope: 'contacts',
            signal,
        });
        yield [...arrayIn(body?._items, 'contacts')];
        const next = body?._links?.next?.marker;
        if (next !== undefined && next === marker) {
            throw pageStuck('dotdigital', 'contacts');
        }
        marker = next;
    } while (marker !== undefined);
}

function selectionQuery({
    listId,
    modifiedSince,
    dataFields = [],
    include = [],
    limit = LIMIT,
}: ContactSelection): Record<string, string> {
    return {
        ...(dataFields.length === 0 ? {} : { 'data-fields': dataFields.join('|') }),
        ...(include.length === 0 ? {} : { include: include.join('|') }),
        ...(modifiedSince === undefined ? {} : { '~modified': `gte::${dotdigitalDate(modifiedSince)}` }),
        ...(listId === undefined ? {} : { '~listId': String(listId) }),
        limit: String(limit),
    };
}
