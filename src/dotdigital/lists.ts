import { unexpectedAnswer } from '../http/failures';
import type { Dotdigital } from './client';
import { selectPages } from './pages';

/** A list (address book). */
export interface AddressBook {
    readonly id: number;
    readonly name: string;
    /** `Private` or `Public` (offered in preference centres). */
    readonly visibility: string;
    /** Number of contacts on it; Dotdigital counts with a delay. */
    readonly contacts: number;
}

/** State of a bulk removal; one of a name that is not known counts as going on. */
export type RemovalStatus = 'Started' | 'Completed' | 'Failed';

interface JobAnswer {
    readonly id?: string;
    readonly Id?: string;
    readonly status?: string;
    readonly Status?: string;
}

/** @see Dotdigital API, GET /v2/address-books */
export async function listLists({ http }: Dotdigital, signal?: AbortSignal): Promise<AddressBook[]> {
    const lists: AddressBook[] = [];
    const source = { path: '/v2/address-books', what: 'lists', scope: 'lists' };
    for await (const page of selectPages<AddressBook>(http, source, ({ id }) => id, signal)) {
        lists.push(...page);
    }
    return lists;
}

/** @returns null when there is no such list. @see Dotdigital API, GET /v2/address-books/{id} */
export async function getList({ http }: Dotdigital, id: number, signal?: AbortSignal): Promise<AddressBook | null> {
    const { status, body } = await http.request<AddressBook | undefined>({
        method: 'GET',
        path: `/v2/address-books/${encodeURIComponent(id)}`,
        accept: [404],
        scope: 'list',
        signal,
    });
    return status === 404 ? null : listIn(body);
}

/**
 * Creates a list. Names are unique across lists and segments.
 *
 * @see Dotdigital API, POST /v2/address-books
 */
export async function createList(
    { http }: Dotdigital,
    { name, visibility }: { readonly name: string; readonly visibility: 'Private' | 'Public' },
    signal?: AbortSignal,
): Promise<AddressBook> {
    const { body } = await http.request<AddressBook | undefined>({
        method: 'POST',
        path: '/v2/address-books',
        body: { name, visibility },
        scope: 'createList',
        signal,
    });
    return listIn(body);
}

/**
 * Takes one contact off a list. Nothing happens when it is not on it.
 *
 * @see Dotdigital API, DELETE /v2/address-books/{id}/contacts/{contactId}
 */
export async function removeFromList(
    { http }: Dotdigital,
    listId: number,
    contactId: number,
    signal?: AbortSignal,
): Promise<void> {
    await http.request({
        method: 'DELETE',
        path: `/v2/address-books/${encodeURIComponent(listId)}/contacts/${encodeURIComponent(contactId)}`,
        expect: 'nothing',
        accept: [404],
        scope: 'removeFromList',
        signal,
    });
}

/**
 * Starts to take many contacts off a list; the contacts themselves stay.
 *
 * @returns the id to ask {@link removalStatus} for
 * @see Dotdigital API, POST /v2/address-books/{id}/contacts/delete
 */
export async function startRemoval(
    { http }: Dotdigital,
    listId: number,
    contactIds: readonly number[],
    signal?: AbortSignal,
): Promise<string> {
    const { body } = await http.request<JobAnswer | undefined>({
        method: 'POST',
        path: `/v2/address-books/${encodeURIComponent(listId)}/contacts/delete`,
        body: contactIds,
        repeatable: true,
        scope: 'removal',
        signal,
    });
    const id = body?.id ?? body?.Id;
    if (id === undefined) {
        throw unexpectedAnswer('dotdigital', 'removal');
    }
    return String(id);
}

/** @see Dotdigital API, GET /v2/contacts/deletion/{id}, whose answer is written with capitals in some versions */
export async function removalStatus({ http }: Dotdigital, jobId: string, signal?: AbortSignal): Promise<RemovalStatus> {
    const path = `/v2/contacts/deletion/${encodeURIComponent(jobId)}`;
    const { body } = await http.request<JobAnswer | undefined>({ method: 'GET', path, scope: 'removalStatus', signal });
    const status = (body?.status ?? body?.Status ?? '').toLowerCase();
    return status === 'completed' ? 'Completed' : status === 'failed' ? 'Failed' : 'Started';
}

function listIn(body: AddressBook | undefined): AddressBook {
    if (typeof body?.id !== 'number') {
        throw unexpectedAnswer('dotdigital', 'list');
    }
    return body;
}
