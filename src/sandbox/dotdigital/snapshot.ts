import type { SandboxEvent } from '../service';
import { AccountState, type CustomIdentifier, type DeletionJob, type Preference } from './account-state';
import { Contact, type ContactExtras } from './contact';
import type { DataField } from './data-field-store';
import type { ImportJob } from './import-job';
import type { RemovalJob } from './removal-job';

const ROWS_PER_EVENT = 1000;
const CONTACT_PROPERTIES = ['mobile', 'values', 'lists', 'status', 'optIn', 'emailType', 'updated', 'binned'] as const;

type ContactRow = Pick<Contact, (typeof CONTACT_PROPERTIES)[number] | 'id' | 'email' | 'created'> & {
    extras: StoredExtras | null;
};
type StoredExtras = Omit<ContactExtras, 'preferences'> & { preferences: [number, boolean][] };

interface Frame {
    readonly lists: readonly { id: number; name: string; visibility: 'Private' | 'Public'; unsubscribed: [number, number][] }[];
    readonly suppressed: readonly [number, number][];
    readonly fields: readonly DataField[];
    readonly columns: number;
    readonly preferences: readonly Preference[];
    readonly customIdentifiers: readonly CustomIdentifier[];
    readonly removals: readonly RemovalJob[];
    readonly deletions: readonly DeletionJob[];
    readonly resubscribed: readonly string[];
    readonly counters: Pick<AccountState, 'statusSent' | 'deleted' | 'largestImport'>;
}

/** Events that rebuild the whole account: its frame, its contacts in portions, its imports, its list resubscribes. */
export function* snapshotOf(account: AccountState): Generator<SandboxEvent> {
    const { membership, fields } = account;
    const frame: Frame = {
        lists: [...membership.lists.values()].map(({ id, name, visibility, unsubscribed }) => ({
            id,
            name,
            visibility,
            unsubscribed: [...unsubscribed],
        })),
        suppressed: [...membership.suppressed],
        fields: fields.all(),
        columns: fields.columnCount,
        preferences: [...account.preferences.values()],
        customIdentifiers: [...account.customIdentifiers.values()],
        removals: [...account.removals.values()],
        deletions: [...account.deletions.values()],
        resubscribed: account.resubscribed,
        counters: { statusSent: account.statusSent, deleted: account.deleted, largestImport: account.largestImport },
    };
    yield { kind: 'dotdigital.snapshot', frame };
    let rows: ContactRow[] = [];
    for (const contact of account.contacts.after(0)) {
        rows.push(rowOf(account, contact));
        if (rows.length < ROWS_PER_EVENT) continue;
        yield { kind: 'dotdigital.snapshotContacts', rows };
        rows = [];
    }
    yield { kind: 'dotdigital.snapshotContacts', rows };
    for (const job of account.imports.values())
        yield { kind: 'dotdigital.snapshotImport', job: { ...job, answer: job.answer?.toString('utf8') ?? null } };
    const listResubscribed = [...membership.listResubscribed.values()].map(({ contact, listId }) => [contact.id, listId]);
    yield { kind: 'dotdigital.snapshotListResubscribed', listResubscribed };
}

/** Begins an account anew from the frame of a snapshot. */
export function accountOf(accountId: number, event: SandboxEvent): AccountState {
    const account = new AccountState(accountId);
    const frame = event['frame'] as Frame;
    for (const { id, name, visibility, unsubscribed } of frame.lists) {
        const list = account.membership.createList(id, name, visibility);
        for (const [contactId, at] of unsubscribed) list.unsubscribed.set(contactId, at);
    }
    for (const [contactId, at] of frame.suppressed) account.membership.suppressed.set(contactId, at);
    for (const field of frame.fields) account.fields.restore(field, frame.columns);
    for (const preference of frame.preferences) account.preferences.set(preference.id, preference);
    for (const identifier of frame.customIdentifiers) account.customIdentifiers.set(identifier.name, identifier);
    for (const job of frame.removals) account.removals.set(job.id, job);
    for (const job of frame.deletions) account.deletions.set(job.id, job);
    account.resubscribed.push(...frame.resubscribed);
    return Object.assign(account, frame.counters);
}

/** The operations of a snapshot's other events. */
export const snapshotOperations = {
    snapshotContacts: (account: AccountState, { rows }: { rows: ContactRow[] }) => {
        for (const { id, email, created, extras, ...properties } of rows) {
            const contact = Object.assign(new Contact(id, email, created), properties);
            account.contacts.restore(contact);
            account.membership.restore(contact);
            if (extras) restoreExtras(account, contact, extras);
        }
    },
    snapshotImport: (account: AccountState, { job }: { job: Omit<ImportJob, 'answer'> & { answer: string | null } }) => {
        account.imports.set(job.id, { ...job, answer: job.answer === null ? null : Buffer.from(job.answer) });
    },
    snapshotListResubscribed: (account: AccountState, { listResubscribed }: { listResubscribed: [number, number][] }) => {
        for (const [contactId, listId] of listResubscribed) {
            const contact = account.contacts.byId(contactId);
            if (contact) account.membership.listResubscribed.set(`${contactId}:${listId}`, { contact, listId });
        }
    },
};

function rowOf(account: AccountState, contact: Contact): ContactRow {
    const extras = account.contacts.extrasOf(contact);
    const stored = Object.keys(extras).length ? { ...extras, preferences: [...(extras.preferences ?? [])] } : null;
    const { id, email, created, mobile, values, lists, status, optIn, emailType, updated, binned } = contact;
    return { id, email, created, mobile, values, lists, status, optIn, emailType, updated, binned, extras: stored };
}

function restoreExtras(account: AccountState, contact: Contact, { custom, preferences, ...rest }: StoredExtras): void {
    Object.assign(account.contacts.extrasToChange(contact), rest, { preferences: new Map(preferences) });
    for (const [name, value] of Object.entries(custom ?? {})) account.contacts.setCustom(contact, name, value);
}
