import { addressKey, type Contact, statusOfReason } from './contact';
import { planWrite } from './contact-plan';
import type { FieldType } from './data-field-store';
import type { ImportFault, ImportOutcome } from './import-job';
import { finishImports, type ImportPace } from './imports';
import type { RateLimiter, RateRules } from './rate-limit';
import { finishRemovals, type RemovalPace } from './removals';
import type { Desk } from './route';

/** What a control command may tell the sandbox's Dotdigital; everything by hand in its user interface, or by the contacts themselves. */
export interface DotdigitalCommand {
    /** The contact unsubscribes from everything (created if it is not known). */
    readonly unsubscribe?: readonly string[];
    readonly unsubscribeFromList?: readonly { readonly listId: number; readonly email: string }[];
    /** `reason` as the feeds say it: HardBounced, IspComplained, DirectComplaint, Suppressed, … */
    readonly suppress?: readonly { readonly email: string; readonly reason: string }[];
    /** The contact subscribes again by itself: not counted as resubscribed by the API. */
    readonly resubscribe?: readonly string[];
    readonly resubscribeToList?: readonly { readonly listId: number; readonly email: string }[];
    readonly removeFromList?: readonly { readonly listId: number; readonly emails: readonly string[] }[];
    readonly addContacts?: readonly {
        readonly email: string;
        readonly dataFields?: Readonly<Record<string, unknown>>;
        readonly lists?: readonly number[];
    }[];
    readonly changeAddress?: readonly { readonly email: string; readonly to: string }[];
    readonly deleteContacts?: readonly string[];
    readonly addDataField?: { readonly name: string; readonly type: FieldType };
    readonly removeDataField?: string;
    readonly addList?: { readonly name: string; readonly id?: number };
    readonly removeList?: number;
    /** Pretends that so many other imports are active. */
    readonly activeImports?: number;
    /** Every call but account-info is answered with the wrong region's 403. */
    readonly wrongRegion?: boolean;
    /** What account-info says as ApiEndpoint; null: its own address. */
    readonly endpoint?: string | null;
}

/** The commands about imports, removals and rates that stand at the top of a control command. */
export interface PaceCommand {
    readonly imports?: 'hold' | 'auto';
    readonly finish?: string;
    readonly status?: ImportOutcome;
    readonly importMs?: number | null;
    readonly importFaults?: readonly ImportFault[];
    readonly removals?: 'hold' | 'auto';
    readonly finishRemovals?: 'all';
    readonly rateLimit?: Partial<RateRules>;
    readonly clearFaults?: boolean;
}

/** What the commands act on. */
export interface Levers {
    readonly desk: Desk;
    readonly imports: ImportPace;
    readonly removals: RemovalPace;
    readonly limiter: RateLimiter;
    wrongRegion: boolean;
    endpoint: string | null;
}

const KEYS: Readonly<Record<keyof DotdigitalCommand, true>> = {
    unsubscribe: true,
    unsubscribeFromList: true,
    suppress: true,
    resubscribe: true,
    resubscribeToList: true,
    removeFromList: true,
    addContacts: true,
    changeAddress: true,
    deleteContacts: true,
    addDataField: true,
    removeDataField: true,
    addList: true,
    removeList: true,
    activeImports: true,
    wrongRegion: true,
    endpoint: true,
};

/** @throws Error naming a key that is not known: a misspelt command must not pass for an obeyed one */
export function checkedKeys(command: DotdigitalCommand): DotdigitalCommand {
    const unknown = Object.keys(command).find((key) => !(key in KEYS));
    if (unknown !== undefined) throw new Error(`'dotdigital.${unknown}' is not a control command.`);
    return command;
}

/** Obeys a command. @returns the ids of what was finished and created */
export function obey(levers: Levers, command: DotdigitalCommand & PaceCommand): Record<string, unknown> {
    const result: Record<string, unknown> = {};
    obeyPace(levers, command, result);
    obeyContacts(levers.desk, command);
    obeyAccount(levers, command, result);
    return result;
}

