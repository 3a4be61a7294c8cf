import type { SandboxAnswer, SandboxRequest } from '../service';
import type { AccountState, Timed } from './account-state';
import { contactNotFoundV2, listNotFound, Refusal, v2Error } from './answers';
import { type Contact, type EmailStatus, isReversible, reasonOfStatus } from './contact';
import { isRecord } from './contact-body';
import { v2View } from './contact-view';
import { resubscribe } from './contact-write';
import type { List } from './membership';
import { type Desk, page, pathDate, type Resource, route, v2Body } from './route';

/** Who is unsubscribed or suppressed, in the account and from lists (Dotdigital API, /v2/contacts and /v2/address-books/{id}/contacts). */
export const suppressions: Resource = {
    routes: [
        route('GET', '/v2/contacts/suppressed-since/{part}', 'low', (desk, request, date = '') =>
            feed(desk, request, date, () => true),
        ),
        route('GET', '/v2/contacts/unsubscribed-since/{part}', 'low', (desk, request, date = '') =>
            feed(desk, request, date, ({ status }) => status === 'unsubscribed'),
        ),
        route('GET', '/v2/address-books/{id}/contacts/unsubscribed-since/{part}', 'low', listFeed),
        route('POST', '/v2/contacts/unsubscribe', 'medium', (desk, request) => {
            const contact = addressee(desk, v2Body(request));
            const at = desk.commit<number>('statusSet', { contactId: contact.id, status: 'unsubscribed' });
            return { status: 200, body: suppressionView(contact, at, reasonOfStatus(contact.status)) };
        }),
        route('POST', '/v2/contacts/resubscribe', 'medium', (desk, request) => challenge(unsubscribedContact(desk, request))),
        route('POST', '/v2/contacts/resubscribe-with-no-challenge', 'medium', (desk, request) => {
            const contact = unsubscribedContact(desk, request);
            if (!isReversible(contact.status) && contact.status !== 'subscribed')
                return resubscribed(contact, 'ContactCannotBeUnsuppressed');
            desk.commit('resubscribed', { contactId: contact.id });
            return resubscribed(contact, 'ContactAdded');
        }),
        route('POST', '/v2/address-books/{id}/contacts/unsubscribe', 'medium', (desk, request, id = '') => {
            const list = knownList(desk, id);
            const contact = addressee(desk, v2Body(request));
            const at = desk.commit<number>('listUnsubscribed', { contactId: contact.id, listId: list.id });
            return { status: 200, body: suppressionView(contact, at, 'Unsubscribed') };
        }),
        route('POST', '/v2/address-books/{id}/contacts/resubscribe', 'medium', (desk, request, id = '') => {
            knownList(desk, id);
            return challenge(unsubscribedContact(desk, request));
        }),
        route('POST', '/v2/address-books/{id}/contacts/resubscribe-with-no-challenge', 'medium', (desk, request, id = '') => {
            const list = knownList(desk, id);
            const contact = unsubscribedContact(desk, request);
            desk.commit('listResubscribed', { contactId: contact.id, listId: list.id });
            return resubscribed(contact, 'ContactAdded');
        }),
        route('PUT', '/v2/contacts/suppress-contacts', 'low', suppressMany),
    ],
    operations: {
        statusSet: (account: AccountState, { contactId, status, at }: Timed & { contactId: number; status: EmailStatus }) => {
            const contact = account.contacts.byId(contactId);
            const time = Date.parse(at);
            if (contact) account.membership.setStatus(contact, status, time);
            if (contact) contact.updated = time;
            return account.membership.suppressed.get(contactId) ?? time;
        },
        resubscribed: (account: AccountState, { contactId, at }: Timed & { contactId: number }) => {
            const contact = account.contacts.byId(contactId);
            if (!contact) return;
            resubscribe(account, contact, Date.parse(at));
            contact.updated = Date.parse(at);
        },
        listUnsubscribed: (account: AccountState, { contactId, listId, at }: Timed & { contactId: number; listId: number }) => {
            const contact = account.contacts.byId(contactId);
            const time = Date.parse(at);
            if (!contact) return time;
            account.membership.unsubscribe(contact, listId, time);
            contact.updated = time;
            return time;
        },
        listResubscribed: (account: AccountState, { contactId, listId, at }: Timed & { contactId: number; listId: number }) => {
            const contact = account.contacts.byId(contactId);
            if (!contact) return;
            account.membership.add(contact, listId);
            contact.updated = Date.parse(at);
        },
    },
};

