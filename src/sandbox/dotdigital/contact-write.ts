import type { AccountState } from './account-state';
import {
    type ConsentRecord,
    type Contact,
    type EmailStatus,
    type EmailType,
    isReversible,
    isSuppressed,
    type OptInType,
} from './contact';
import type { ContactBody } from './contact-body';
import { isSameAddress, type WritePlan } from './contact-plan';
import type { DataField, FieldValue } from './data-field-store';

/** How new values meet existing ones. */
export type MergeOption = 'overwrite' | 'overwriteIfNotEmpty' | 'overwriteIfEmpty';

const OPT_IN: Readonly<Record<string, OptInType>> = {
    unknown: 'Unknown',
    single: 'Single',
    double: 'Double',
    verifieddouble: 'VerifiedDouble',
};
const EMAIL_TYPE: Readonly<Record<string, EmailType>> = { plaintext: 'PlainText', html: 'Html' };

/**
 * Writes one contact as planned, without the parts that the plan found wrong.
 *
 * @param at milliseconds since 1970
 * @returns the contact, and whether it is a new one (one back from the recycle bin is not)
 */
export function performWrite(
    account: AccountState,
    plan: WritePlan,
    mergeOption: MergeOption,
    at: number,
): { contact: Contact; created: boolean } {
    const { contacts, membership } = account;
    const contact = plan.contact ?? contacts.create(at);
    const created = plan.contact === null;
    membership.setBinned(contact, false);
    if (plan.email && !(contact.email && isSameAddress(contact.email, plan.email))) contacts.setEmail(contact, plan.email);
    if (plan.mobile && contact.mobile !== plan.mobile) {
        contacts.setMobile(contact, plan.mobile);
        if (!contacts.extrasOf(contact).sms) contacts.extrasToChange(contact).sms = 'subscribed';
    }
    for (const [name, value] of plan.custom) contacts.setCustom(contact, name, value);
    if (created) contact.status = firstStatus(contact, plan.body);
    writeValues(contact, created ? [...subscribedAt(account, at), ...plan.values] : plan.values, mergeOption);
    writeChannels(account, contact, plan.body, created, at);
    for (const id of plan.lists) membership.add(contact, id);
    if (plan.preferences.length) {
        const extras = contacts.extrasToChange(contact);
        extras.preferences = new Map([...(extras.preferences ?? []), ...plan.preferences]);
    }
    if (plan.body.consentRecords?.length) {
        const dateTimeCreated = new Date(at).toISOString();
        const records = plan.body.consentRecords.map((record) => ({ ...record, dateTimeCreated }) as ConsentRecord);
        const extras = contacts.extrasToChange(contact);
        extras.consents = [...(extras.consents ?? []), ...records];
    }
    contact.updated = at;
    return { contact, created };
}

/** Data field values of a contact by column; a column without a value is null or missing. */
export function valuesOf(contact: Contact): FieldValue[] {
    return contact.values === '' ? [] : (JSON.parse(contact.values) as FieldValue[]);
}

function writeValues(contact: Contact, values: readonly (readonly [DataField, FieldValue])[], mergeOption: MergeOption): void {
    if (!values.length) return;
    const kept = valuesOf(contact);
    for (const [{ column }, value] of values) {
        if (mergeOption === 'overwriteIfNotEmpty' && isEmpty(value)) continue;
        if (mergeOption === 'overwriteIfEmpty' && !isEmpty(kept[column] ?? null)) continue;
        while (kept.length <= column) kept.push(null);
        kept[column] = value;
    }
    contact.values = JSON.stringify(kept);
}

const isEmpty = (value: FieldValue): boolean => value === null || value === '';

/** New contacts are subscribed, unless they are asked first. */
function firstStatus(contact: Contact, body: ContactBody): EmailStatus {
    if (!contact.email) return 'noSubscription';
    return body.channelProperties?.email?.optInType?.toLowerCase() === 'verifieddouble' ? 'pendingOptIn' : 'subscribed';
}

/** The service dates a new contact by itself. */
function subscribedAt(account: AccountState, at: number): [DataField, FieldValue][] {
    const field = account.fields.find('LASTSUBSCRIBED');
    return field ? [[field, new Date(at).toISOString().replace(/\.\d{3}Z$/, 'Z')]] : [];
}

function writeChannels(account: AccountState, contact: Contact, body: ContactBody, created: boolean, at: number): void {
    const { email, sms, whatsApp } = body.channelProperties ?? {};
    if (email?.optInType) contact.optIn = OPT_IN[email.optInType.toLowerCase()] ?? contact.optIn;
    if (email?.emailType) contact.emailType = EMAIL_TYPE[email.emailType.toLowerCase()] ?? contact.emailType;
    if (sms?.status) account.contacts.extrasToChange(contact).sms = sms.status;
    if (whatsApp?.status) account.contacts.extrasToChange(contact).whatsApp = whatsApp.status;
    if (!created && contact.email && contact.status === 'noSubscription') account.membership.setStatus(contact, 'subscribed', at);
    if (!email?.status || !contact.email) return;
    if (email.status !== 'subscribed') account.membership.setStatus(contact, email.status, at);
    else if (email.resubscribeOptions?.resubscribeWithNoChallenge !== false && contact.status !== 'pendingOptIn')
        resubscribe(account, contact, at);
}

/** Subscribes an address again; who bounced or complained stays suppressed. @returns whether it is subscribed now */
export function resubscribe(account: AccountState, contact: Contact, at: number): boolean {
    if (!isReversible(contact.status)) return contact.status === 'subscribed';
    if (isSuppressed(contact.status)) account.resubscribed.push(contact.email);
    account.membership.setStatus(contact, 'subscribed', at);
    return true;
}

/** Whether a subscription status is sent with this contact. */
export function sendsStatus(body: ContactBody): boolean {
    const { email, sms, whatsApp } = body.channelProperties ?? {};
    return Boolean(email?.status || sms?.status || whatsApp?.status);
}
