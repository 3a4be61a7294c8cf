import type { Dotdigital } from '../dotdigital/client';
import { importStatus } from '../dotdigital/contacts';
import { removalStatus } from '../dotdigital/lists';
import { isPackageError } from '../http/errors';
import type { Change, Store } from '../store/store';
import { addressHash, normalAddress } from '../sync/address';
import { type ImportReport, isSuppression } from '../sync/import-report';
import type { Gate } from './gate';
import type { Intent, IntentItem, IntentLog } from './intents';
import { Ledger, type Row } from './ledger';
import type { Limits } from './limits';
import { unsubscribeAgain } from './overtaken';
import { pause } from './upsert/pause';

/** What the recovery works with. */
export interface RecoveryContext {
    readonly store: Store;
    readonly dotdigital: Dotdigital;
    readonly intents: IntentLog;
    readonly gate: Gate;
    readonly account: string;
    readonly limits: Limits;
    readonly signal: AbortSignal;
    /** Told of an import that is waited for, with its age in milliseconds. */
    onWait(age: number): void;
    /** True once somebody has ended the run: what is still going on is asked for by the next one. */
    isStopped(): boolean;
    /** A list unsubscribe that an import had overtaken was set again. */
    onUnsubscribedAgain(): void;
    now(): number;
}

/**
 * Settles what was on its way when a process ended, before anything else is sent: asks for the outcome of imports whose id
 * is known, and gives up what can no longer take effect. What may still take effect, and nobody can ask for, stays among
 * the ghosts of the intents.
 *
 * @returns true when there was something
 */
export async function resolveLeftOver(context: RecoveryContext): Promise<boolean> {
    return context.intents.alone(async () => {
        const intents = await context.intents.leftOver();
        if (intents.length > 0) await context.gate.refresh(listsOf(intents), context.signal);
        for (const intent of intents) await resolve(intent, context);
        return intents.length > 0;
    });
}

function listsOf(intents: readonly Intent[]): number[] {
    return [...new Set(intents.flatMap((intent) => intent.items.flatMap((item) => item.lists)))];
}

async function resolve(intent: Intent, context: RecoveryContext): Promise<void> {
    if (intent.job !== '' && intent.kind === 'import') {
        const report = await reportOf(intent, context);
        if (report !== null) {
            await apply(intent, report, context);
            return;
        }
    }
    if (intent.job !== '' && intent.kind === 'removal') {
        await removalEnded(intent, context);
        if (context.isStopped()) return;
        await context.intents.close(intent);
        return;
    }
    if (context.now() >= intent.deadline) await expire(intent, context);
}

const NOTHING: ImportReport = { created: [], updated: [], failures: [] };

/** The report of an import, once it has ended; null when Dotdigital does not know it or it does not end. */
async function reportOf(intent: Intent, context: RecoveryContext): Promise<ImportReport | null> {
    const begun = context.now();
    const waits = context.limits.pollAfter;
    for (let poll = 0; ; poll++) {
        const status = await importStatus(context.dotdigital, intent.job, context.signal);
        if (status.status === 'finished') return status;
        if (status.status === 'unknown') return null;
        if (status.status !== 'running') return NOTHING;
        if (context.now() > intent.deadline || context.isStopped()) return null;
        context.onWait(context.now() - begun);
        await pause(waits[Math.min(poll, waits.length - 1)] ?? 1000, context.signal);
        // Who unsubscribes before it ends is known by this: afterwards Dotdigital has forgotten it.
        await context.gate.refresh(listsOf([intent]), context.signal);
    }
}

async function removalEnded(intent: Intent, context: RecoveryContext): Promise<void> {
    const waits = context.limits.pollAfter;
    for (let poll = 0; context.now() < intent.deadline && !context.isStopped(); poll++) {
        if (!(await isGoingOn(intent, context))) return;
        await pause(waits[Math.min(poll, waits.length - 1)] ?? 1000, context.signal);
    }
}

/** A job that Dotdigital has forgotten has ended long ago. */
async function isGoingOn(intent: Intent, context: RecoveryContext): Promise<boolean> {
    try {
        return (await removalStatus(context.dotdigital, intent.job, context.signal)) === 'Started';
    } catch (error) {
        if (isPackageError(error) && error.status === 404) return false;
        throw error;
    }
}