function obeyPace(levers: Levers, command: PaceCommand, result: Record<string, unknown>): void {
    const { desk, imports, removals, limiter } = levers;
    if (command.clearFaults) imports.clearFaults();
    if (command.imports) imports.held = command.imports === 'hold';
    if (command.importMs !== undefined) imports.importMs = command.importMs;
    if (command.importFaults) imports.addFaults(command.importFaults);
    if (command.rateLimit) limiter.set(command.rateLimit);
    if (command.removals) removals.held = command.removals === 'hold';
    if (command.finish) result['finished'] = finishImports(desk, command.finish, command.status ?? 'Finished', imports);
    if (command.finishRemovals) result['finishedRemovals'] = finishRemovals(desk);
}

function obeyContacts(desk: Desk, command: DotdigitalCommand): void {
    for (const { email, dataFields, lists } of command.addContacts ?? []) write(desk, email, { dataFields, lists });
    for (const email of command.unsubscribe ?? []) setStatus(desk, email, 'Unsubscribed');
    for (const { email, reason } of command.suppress ?? []) setStatus(desk, email, reason);
    for (const email of command.resubscribe ?? []) setStatus(desk, email, 'Subscribed');
    for (const { email, listId } of command.unsubscribeFromList ?? [])
        desk.commit('listUnsubscribed', { contactId: knownOrNew(desk, email).id, listId });
    for (const { email, listId } of command.resubscribeToList ?? [])
        desk.commit('listResubscribedByOwner', { contactId: knownOrNew(desk, email).id, listId });
    for (const { listId, emails } of command.removeFromList ?? [])
        desk.commit('removeFromList', { listId, contactIds: emails.map((email) => knownOrNew(desk, email).id) });
    for (const { email, to } of command.changeAddress ?? []) {
        const body = { identifiers: { email: to } };
        desk.commit('write', {
            identifier: 'contactId',
            value: String(knownOrNew(desk, email).id),
            body,
            mergeOption: 'overwrite',
        });
    }
    for (const email of command.deleteContacts ?? [])
        desk.commit('delete', { contactId: knownOrNew(desk, email).id, counted: false });
}

function obeyAccount(levers: Levers, command: DotdigitalCommand, result: Record<string, unknown>): void {
    const { desk, imports } = levers;
    if (command.addDataField) desk.commit('fieldCreated', { ...command.addDataField, visibility: 'Private', defaultValue: null });
    if (command.removeDataField) desk.commit('fieldRemoved', { name: command.removeDataField });
    if (command.addList) {
        const id = command.addList.id ?? Math.max(1000, ...desk.account.membership.lists.keys()) + 1;
        desk.commit('listCreated', { id, name: command.addList.name, visibility: 'Private' });
        result['listId'] = id;
    }
    if (command.removeList !== undefined) desk.commit('listDeleted', { id: command.removeList });
    if (command.activeImports !== undefined) imports.pretended = command.activeImports;
    if (command.wrongRegion !== undefined) levers.wrongRegion = command.wrongRegion;
    if (command.endpoint !== undefined) levers.endpoint = command.endpoint;
}

function setStatus(desk: Desk, email: string, reason: string): void {
    const status = statusOfReason(reason);
    if (!status) throw new Error(`'${reason}' is not a status of Dotdigital.`);
    desk.commit('statusSet', { contactId: knownOrNew(desk, email).id, status });
}

function knownOrNew(desk: Desk, email: string): Contact {
    return desk.account.contacts.find('email', addressKey(email)) ?? write(desk, email, {});
}

function write(desk: Desk, email: string, body: { dataFields?: unknown; lists?: unknown }): Contact {
    const event = { identifier: 'email', value: email, body, mergeOption: 'overwrite' };
    const { problems } = planWrite(desk.account, 'email', email, body as object);
    const [problem] = problems;
    if (problem) throw new Error(problem.description);
    return desk.commit<{ contact: Contact }>('write', event).contact;
}
