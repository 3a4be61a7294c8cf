import { createHash } from 'node:crypto';
import type { AccountState } from './account-state';
import { addressKey, type Contact } from './contact';
import { fullView } from './contact-view';
import { valuesOf } from './contact-write';

/** More contacts than this are not answered at once. */
const MAX_CONTACTS = 100_000;
/** Set by the service itself when a contact is created; no reader can expect its value. */
const OWN_FIELD = 'LASTSUBSCRIBED';

/**
 * Looks at contacts from outside the API, for tests: `?email=` one address (also in the recycle bin), `?list=` the counting members of
 * a list, `?listDigest=` their number and a digest of them, nothing: all contacts.
 *
 * The digest is SHA-256 (hex) over one line for each counting member, sorted: `address TAB data fields as JSON LF`, the address in
 * lower case, the data fields that have a value sorted by name, without LASTSUBSCRIBED.
 */
export function inspect(account: AccountState, query: URLSearchParams): unknown {
    const digestOf = query.get('listDigest');
    if (digestOf !== null) return digest(account, Number(digestOf));
    const email = query.get('email');
    if (email !== null) {
        const contact = account.contacts.find('email', email);
        return contact ? [inspected(account, contact)] : [];
    }
    const list = query.get('list');
    const found: unknown[] = [];
    for (const contact of account.contacts.after(0)) {
        const shown = list === null ? !contact.binned : account.membership.counts(contact, Number(list));
        if (shown) found.push(inspected(account, contact));
        if (found.length === MAX_CONTACTS) break;
    }
    return found;
}

/** The API's view, with only the data fields that have a value. */
function inspected(account: AccountState, contact: Contact): Record<string, unknown> {
    return { ...fullView(account, contact), dataFields: filledFields(account, contact, null) };
}

function digest(account: AccountState, listId: number): { members: number; digest: string } {
    const lines: string[] = [];
    for (const contact of account.contacts.after(0)) {
        if (!account.membership.counts(contact, listId)) continue;
        lines.push(`${addressKey(contact.email)}\t${JSON.stringify(filledFields(account, contact, OWN_FIELD))}\n`);
    }
    const hash = createHash('sha256');
    for (const line of lines.sort()) hash.update(line);
    return { members: lines.length, digest: hash.digest('hex') };
}

function filledFields(account: AccountState, contact: Contact, without: string | null): Record<string, unknown> {
    const values = valuesOf(contact);
    const fields = account.fields.all().filter(({ name, column }) => name !== without && (values[column] ?? null) !== null);
    fields.sort((one, other) => (one.name < other.name ? -1 : 1));
    return Object.fromEntries(fields.map(({ name, column }) => [name, values[column]]));
}
