import { unexpectedAnswer } from '../http/failures';
import type { Dotdigital } from './client';
import type { ContactWrite, MergeOption } from './contacts';

/** A contact of an import. */
export interface ImportContact extends ContactWrite {
    /** Name of the identifier by which an existing contact is found. */
    readonly matchIdentifier: string;
}

/** A contact that an import wrote. */
export interface ImportedContact {
    readonly contactId: number;
    readonly identifiers: Readonly<Record<string, string>>;
}

/** What an import could not write: the contact, or only a part of one that is also among the written ones. */
export interface ImportFailure {
    readonly contactId?: number;
    readonly matchIdentifier?: string;
    readonly identifiers: Readonly<Record<string, string>>;
    /** The spelling of the codes differs (`InvalidEmail`, `invalidEmail`): compare without regard to case. */
    readonly failures: readonly { readonly code: string; readonly description: string }[];
}

/** How far an import is, and what became of its contacts once it is no longer `running`. */
export interface ImportStatus {
    /** `unknown`: Dotdigital does not know the import (any more), which says nothing about its contacts. */
    readonly status: 'running' | 'finished' | 'failed' | 'rejectedByWatchdog' | 'exceedsContactLimit' | 'unknown';
    readonly created: readonly ImportedContact[];
    readonly updated: readonly ImportedContact[];
    readonly failures: readonly ImportFailure[];
    /** Counts as sent: `newContacts`, `updatedContacts`, `globallySuppressed`, `invalidEntries`, `duplicateIdentifiers`, … */
    readonly summary: Readonly<Record<string, number>>;
}

/** Bytes of a request body that Dotdigital takes. Keep a margin. */
export const MAX_IMPORT_BYTES = 50_000_000;
/** Imports of contacts that an account may have going on at the same time. */
export const MAX_ACTIVE_IMPORTS = 25;

const OPENING_BRACKET = '['.charCodeAt(0);

interface StatusAnswer {
    readonly status?: string;
    readonly summary?: Readonly<Record<string, number>>;
    readonly created?: readonly WrittenAnswer[];
    readonly updated?: readonly WrittenAnswer[];
    readonly failures?: readonly FailureAnswer[];
}

interface WrittenAnswer {
    readonly contactId: number;
    readonly identifiers?: Readonly<Record<string, unknown>>;
}

interface FailureAnswer extends Partial<WrittenAnswer> {
    readonly matchIdentifier?: string;
    readonly failures?: readonly { readonly failureCode?: string; readonly description?: string }[];
}

/** Names beside the documented five are those that Dotdigital's own connector counts as failed. */
const STATUSES: Readonly<Record<string, ImportStatus['status']>> = {
    finished: 'finished',
    notfinished: 'running',
    failed: 'failed',
    invalidfileformat: 'failed',
    notavailableinthisversion: 'failed',
    rejectedbywatchdog: 'rejectedByWatchdog',
    exceedsallowedcontactlimit: 'exceedsContactLimit',
    unknown: 'unknown',
};

/**
 * Starts an asynchronous bulk upsert. Sending it twice writes the same twice.
 *
 * @param contacts at least one, or the finished JSON of the array (or of the whole body); at most {@link MAX_IMPORT_BYTES}
 * @param repeatable false for a caller that must know of every attempt, since each may become an import of its own
 * @returns the id to ask {@link importStatus} for
 * @throws ServiceError `tooManyActiveImports` when {@link MAX_ACTIVE_IMPORTS} are going on (retryable once one has ended)
 * @see Dotdigital API, PUT /contacts/v3/import
 */
export async function startImport(
    { http }: Dotdigital,
    contacts: readonly ImportContact[] | { readonly json: string | Buffer },
    mergeOption: MergeOption,
    signal?: AbortSignal,
    repeatable = true,
): Promise<string> {
    const { body } = await http.request<{ readonly importId?: string } | undefined>({
        method: 'PUT',
        path: '/contacts/v3/import',
        body: 'json' in contacts ? importBody(contacts.json, mergeOption) : { mergeOption, contacts },
        repeatable,
        scope: 'import',
        signal,
    });
    if (typeof body?.importId !== 'string') {
        throw unexpectedAnswer('dotdigital', 'import');
    }
    return body.importId;
}

/** @see Dotdigital API, GET /contacts/v3/import/{importId} */
export async function importStatus({ http }: Dotdigital, importId: string, signal?: AbortSignal): Promise<ImportStatus> {
    const { status: httpStatus, body } = await http.request<StatusAnswer | undefined>({
        method: 'GET',
        path: `/contacts/v3/import/${encodeURIComponent(importId)}`,
        accept: [404],
        scope: 'importStatus',
        signal,
    });
    if (httpStatus === 404) {
        return { status: 'unknown', created: [], updated: [], failures: [], summary: {} };
    }
    if (typeof body?.status !== 'string') {
        throw unexpectedAnswer('dotdigital', 'import');
    }
    return {
        status: STATUSES[body.status.toLowerCase()] ?? 'running',
        created: (body.created ?? []).map(writtenFrom),
        updated: (body.updated ?? []).map(writtenFrom),
        failures: (body.failures ?? []).map(failureFrom),
        summary: body.summary ?? {},
    };
}

function importBody(json: string | Buffer, mergeOption: MergeOption): Buffer {
    const text = Buffer.isBuffer(json) ? json : Buffer.from(json);
    if (text[0] !== OPENING_BRACKET) {
        return text;
    }
    return Buffer.concat([Buffer.from(`{"mergeOption":"${mergeOption}","contacts":`), text, Buffer.from('}')]);
}

function writtenFrom({ contactId, identifiers }: WrittenAnswer): ImportedContact {
    return { contactId, identifiers: texts(identifiers) };
}

function failureFrom({ contactId, matchIdentifier, identifiers, failures = [] }: FailureAnswer): ImportFailure {
    return {
        ...(contactId === undefined ? {} : { contactId }),
        ...(matchIdentifier === undefined ? {} : { matchIdentifier }),
        identifiers: texts(identifiers),
        failures: failures.map(({ failureCode = '', description = '' }) => ({ code: failureCode, description })),
    };
}

function texts(identifiers: Readonly<Record<string, unknown>> = {}): Record<string, string> {
    return Object.fromEntries(
        Object.entries(identifiers)
            .filter(([, value]) => value !== null && value !== undefined)
            .map(([name, value]) => [name, String(value)]),
    );
}