/** Writes what an import did into the ledgers of its records, as if its node had confirmed them. */
async function apply(intent: Intent, report: ImportReport, context: RecoveryContext): Promise<void> {
    const outcomes = outcomesByHash(report, context.store.secret);
    const overtaken = await setAgain(intent, context);
    const changes: Change[] = [];
    for (const item of intent.items) {
        if (item.ledger === '') continue;
        const outcome = outcomes.get(item.address) ?? (item.contactId === 0 ? undefined : outcomes.get(String(item.contactId)));
        if (outcome === undefined) continue;
        const ledger = new Ledger(context.store, item.ledger, context.account);
        const row = await ledger.row(item.id);
        // With several writing nodes a record is confirmed only by all of them: it is offered again.
        if (intent.writers > 1) {
            if (isUnknown(row, item) && outcome.contactId !== 0) changes.push(ledger.lostChange(item.id, item.address));
            continue;
        }
        if (item.contactId !== 0 && outcome.contactId !== 0 && item.contactId !== outcome.contactId) {
            // Another contact than was thought, which may not be on all lists: offered again, and let go of if nobody takes it.
            const { contactId } = outcome;
            changes.push(ledger.releaseChange({ contactId, id: item.id, why: 'letGo', address: item.address }));
            continue;
        }
        // Which of several records speaks for an address is decided by the run: with an empty fingerprint it looks at this one.
        const [claims] = await ledger.claims([item.address]);
        const fingerprint = claims === undefined || claims.length < 2 ? item.fingerprint : '';
        const written = rowOf(item, outcome, row, overtaken.has(item.address), context.now());
        changes.push(ledger.rowChange(item.id, { ...written, fingerprint }));
        const before = row?.contactId ?? 0;
        const movedAway = row !== undefined && row.address !== item.address && before !== outcome.contactId;
        if (movedAway && before !== 0 && outcome.contactId !== 0) {
            changes.push(ledger.releaseChange({ contactId: before, id: item.id, why: 'letGo', address: row.address }));
        }
    }
    await context.store.write([...changes, context.intents.closing(intent)], true);
    context.intents.closed(intent);
}

/** Unsubscribes again whom the import added to a list although they had unsubscribed from it. Answers their addresses. */
async function setAgain(intent: Intent, context: RecoveryContext): Promise<Set<string>> {
    const lists = intent.kind === 'removal' ? [] : listsOf([intent]);
    if (lists.length > 0) await context.gate.refresh(lists, context.signal);
    const all = new Set<string>();
    for (const list of lists) {
        const again = await unsubscribeAgain(
            context,
            list,
            intent.items.map((item) => item.address),
        );
        for (const address of again) {
            all.add(address);
            context.onUnsubscribedAgain();
        }
    }
    return all;
}

/** True when the ledger knows of no contact that the record has under this address. */
function isUnknown(row: Row | undefined, item: IntentItem): boolean {
    return row === undefined || row.contactId === 0 || row.address !== item.address;
}

interface Found {
    readonly contactId: number;
    readonly code: string;
}

function outcomesByHash(report: ImportReport, secret: Buffer): Map<string, Found> {
    const found = new Map<string, Found>();
    const add = (contactId: number, identifiers: Readonly<Record<string, string>>, outcome: Found) => {
        const address = normalAddress(identifiers['email']);
        if (address !== null) found.set(addressHash(secret, address), outcome);
        if (contactId !== 0) found.set(String(contactId), outcome);
    };
    for (const failure of report.failures) {
        add(failure.contactId ?? 0, failure.identifiers, { contactId: 0, code: failure.failures[0]?.code ?? 'refused' });
    }
    for (const contact of [...report.created, ...report.updated])
        add(contact.contactId, contact.identifiers, { contactId: contact.contactId, code: '' });
    return found;
}

function rowOf(item: IntentItem, outcome: Found, row: Row | undefined, overtaken: boolean, now: number): Row {
    const written = outcome.contactId !== 0;
    return {
        outcome: overtaken || isSuppression(outcome.code) ? 'suppressed' : written ? 'accepted' : 'refused',
        address: item.address,
        updatedAt: item.updatedAt,
        fingerprint: item.fingerprint,
        contactId: written ? outcome.contactId : (row?.contactId ?? 0),
        lists: written && !overtaken ? item.lists : [],
        at: Math.floor(now / 1000),
        code: outcome.code,
    };
}

/**
 * It can no longer take effect, and nobody knows whether it did. Its records are offered again as they are not confirmed;
 * a contact that it may have created for somebody who is no longer a member is looked for before the removals.
 */
async function expire(intent: Intent, context: RecoveryContext): Promise<void> {
    await setAgain(intent, context);
    const changes: Change[] = [];
    for (const item of intent.items) {
        if (item.ledger === '' || intent.kind === 'removal') continue;
        const ledger = new Ledger(context.store, item.ledger, context.account);
        const row = await ledger.row(item.id);
        if (isUnknown(row, item)) changes.push(ledger.lostChange(item.id, item.address));
    }
    await context.store.write([...changes, context.intents.closing(intent)], true);
    context.intents.closed(intent);
}
