import type { Dotdigital } from '../../dotdigital/client';
import { type Contact, type ContactWrite, getContact, upsertContact } from '../../dotdigital/contacts';
import { listDataFields } from '../../dotdigital/data-fields';
import { isPackageError } from '../../http/errors';
import { isAddress } from '../../sync/address';
import type { MappedContact, MappingRule } from '../../sync/mapping';
import type { OroRecord } from '../../sync/record';
import { AccountDirectory } from '../account-directory';
import { rulesOf } from '../upsert/upserter';
import type { UpsertBody } from './bodies';
import type { RuleValue } from './rule-values';
import { mapPerson, type TrialProblem } from './trial-mapping';

/** How a trial with one person ended. */
export interface Trial {
    /** What is sent, or would be. */
    readonly contact: ContactWrite;
    readonly result: 'created' | 'updated' | 'wouldBeSent' | 'refused' | 'suppressed';
    /** Contact in Dotdigital, where there is one. */
    readonly contactId?: number;
    readonly problems: readonly TrialProblem[];
}

/** What a trial needs. */
export interface TrialContext {
    readonly dotdigital: Dotdigital;
    readonly upsert: UpsertBody;
    readonly record: OroRecord;
    /** True when the person opted out in Oro. */
    readonly optedOut: boolean;
    /** False in a dry run. */
    readonly write: boolean;
    readonly signal: AbortSignal;
    ruleValue(rule: MappingRule): Promise<RuleValue>;
    /** True when the address was erased at its owner's request. */
    isErased(address: string): Promise<boolean>;
}

/** States in which a contact may be written. In every other one its owner or a mail server said no, or it was deleted. */
const WRITABLE: ReadonlySet<string> = new Set(['', 'subscribed', 'pendingoptin', 'softbounced', 'nosubscription', 'unknown']);

/**
 * Maps one person and writes exactly this one contact, unless it is a dry run. Consent counts as in a real run: nobody is
 * subscribed again, and a subscription status is never sent.
 */
export async function tryWithOne(context: TrialContext): Promise<Trial> {
    const { dotdigital, upsert, signal } = context;
    const { mapped, missing, problems } = await mapPerson(
        upsert,
        context.record,
        await listDataFields(dotdigital, signal),
        context.ruleValue,
    );
    const found = [...problems, ...(upsert.createMissingFields ? [] : missing.map(fieldMissing))];
    const email = mapped.identifiers['email'] ?? '';
    if (!isAddress(email))
        return refused(contactOf(mapped, [], ''), found, 'email', 'invalidEmail', 'This is not an e-mail address.');

    const lists = await new AccountDirectory(dotdigital).listIds(upsert.lists, signal);
    const known = await getContact(dotdigital, 'email', email, signal);
    const joined = lists.filter((id) => !isOn(known, id));
    const contact = contactOf(mapped, joined, known === null ? upsert.optInType : '');
    if (await context.isErased(email)) return refused(contact, found, 'email', 'erased', 'This address was erased.');
    if (context.optedOut || isBlocked(known, lists)) return { contact, result: 'suppressed', ...idOf(known), problems: found };
    if (!context.write) return { contact, result: 'wouldBeSent', ...idOf(known), problems: found };
    if (found.some(({ code }) => code === 'dataFieldMissing'))
        return { contact, result: 'refused', ...idOf(known), problems: found };
    return write(context, email, contact, found);
}

async function write(
    { dotdigital, upsert, signal }: TrialContext,
    email: string,
    contact: ContactWrite,
    problems: readonly TrialProblem[],
): Promise<Trial> {
    try {
        if (upsert.createMissingFields) await new AccountDirectory(dotdigital).targets(rulesOf(upsert), 'create', signal);
        const { created, contact: written } = await upsertContact(
            dotdigital,
            'email',
            email,
            contact,
            upsert.mergeOption,
            signal,
        );
        return { contact, result: created ? 'created' : 'updated', contactId: written.contactId, problems };
    } catch (error) {
        if (!isPackageError(error) || (error.code !== 'refused' && error.code !== 'conflict')) throw error;
        return refused(contact, problems, '', error.code, String(error.details['reason'] ?? error.message));
    }
}

function contactOf({ identifiers, dataFields }: MappedContact, lists: readonly number[], optInType: string): ContactWrite {
    return {
        identifiers,
        ...(Object.keys(dataFields).length === 0 ? {} : { dataFields }),
        ...(optInType === '' ? {} : { channelProperties: { email: { optInType } } }),
        ...(lists.length === 0 ? {} : { lists }),
    };
}

/** Adding somebody again to a list that they are on could clear an unsubscribe made meanwhile. */
function isOn(contact: Contact | null, listId: number): boolean {
    return contact?.lists?.some((list) => list.id === listId && list.status.toLowerCase() === 'subscribed') === true;
}

function isBlocked(contact: Contact | null, lists: readonly number[]): boolean {
    const status = (contact?.channelProperties?.email?.status ?? '').toLowerCase();
    const onList = contact?.lists?.some((list) => lists.includes(list.id) && list.status.toLowerCase() === 'suppressed');
    return !WRITABLE.has(status) || onList === true;
}

function refused(contact: ContactWrite, problems: readonly TrialProblem[], field: string, code: string, text: string): Trial {
    return { contact, result: 'refused', problems: [...problems, { field, code, text }] };
}

function fieldMissing({ to }: MappingRule): TrialProblem {
    return { field: to, code: 'dataFieldMissing', text: `Dotdigital has no data field ${to}.` };
}

function idOf(contact: Contact | null): { readonly contactId?: number } {
    return contact === null ? {} : { contactId: contact.contactId };
}
