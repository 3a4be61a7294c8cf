import type { AccountState } from './account-state';
import { addressKey, type Contact } from './contact';
import type { ContactBody } from './contact-body';
import { checkedValue, type DataField, type FieldValue } from './data-field-store';

/** What is wrong with one contact. `fatal`: nothing of it can be written; otherwise it can be written without `item`. */
export interface WriteProblem {
    /** As the import reports it (`failureCode`). */
    readonly code: string;
    readonly item: string;
    readonly description: string;
    readonly fatal: boolean;
}

/** What a write of one contact comes to, before anything is changed. */
export interface WritePlan {
    /** Whom it meets; null: a new contact. */
    readonly contact: Contact | null;
    readonly email: string | null;
    readonly mobile: string | null;
    readonly custom: readonly (readonly [string, string])[];
    readonly values: readonly (readonly [DataField, FieldValue])[];
    readonly lists: readonly number[];
    readonly preferences: readonly (readonly [number, boolean])[];
    readonly body: ContactBody;
    readonly problems: readonly WriteProblem[];
}

const MAX_ADDRESS_LENGTH = 256;
const LOCAL = /^(?:[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*|"[^"\\]+")$/;
const DOMAIN = /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]*[A-Za-z0-9]$/;
const E164 = /^\+?[1-9]\d{6,14}$/;

/** Whether the service takes this as an e-mail address (blanks around it do not matter). */
export function isEmailAddress(text: string): boolean {
    const address = text.trim();
    const at = address.lastIndexOf('@');
    return address.length <= MAX_ADDRESS_LENGTH && LOCAL.test(address.slice(0, at)) && DOMAIN.test(address.slice(at + 1));
}

/**
 * Finds out what writing this contact would do and what is wrong with it. Changes nothing.
 *
 * @param identifier which identifier recognises the contact, and its value
 */
export function planWrite(account: AccountState, identifier: string, value: string, body: ContactBody): WritePlan {
    const problems: WriteProblem[] = [];
    const refuse = (code: string, item: string, description: string): void => {
        problems.push({ code, item, description, fatal: true });
    };
    const leaveOut = (code: string, item: string, description: string): void => {
        problems.push({ code, item, description, fatal: false });
    };

    const given = new Map<string, string>();
    for (const [name, one] of Object.entries(body.identifiers ?? {})) if (one !== null) given.set(name, String(one));
    if (!given.has(identifier)) given.set(identifier, value);

    const contact = account.contacts.find(identifier, value);
    const custom: [string, string][] = [];
    for (const [name, one] of given) {
        if (name === 'contactId') continue;
        if (name === 'email' && !isEmailAddress(one)) refuse('invalidEmail', name, `Invalid value for 'email'`);
        else if (name === 'mobileNumber' && !E164.test(one))
            refuse('invalidPhoneNumber', name, `Invalid value for 'mobileNumber'`);
        else if (name !== 'email' && name !== 'mobileNumber' && !account.customIdentifiers.has(name))
            refuse('invalidMatchIdentifier', name, `The identifier '${name}' does not exist`);
        else {
            const owner = account.contacts.find(name, one);
            if (owner && owner !== contact)
                refuse('duplicateIdentifier', name, `Duplicate identifier detected for ${name} '${one}'`);
            if (name !== 'email' && name !== 'mobileNumber') custom.push([name, one]);
        }
    }
    if (identifier === 'contactId' && !contact) refuse('invalidContactId', 'contactId', `Invalid value for 'contactId'`);
    const email = given.get('email') ?? null;
    const mobile = given.get('mobileNumber')?.replace(/^\+/, '') ?? null;
    if (!contact && identifier !== 'contactId' && !email && !mobile)
        refuse('noValidIdentifiers', identifier, 'A new contact needs an email or a mobileNumber');

    const values: [DataField, FieldValue][] = [];
    for (const name in body.dataFields) {
        const field = account.fields.find(name);
        if (!field) {
            leaveOut('apiSchemaViolation', name, `Unknown data field '${name}'`);
            continue;
        }
        const checked = checkedValue(field, body.dataFields[name]);
        if ('problem' in checked) leaveOut('apiSchemaViolation', name, `Invalid value for '${name}': ${checked.problem}`);
        else values.push([field, checked.value]);
    }
    const lists = (body.lists ?? []).filter((id) => {
        if (account.membership.lists.has(id)) return true;
        leaveOut('invalidAddressBookIds', 'lists', `The list ${id} does not exist`);
        return false;
    });
    const preferences: [number, boolean][] = [];
    for (const { id, isOptedIn } of body.preferences ?? []) {
        if (account.preferences.get(id)?.isPreference) preferences.push([id, isOptedIn]);
        else leaveOut('preferencesNotApplied', 'preferences', `The preference ${id} does not exist`);
    }
    return { contact, email, mobile, custom, values, lists, preferences, body, problems };
}

/** Whether two addresses are the same for the service. */
export const isSameAddress = (one: string, other: string): boolean => addressKey(one) === addressKey(other);
