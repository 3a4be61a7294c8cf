import type { Dotdigital } from './client';
import { dotdigitalDate, isoDate } from './dates';
import { selectPages } from './pages';

/** Somebody who must not be written to, in the whole account or on one list. */
export interface Suppression {
    readonly contactId: number;
    readonly email: string;
    /** Status of the contact now: `Unsubscribed`, `HardBounced`, … */
    readonly status: string;
    /** Why: `Unsubscribed`, `SoftBounced` (which passes), `HardBounced`, `IspComplained`, … */
    readonly reason: string;
    /** ISO date in UTC. */
    readonly at: string;
}

interface SuppressionAnswer {
    readonly suppressedContact?: { readonly id?: number; readonly email?: string; readonly status?: string };
    readonly dateRemoved?: string;
    readonly reason?: string;
}

/**
 * Pages of everybody who was unsubscribed, bounced or suppressed in the account since a date.
 *
 * @param since ISO date; a fraction of a second is cut off
 * @see Dotdigital API, GET /v2/contacts/suppressed-since/{date}
 */
export function suppressedSince(
    dotdigital: Dotdigital,
    since: string,
    signal?: AbortSignal,
): AsyncGenerator<Suppression[], void, undefined> {
    const path = `/v2/contacts/suppressed-since/${encodeURIComponent(dotdigitalDate(since))}`;
    return suppressionPages(dotdigital, path, 'suppressed', signal);
}

/**
 * Pages of everybody who unsubscribed from one list since a date.
 *
 * @throws ServiceError `listNotFound`
 * @see Dotdigital API, GET /v2/address-books/{id}/contacts/unsubscribed-since/{date}
 */
export function unsubscribedFromListSince(
    dotdigital: Dotdigital,
    listId: number,
    since: string,
    signal?: AbortSignal,
): AsyncGenerator<Suppression[], void, undefined> {
    const date = encodeURIComponent(dotdigitalDate(since));
    const path = `/v2/address-books/${encodeURIComponent(listId)}/contacts/unsubscribed-since/${date}`;
    return suppressionPages(dotdigital, path, 'unsubscribedFromList', signal);
}

/** @see Dotdigital API, POST /v2/address-books/{id}/contacts/unsubscribe */
export async function unsubscribeFromList(
    { http }: Dotdigital,
    listId: number,
    email: string,
    signal?: AbortSignal,
): Promise<void> {
    const path = `/v2/address-books/${encodeURIComponent(listId)}/contacts/unsubscribe`;
    await http.request({
        method: 'POST',
        path,
        body: { email },
        expect: 'nothing',
        repeatable: true,
        scope: 'unsubscribe',
        signal,
    });
}

/** Unsubscribes from everything. @see Dotdigital API, POST /v2/contacts/unsubscribe */
export async function unsubscribe({ http }: Dotdigital, email: string, signal?: AbortSignal): Promise<void> {
    const path = '/v2/contacts/unsubscribe';
    await http.request({
        method: 'POST',
        path,
        body: { email },
        expect: 'nothing',
        repeatable: true,
        scope: 'unsubscribe',
        signal,
    });
}

async function* suppressionPages(
    { http }: Dotdigital,
    path: string,
    scope: string,
    signal?: AbortSignal,
): AsyncGenerator<Suppression[], void, undefined> {
    const key = (row: SuppressionAnswer) => `${row.suppressedContact?.id} ${row.reason} ${row.dateRemoved}`;
    for await (const page of selectPages<SuppressionAnswer>(http, { path, what: 'suppressions', scope }, key, signal)) {
        yield page.map(suppressionFrom);
    }
}

function suppressionFrom({ suppressedContact = {}, dateRemoved = '', reason = '' }: SuppressionAnswer): Suppression {
    const { id = 0, email = '', status = '' } = suppressedContact;
    return { contactId: id, email, status, reason, at: isoDate(dateRemoved) };
}
