import type { SeedPerson } from '../service';
import type { AccountState } from './account-state';
import type { EmailStatus } from './contact';
import { planWrite } from './contact-plan';
import { performWrite } from './contact-write';

/** When the account's first contacts were created. */
const CREATED = Date.parse('2025-01-15T09:00:00.000Z');
/** How many members of Oro's main list are asked for; see {@link KNOWN_PEOPLE}. */
export const SEED_PEOPLE = 12;

/** In which status the account knows members of Oro's main list already, in the order they are given. */
const KNOWN_PEOPLE: readonly EmailStatus[] = [
    'subscribed',
    'subscribed',
    'subscribed',
    'subscribed',
    'unsubscribed',
    'unsubscribed',
    'unsubscribed',
    'suppressed',
    'hardBounced',
    'ispComplained',
    'subscribed',
    'subscribed',
];
const SUPPRESSED: readonly EmailStatus[] = ['unsubscribed', 'suppressed', 'hardBounced', 'ispComplained'];

/** Contacts that Oro does not know. */
const GUESTS: readonly (readonly [string, string, EmailStatus, readonly number[]])[] = [
    ['ada.guest@example.org', 'Ada', 'subscribed', [1002]],
    ['ben.guest@example.org', 'Ben', 'subscribed', [1002, 1003]],
    ['cleo.guest@example.org', 'Cleo', 'subscribed', [1002]],
    ['dan.guest@example.org', 'Dan', 'unsubscribed', [1002]],
    ['eve.guest@example.org', 'Eve', 'subscribed', []],
];

/** Fills a new account: lists, data fields, preferences and a few contacts. Always the same for the same people. */
export function seedAccount(account: AccountState, people: readonly SeedPerson[]): void {
    account.membership.createList(1001, 'Oro newsletter', 'Private');
    account.membership.createList(1002, 'VIP', 'Private');
    account.membership.createList(1003, 'Test lists', 'Public');
    seedFields(account);
    seedPreferences(account);
    for (const [index, { email, firstName, lastName }] of people.entries()) {
        const status = KNOWN_PEOPLE[index];
        if (status) seedContact(account, email, { FIRSTNAME: firstName, LASTNAME: lastName }, index < 2 ? [1002] : [], status);
    }
    for (const [email, FIRSTNAME, status, lists] of GUESTS)
        seedContact(account, email, { FIRSTNAME, LASTNAME: 'Guest' }, lists, status);
}

/** How many of these people the seeded account has suppressed. */
export const suppressedAmong = (people: readonly SeedPerson[]): number =>
    people.filter((_person, index) => SUPPRESSED.some((status) => status === KNOWN_PEOPLE[index])).length;

function seedFields({ fields }: AccountState): void {
    for (const name of ['FIRSTNAME', 'LASTNAME', 'FULLNAME', 'GENDER', 'POSTCODE'])
        fields.add(name, 'String', 'Public', null, true);
    fields.add('LASTSUBSCRIBED', 'Date', 'Public', null, true);
    for (const name of ['ORO_TAGS', 'CUSTOMER_GROUP', 'MOBILE']) fields.add(name, 'String', 'Private');
    fields.add('BIRTHDAY', 'Date', 'Private');
    fields.add('ORDERS', 'Numeric', 'Private');
    fields.add('VIP', 'Boolean', 'Private');
}

function seedPreferences({ preferences }: AccountState): void {
    const created = new Date(CREATED).toISOString();
    const names: readonly (readonly [string, boolean, number])[] = [
        ['Topics', false, 0],
        ['Product news', true, 1],
        ['Events', true, 1],
    ];
    for (const [index, [name, isPreference, categoryId]] of names.entries()) {
        const id = index + 1;
        const order = Math.max(0, index - 1);
        preferences.set(id, {
            id,
            publicName: name,
            privateName: name,
            isPreference,
            order,
            isPublic: true,
            categoryId,
            created,
            lastModified: created,
        });
    }
}

function seedContact(
    account: AccountState,
    email: string,
    dataFields: Record<string, string>,
    lists: readonly number[],
    status: EmailStatus,
): void {
    const plan = planWrite(account, 'email', email, { dataFields, ...(lists.length && { lists }) });
    const { contact } = performWrite(account, plan, 'overwrite', CREATED);
    if (status !== 'subscribed') account.membership.setStatus(contact, status, CREATED);
}
