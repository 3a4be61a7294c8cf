import { checkedKeys, type DotdigitalCommand, type PaceCommand } from './dotdigital/commands';
import type { ImportFault, ImportOutcome } from './dotdigital/import-job';
import type { RateRules } from './dotdigital/rate-limit';
import type { Fault } from './faults';
import type { RefusedRequest } from './request-log';
import type { ServiceDelay } from './server';

/**
 * One command to the sandbox: `sandbox.control(command)` or `POST /sandbox/control` on either port, any keys together. They are obeyed
 * in the order of the properties below. The answer is an object: `{finished, finishedRemovals, clock, oro, dotdigital}`, each where asked for.
 *
 * - `clock`: `{advance: milliseconds}` or `{set: ISO}`; the clock of both services (tokens, dates, windows, imports), kept in the journal
 * - `clearFaults`, `faults`, `delays`, `rateLimit`, holds and pretences live as long as the process; people and contacts are journaled
 * - `imports: 'hold'`: imports stay NotFinished until `finish` (an import id, 'next' for the oldest, 'all'), with `status` if it is not
 *   to be Finished; 'auto' (default): an import finishes when it is first asked about, or two seconds after it was accepted; with
 *   `delays.dotdigital.importMs` so long after it was accepted. An import takes effect when it finishes.
 * - `importFaults`: the contact with this address is reported with this failure when an import with it finishes; it is left out unless
 *   `written` is true. `times` (default 1) imports.
 * - `removals: 'hold'` and `finishRemovals: 'all'`: the same for bulk removals from lists
 * - `rateLimit`: `{scheme: 'tiered' | 'flat' | 'none', limit, windowMs, reset: 'epoch' | 'epochMs' | 'seconds'}`; `limit` is a number for
 *   each tier or `{low, medium, high}`. Default: tiered with a limit nobody meets.
 * - `dotdigital`: see {@link DotdigitalCommand}; `oro`: see the commands of src/sandbox/oro
 *
 * Other addresses on both ports: `GET /sandbox/report`, `GET /sandbox/contacts` (`?email=`, `?list=`, `?listDigest=`), `GET /sandbox/seed`.
 *
 * What is assumed because the reference does not say it: a wrong or unknown data field is `apiSchemaViolation` in an import (the contact
 * is written without it) and 400 `contacts:badRequest` in a PATCH; a String field takes texts only; a list unsubscribe outlives the
 * removal from the list; a write brings a binned contact back with its id (200 or `updated`); an address in the recycle bin is still its
 * owner's; suppressed contacts stay readable by `~listId`; unknown names in `data-fields` are ignored; the second contact of an import
 * with the same identifier is a `duplicateIdentifier`; an unknown contactId in PATCH is 400 `contacts:invalidId`.
 */
export interface ControlCommand {
    readonly clock?: { readonly advance?: number; readonly set?: string };
    readonly clearFaults?: boolean;
    readonly faults?: readonly Fault[];
    readonly delays?: {
        readonly oro?: ServiceDelay;
        readonly dotdigital?: ServiceDelay & { readonly importMs?: number | null };
    };
    readonly rateLimit?: Partial<RateRules>;
    readonly imports?: 'hold' | 'auto';
    readonly importFaults?: readonly ImportFault[];
    readonly finish?: string;
    readonly status?: ImportOutcome;
    readonly removals?: 'hold' | 'auto';
    readonly finishRemovals?: 'all';
    readonly dotdigital?: DotdigitalCommand;
    readonly oro?: Readonly<Record<string, unknown>>;
}

/** What both services hold and did: `sandbox.report()` or `GET /sandbox/report`. Costs the same for a million contacts as for none. */
export interface SandboxReport {
    /** Requests by name, identifiers replaced: `PATCH /contacts/v3/email/{id}`. Since the process started. */
    readonly requests: Readonly<Record<string, number>>;
    /** The last thousand requests that a service refused (not those that met a fault). */
    readonly refused: readonly RefusedRequest[];
    /** Contacts that are not in the recycle bin. */
    readonly contacts: number;
    /** Counting members by list: neither suppressed in the account nor unsubscribed from the list. */
    readonly lists: Readonly<Record<string, number>>;
    /** Contacts that are unsubscribed or suppressed in the account. */
    readonly suppressedContacts: number;
    /** Addresses whose subscription status the API set from unsubscribed or suppressed to subscribed. */
    readonly resubscribed: readonly string[];
    /** List unsubscribes that were undone by adding the contact to the list again, unless it was unsubscribed from it since. */
    readonly listResubscribed: readonly { readonly email: string; readonly listId: number }[];
    /** Requests (an import is one) that sent a subscription status. */
    readonly statusSent: number;
    /** Contacts deleted through the API. */
    readonly deleted: number;
    readonly imports: readonly { readonly importId: string; readonly contacts: number; readonly status: string }[];
    readonly largestImport: number;
    readonly oro: Readonly<Record<string, unknown>>;
}

const KEYS: Readonly<Record<keyof ControlCommand, true>> = {
    clock: true,
    clearFaults: true,
    faults: true,
    delays: true,
    rateLimit: true,
    imports: true,
    importFaults: true,
    finish: true,
    status: true,
    removals: true,
    finishRemovals: true,
    oro: true,
    dotdigital: true,
};

/** @throws Error naming a key that is not known: a misspelt command must not pass for an obeyed one */
export function checkedCommand(value: unknown): ControlCommand {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
        throw new Error('A control command is a JSON object.');
    const unknown = Object.keys(value).find((key) => !(key in KEYS));
    if (unknown !== undefined) throw new Error(`'${unknown}' is not a control command.`);
    return value as ControlCommand;
}

/** The part of a command that the sandbox's Dotdigital obeys. */
export function dotdigitalPart(command: ControlCommand): DotdigitalCommand & PaceCommand {
    const { imports, importFaults, finish, status, removals, finishRemovals, rateLimit, clearFaults, delays } = command;
    const pace = { imports, importFaults, finish, status, removals, finishRemovals, rateLimit, clearFaults };
    return { ...checkedKeys(command.dotdigital ?? {}), ...pace, importMs: delays?.dotdigital?.importMs };
}