/** The account's feed: who is suppressed now and has been since the date. */
function feed(desk: Desk, request: SandboxRequest, date: string, shown: (contact: Contact) => boolean): SandboxAnswer {
    return suppressionPage(desk, request, pathDate(date), desk.account.membership.suppressed, (contact) =>
        shown(contact) ? reasonOfStatus(contact.status) : null,
    );
}

/** A list's feed: who is unsubscribed from it now; who was added again since then is not in it any more. */
function listFeed(desk: Desk, request: SandboxRequest, id = '', date = ''): SandboxAnswer {
    return suppressionPage(desk, request, pathDate(date), knownList(desk, id).unsubscribed, () => 'Unsubscribed');
}

function suppressionPage(
    desk: Desk,
    request: SandboxRequest,
    since: number,
    entries: ReadonlyMap<number, number>,
    reasonOf: (contact: Contact) => string | null,
): SandboxAnswer {
    const found: { contact: Contact; at: number; reason: string }[] = [];
    for (const [contactId, at] of entries) {
        const contact = at >= since ? desk.account.contacts.byId(contactId) : null;
        const reason = contact && reasonOf(contact);
        if (contact && reason) found.push({ contact, at, reason });
    }
    const body = page(request, found).map(({ contact, at, reason }) => suppressionView(contact, at, reason));
    return { status: 200, records: body.length, body };
}

const suppressionView = (contact: Contact, at: number, reason: string): Record<string, unknown> => ({
    suppressedContact: v2View(contact),
    dateRemoved: new Date(at).toISOString(),
    reason,
});

const challenge = (contact: Contact): SandboxAnswer => resubscribed(contact, 'ContactChallenged');
const resubscribed = (contact: Contact, status: string): SandboxAnswer => ({
    status: 200,
    body: { contact: v2View(contact), status },
});

function unsubscribedContact(desk: Desk, request: SandboxRequest): Contact {
    const body = v2Body(request);
    return addressee(desk, isRecord(body) ? body['unsubscribedContact'] : null);
}

function addressee(desk: Desk, body: unknown): Contact {
    const email = isRecord(body) ? (body['email'] ?? body['Email']) : undefined;
    if (typeof email !== 'string' || email.trim() === '')
        throw new Refusal(v2Error(400, 'The email is invalid. ERROR_INVALID_EMAIL'));
    const contact = desk.account.contacts.find('email', email);
    if (!contact || contact.binned) throw new Refusal(contactNotFoundV2());
    return contact;
}

function knownList(desk: Desk, id: string): List {
    const list = desk.account.membership.lists.get(Number(id));
    if (!list) throw new Refusal(listNotFound());
    return list;
}

function suppressMany(desk: Desk, request: SandboxRequest): SandboxAnswer {
    const body = v2Body(request);
    if (!Array.isArray(body)) throw new Refusal(v2Error(400, 'An array of contacts is expected. ERROR_PARAMETER_INVALID'));
    const suppressed: unknown[] = [];
    const notFound: unknown[] = [];
    for (const reference of body) {
        const { id = 0, email = null } = isRecord(reference) ? reference : {};
        const { contacts } = desk.account;
        const contact = id ? contacts.byId(Number(id)) : contacts.find('email', String(email ?? ''));
        if (contact && !contact.binned) desk.commit('statusSet', { contactId: contact.id, status: 'suppressed' });
        (contact && !contact.binned ? suppressed : notFound).push({ id, email });
    }
    return { status: 200, body: { suppressed, notFound } };
}
