import { unexpectedAnswer } from '../http/failures';
import type { Dotdigital } from './client';

export * from './contact-reads';
export * from './imports';

/** What happens to data fields that the contact has already. */
export type MergeOption = 'overwrite' | 'overwriteIfNotEmpty' | 'overwriteIfEmpty';

/** A contact as it is written. What is missing stays as it is; a data field of null is emptied. */
export interface ContactWrite {
    /** `email`, `mobileNumber`, `contactId` or a custom identifier. */
    readonly identifiers: Readonly<Record<string, string | number>>;
    readonly dataFields?: Readonly<Record<string, string | number | boolean | null>>;
    /** A status is never part of it: it would subscribe people again. */
    readonly channelProperties?: { readonly email?: { readonly optInType?: string } };
    /** Lists to be added to, which clears the contact's suppression on them. Never empty. */
    readonly lists?: readonly number[];
}

/** A contact as Dotdigital sends it. Only what was asked for is there. */
export interface Contact {
    readonly contactId: number;
    readonly identifiers: Readonly<Record<string, string>>;
    readonly dataFields?: Readonly<Record<string, unknown>>;
    readonly channelProperties?: {
        readonly email?: { readonly status?: string; readonly optInType?: string };
        readonly sms?: { readonly status?: string };
        readonly whatsApp?: { readonly status?: string };
    };
    readonly lists?: readonly { readonly id: number; readonly name: string; readonly status: string }[];
    readonly status?: string;
    readonly created?: string;
    readonly updated?: string;
}

/** One call writes the options with dashes, the import in camel case. */
const MERGE_OPTION: Readonly<Record<MergeOption, string>> = {
    overwrite: 'overwrite',
    overwriteIfNotEmpty: 'overwrite-if-not-empty',
    overwriteIfEmpty: 'overwrite-if-empty',
};

/** @returns null when there is no such contact. @see Dotdigital API, GET /contacts/v3/{identifier}/{value} */
export async function getContact(
    { http }: Dotdigital,
    identifier: string,
    value: string | number,
    signal?: AbortSignal,
): Promise<Contact | null> {
    const { status, body } = await http.request<Contact | undefined>({
        method: 'GET',
        path: contactPath(identifier, value),
        accept: [404],
        scope: 'contact',
        signal,
    });
    return status === 404 ? null : contactIn(body);
}

/**
 * Creates or updates one contact.
 *
 * @param afterWaiting called before it is sent late, since there was a limit or a failure to wait for; may end it by what it throws
 * @throws ServiceError `conflict` when an identifier belongs to another contact
 * @see Dotdigital API, PATCH /contacts/v3/{identifier}/{value}
 */
export async function upsertContact(
    { http }: Dotdigital,
    identifier: string,
    value: string | number,
    contact: ContactWrite,
    mergeOption: MergeOption,
    signal?: AbortSignal,
    afterWaiting?: () => Promise<void>,
): Promise<{ readonly created: boolean; readonly contact: Contact }> {
    const { status, body } = await http.request<Contact | undefined>({
        method: 'PATCH',
        path: contactPath(identifier, value),
        query: { 'merge-option': MERGE_OPTION[mergeOption] },
        body: contact,
        scope: 'upsertContact',
        signal,
        afterWaiting,
    });
    return { created: status === 201, contact: contactIn(body) };
}

/**
 * Deletes a contact with everything that belongs to it.
 *
 * @returns false when there was none
 * @see Dotdigital API, DELETE /contacts/v3/{identifier}/{value}
 */
export async function deleteContact(
    { http }: Dotdigital,
    identifier: string,
    value: string | number,
    signal?: AbortSignal,
): Promise<boolean> {
    const { status } = await http.request({
        method: 'DELETE',
        path: contactPath(identifier, value),
        expect: 'nothing',
        accept: [404],
        scope: 'deleteContact',
        signal,
    });
    return status !== 404;
}

function contactPath(identifier: string, value: string | number): string {
    return `/contacts/v3/${encodeURIComponent(identifier)}/${encodeURIComponent(value)}`;
}

function contactIn(body: Contact | undefined): Contact {
    if (typeof body?.contactId !== 'number') {
        throw unexpectedAnswer('dotdigital', 'contact');
    }
    return body;
}
