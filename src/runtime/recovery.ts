import type { Dotdigital } from '../dotdigital/client';
import { importStatus } from '../dotdigital/contacts';
import { removalStatus } from '../dotdigital/lists';
import type { Change, Store } from '../store/store';
import { addressHash, normalAddress } from '../sync/address';
import { type ImportReport, isSuppression } from '../sync/import-report';
import type { Intent, IntentItem, IntentLog } from './intents';
import { Ledger, type Row } from './ledger';
import type { Limits } from './limits';
import { pause } from './upsert/pause';

/** What the recovery works with. */
export interface RecoveryContext {
    readonly store: Store;
    readonly dotdigital: Dotdigital;
    readonly intents: IntentLog;
    readonly account: string;
    readonly limits: Limits;
    readonly signal: AbortSignal;
    /** Told of an import that is waited for, with its age in milliseconds. */
    onWait(age: number): void;
    now(): number;
}

/**
 * Settles what was on its way when a process ended, before anything else is sent: asks for the outcome of imports whose id
 * is known, and gives up what can no longer take effect.
 *
 * @returns intents that may still take effect, and that nobody can ask for
 */
export async function resolveLeftOver(context: RecoveryContext): Promise<Intent[]> {
    const open: Intent[] = [];
    for (const intent of await context.intents.leftOver()) {
        if (!(await resolve(intent, context))) open.push(intent);
    }
    return open;
}

async function resolve(intent: Intent, context: RecoveryContext): Promise<boolean> {
    if (intent.job !== '' && intent.kind === 'import') {
        const report = await reportOf(intent, context);
        if (report !== null) {
            await apply(intent, report, context);
            return true;
        }
    }
    if (intent.job !== '' && intent.kind === 'removal') {
        await removalEnded(intent, context);
        await context.intents.close(intent);
        return true;
    }
    if (context.now() < intent.deadline) return false;
    await expire(intent, context);
    return true;
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
        if (context.now() > intent.deadline) return null;
        context.onWait(context.now() - begun);
        await pause(waits[Math.min(poll, waits.length - 1)] ?? 1000, context.signal);
    }
}

async function removalEnded(intent: Intent, context: RecoveryContext): Promise<void> {
    const waits = context.limits.pollAfter;
    for (let poll = 0; context.now() < intent.deadline; poll++) {
        if ((await removalStatus(context.dotdigital, intent.job, context.signal)) !== 'Started') return;
        await pause(waits[Math.min(poll, waits.length - 1)] ?? 1000, context.signal);
    }
}

/** Writes what an import did into the ledgers of its records, as if its node had confirmed them. */
async function apply(intent: Intent, report: ImportReport, context: RecoveryContext): Promise<void> {
    const outcomes = outcomesByHash(report, context.store.secret);
    const changes: Change[] = [];
    for (const item of intent.items) {
        if (item.ledger === '') continue;
        const outcome = outcomes.get(item.address) ?? (item.contactId === 0 ? undefined : outcomes.get(String(item.contactId)));
        if (outcome === undefined) continue;
        const ledger = new Ledger(context.store, item.ledger, context.account);
        const row = await ledger.row(item.id);
        // With several writing nodes a record is confirmed only by all of them: it is offered again.
        if (intent.writers > 1) {
            if (row === undefined && outcome.contactId !== 0) changes.push(ledger.lostChange(item.id, item.address));
            continue;
        }
        changes.push(ledger.rowChange(item.id, rowOf(item, outcome, row, context.now())));
        const before = row?.contactId ?? 0;
        if (before !== 0 && outcome.contactId !== 0 && before !== outcome.contactId) {
            changes.push(ledger.releaseChange({ contactId: before, id: item.id, why: 'letGo' }));
        }
    }
    await context.store.write([...changes, context.intents.closing(intent)], true);
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

function rowOf(item: IntentItem, outcome: Found, row: Row | undefined, now: number): Row {
    const written = outcome.contactId !== 0;
    return {
        outcome: written
            ? row?.outcome === 'duplicate'
                ? 'duplicate'
                : 'accepted'
            : isSuppression(outcome.code)
              ? 'suppressed'
              : 'refused',
        address: item.address,
        updatedAt: item.updatedAt,
        fingerprint: item.fingerprint,
        contactId: written ? outcome.contactId : (row?.contactId ?? 0),
        lists: written ? item.lists : [],
        at: Math.floor(now / 1000),
        code: outcome.code,
    };
}

/**
 * It can no longer take effect, and nobody knows whether it did. Its records are offered again as they are not confirmed;
 * a contact that it may have created for somebody who is no longer a member is looked for before the removals.
 */
async function expire(intent: Intent, context: RecoveryContext): Promise<void> {
    const changes: Change[] = [];
    for (const item of intent.items) {
        if (item.ledger === '' || intent.kind === 'removal') continue;
        const ledger = new Ledger(context.store, item.ledger, context.account);
        const row = await ledger.row(item.id);
        if (row === undefined || row.address !== item.address) changes.push(ledger.lostChange(item.id, item.address));
    }
    await context.store.write([...changes, context.intents.closing(intent)], true);
}
