import type { AccountState } from './account-state';
import { type Contact, isSuppressed, reasonOfStatus } from './contact';
import { valuesOf } from './contact-write';
import type { FieldValue } from './data-field-store';

/** Which data sets a v3 read returns besides identifiers. */
export const DATA_SETS = ['channelProperties', 'lists', 'preferences', 'consentRecords'] as const;
export type DataSet = (typeof DATA_SETS)[number];

const COUNTRIES: readonly (readonly [string, string])[] = [
    ['44', 'GB'],
    ['49', 'DE'],
    ['33', 'FR'],
    ['31', 'NL'],
    ['43', 'AT'],
    ['41', 'CH'],
    ['1', 'US'],
];

/** The identifiers of a contact as the service returns them. */
export function identifiersOf(account: AccountState, contact: Contact): Record<string, string> {
    return {
        ...(contact.email && { email: contact.email }),
        ...(contact.mobile && { mobileNumber: contact.mobile }),
        ...account.contacts.extrasOf(contact).custom,
    };
}

/**
 * A contact as the v3 API returns it.
 *
 * @param fields data fields asked for; null for all of them
 */
export function contactView(
    account: AccountState,
    contact: Contact,
    fields: readonly string[] | null,
    sets: readonly DataSet[],
): Record<string, unknown> {
    return {
        contactId: contact.id,
        status: statusOf(account, contact),
        created: isoSeconds(contact.created),
        updated: isoSeconds(contact.updated),
        identifiers: identifiersOf(account, contact),
        ...(fields?.length !== 0 && { dataFields: dataFieldsOf(account, contact, fields) }),
        ...(sets.includes('channelProperties') && { channelProperties: channelsOf(account, contact) }),
        ...(sets.includes('lists') && { lists: listsOf(account, contact) }),
        ...(sets.includes('preferences') && preferencesOf(account, contact)),
        ...(sets.includes('consentRecords') && { consentRecords: account.contacts.extrasOf(contact).consents ?? [] }),
    };
}

/** Everything about a contact, as the single get returns it. */
export const fullView = (account: AccountState, contact: Contact): Record<string, unknown> =>
    contactView(account, contact, null, DATA_SETS);

/** Data fields by name; one without a value is null. */
export function dataFieldsOf(
    account: AccountState,
    contact: Contact,
    names: readonly string[] | null,
): Record<string, FieldValue> {
    const values = valuesOf(contact);
    const fields = names === null ? account.fields.all() : names.flatMap((name) => account.fields.find(name) ?? []);
    return Object.fromEntries(fields.map((field) => [field.name, values[field.column] ?? null]));
}

/** A contact as the v2 API returns it in suppressions and resubscribes. */
export function v2View(contact: Contact): Record<string, unknown> {
    return {
        id: contact.id,
        email: contact.email,
        optInType: contact.optIn,
        emailType: contact.emailType,
        dataFields: null,
        status: reasonOfStatus(contact.status),
    };
}

/** ISO 8601 in whole seconds. */
export const isoSeconds = (at: number): string => new Date(at).toISOString().replace(/\.\d{3}Z$/, 'Z');

function statusOf(account: AccountState, contact: Contact): string {
    const { status } = contact;
    if (contact.binned) return 'binned';
    if (status === 'noSubscription') return account.contacts.extrasOf(contact).sms ?? status;
    if (status === 'unsubscribed') return status;
    if (status === 'softBounced') return 'subscribed';
    return isSuppressed(status) ? 'suppressed' : status;
}

function channelsOf(account: AccountState, contact: Contact): Record<string, unknown> {
    const { sms, whatsApp } = account.contacts.extrasOf(contact);
    return {
        email: { emailType: contact.emailType, optInType: contact.optIn, status: contact.status },
        ...(contact.mobile && { sms: { countryCode: countryOf(contact.mobile), status: sms ?? 'noSubscription' } }),
        whatsApp: { status: whatsApp ?? 'noSubscription' },
    };
}

function listsOf(account: AccountState, contact: Contact): Record<string, unknown>[] {
    const { membership } = account;
    return contact.lists.map((id) => ({
        id,
        name: membership.lists.get(id)?.name ?? '',
        status: membership.statusOn(contact, id),
    }));
}

/** The service leaves out an empty array of preferences (its schema wants at least one). */
function preferencesOf(account: AccountState, contact: Contact): { preferences?: unknown[] } {
    const preferences = [...(account.contacts.extrasOf(contact).preferences ?? [])].flatMap(([id, isOptedIn]) => {
        const preference = account.preferences.get(id);
        if (!preference) return [];
        const { publicName, privateName } = preference;
        return [{ id, isOptedIn, name: publicName, publicName, privateName }];
    });
    return preferences.length ? { preferences } : {};
}

const countryOf = (mobile: string): string => COUNTRIES.find(([prefix]) => mobile.startsWith(prefix))?.[1] ?? '';
