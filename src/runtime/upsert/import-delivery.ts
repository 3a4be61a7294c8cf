import type { ImportStatus } from '../../dotdigital/contacts';
import { importStatus, MAX_IMPORT_BYTES, startImport } from '../../dotdigital/contacts';
import { type Suppression, unsubscribeFromList } from '../../dotdigital/suppressions';
import { isPackageError, PackageError } from '../../http/errors';
import { ImportIndex, type ImportOutcome, isSuppression } from '../../sync/import-report';
import type { Intent } from '../intents';
import { type Desk, intentItem, isTracked, listsToJoin, writersOf } from './desk';
import { pause } from './pause';
import { importContact } from './payload';
import { accept, fail, handedOver, refuse, suppress, type Work } from './work';

/** Codes of requests that may have been carried out although they failed. */
const AMBIGUOUS: ReadonlySet<string> = new Set([
    'timeout',
    'connectionReset',
    'serviceUnavailable',
    'maintenance',
    'htmlAnswer',
    'badAnswer',
]);
/** Bytes of an import's contacts; the rest of the body has room in the margin. */
const LARGEST_IMPORT = MAX_IMPORT_BYTES * 0.95;
/** How often an import is started again when nobody knows whether it was. */
const ATTEMPTS = 4;
/** Least time between two readings of the unsubscribes while an import goes on, in milliseconds. */
const GATE_WHILE_RUNNING = 10_000;

/** Sends records as one import, waits for its end, and settles each of them. */
export async function deliverImport(desk: Desk, works: readonly Work[]): Promise<void> {
    const overtaken = new Overtaken(works, desk);
    let intent = await announced(desk, works);
    try {
        const started = await start(desk, works, intent);
        intent = started.intent;
        for (const parcel of new Set(works.map((work) => work.parcel))) parcel.result.importIds.push(started.importId);
        const status = await ended(desk, started.importId, works);
        await settle(desk, works, status, intent, overtaken);
    } catch (error) {
        await giveUp(desk, works, intent, error);
    } finally {
        overtaken.close();
    }
}

async function announced(desk: Desk, works: readonly Work[]): Promise<Intent | null> {
    if (!isTracked(works)) return null;
    return desk.intents.announce({
        kind: 'import',
        writers: writersOf(works),
        deadline: desk.now() + desk.limits.importDeadline,
        items: works.map((work) => intentItem(desk, work)),
    });
}

/**
 * Starts the import. Where nobody knows whether an attempt was carried out, its intent stays as it is, since the import may
 * still land, and another attempt is announced: the content is the same, so their order does not matter.
 */
async function start(
    desk: Desk,
    works: readonly Work[],
    first: Intent | null,
): Promise<{ importId: string; intent: Intent | null }> {
    const json = Buffer.from(JSON.stringify(works.map((work) => importContact(desk, work))));
    let intent = first;
    if (json.length > LARGEST_IMPORT) {
        throw new StartFailed(
            new PackageError('refused', 'An import is larger than Dotdigital takes.', { details: { reason: 'too large' } }),
            intent,
        );
    }
    for (let attempt = 1; ; attempt++) {
        try {
            const importId = await startImport(desk.dotdigital, { json }, desk.mergeOption, desk.signal, false);
            handedOver(works);
            return { importId, intent: intent === null ? null : await desk.intents.accepted(intent, importId) };
        } catch (error) {
            if (!isPackageError(error)) throw error;
            if (error.code === 'tooManyActiveImports' || error.code === 'rateLimited') {
                await pause(desk.limits.slotWait, desk.signal);
                attempt--;
            } else if (AMBIGUOUS.has(error.code) && attempt < ATTEMPTS) {
                if (intent !== null) desk.intents.abandon(intent);
                await pause(250 * 2 ** attempt, desk.signal);
                intent = await announced(desk, works);
            } else if (error.code === 'connectionRefused' && attempt < ATTEMPTS) {
                await pause(500 * 2 ** attempt, desk.signal);
            } else {
                throw new StartFailed(error, intent);
            }
        }
    }
}

/** The import was not started, as far as is known. */
class StartFailed extends Error {
    constructor(
        readonly reason: PackageError,
        readonly intent: Intent | null,
    ) {
        super(reason.message);
    }
}

/** Waits until the import is no longer running. */
async function ended(desk: Desk, importId: string, works: readonly Work[]): Promise<ImportStatus> {
    const begun = desk.now();
    const waits = desk.limits.pollAfter;
    const joins = works.some((work) => listsToJoin(desk, work).length > 0);
    let gateRead = begun;
    for (let poll = 0; ; poll++) {
        await pause(waits[Math.min(poll, waits.length - 1)] ?? 1000, desk.signal);
        const status = await importStatus(desk.dotdigital, importId, desk.signal);
        const age = desk.now() - begun;
        if (status.status !== 'running') {
            desk.onImport(importId, 0);
            return status;
        }
        desk.onImport(importId, age);
        if (age > desk.limits.importDeadline) {
            throw new PackageError(
                'importTimeout',
                'An import has not ended after two hours. Its records are offered again; the next run asks for its outcome first.',
                {
                    retryable: true,
                },
            );
        }
        if (joins && desk.now() - gateRead > GATE_WHILE_RUNNING) {
            gateRead = desk.now();
            await desk.gate.refresh(desk.lists, desk.signal);
        }
    }
}

async function settle(
    desk: Desk,
    works: readonly Work[],
    status: ImportStatus,
    intent: Intent | null,
    overtaken: Overtaken,
): Promise<void> {
    if (status.status !== 'finished') {
        const failure = importFailure(status.status);
        // Unknown to Dotdigital does not mean that it did not happen: the intent stays until its deadline.
        if (intent !== null) status.status === 'unknown' ? desk.intents.abandon(intent) : await desk.intents.close(intent);
        for (const work of works) fail(work, failure);
        return;
    }
    await overtaken.setAgain();
    const index = new ImportIndex(status);
    const byAddress: Work[] = [];
    const written = closesWhenWritten(desk, intent, works.length);
    for (const work of works) {
        const outcome = index.of(work.matchById ? work.contactId : 0, work.contact.identifiers);
        if (work.matchById && isConflict(outcome)) {
            byAddress.push(work);
            written();
        } else {
            settleOne(desk, work, outcome, overtaken, written);
        }
    }
    if (byAddress.length > 0) {
        // The new address belongs to another contact: that one stands for the record from now on.
        for (const work of byAddress) work.matchById = false;
        await deliverImport(desk, byAddress);
    }
}

function settleOne(desk: Desk, work: Work, outcome: ImportOutcome | undefined, overtaken: Overtaken, written: () => void): void {
    if (outcome === undefined) {
        fail(
            work,
            new PackageError('importLost', 'The report of an import does not mention every record. Those are offered again.', {
                retryable: true,
            }),
        );
        return;
    }
    const suppression = outcome.failures.find((failure) => isSuppression(failure.code));
    if (overtaken.has(work)) {
        suppress(work, 'unsubscribed from the list while the import was on its way', written);
    } else if (suppression !== undefined) {
        suppress(work, suppression.description, written);
    } else if (outcome.contactId === 0) {
        const failure = outcome.failures[0];
        refuse(work, { code: codeOf(failure?.code ?? 'refused'), reason: failure?.description ?? '', field: '' }, written);
    } else {
        for (const failure of outcome.failures) {
            work.parcel.rejections.push({
                record: work.record,
                code: codeOf(failure.code),
                reason: failure.description,
                field: '',
                written: true,
                cause: 'record',
            });
        }
        accept(work, { contactId: outcome.contactId, created: outcome.created, lists: desk.lists }, written);
    }
}

/** The intent is closed when what became of each of its records is in the durable memory. */
function closesWhenWritten(desk: Desk, intent: Intent | null, records: number): () => void {
    let open = records;
    return () => {
        open--;
        if (open === 0 && intent !== null) desk.intents.close(intent).catch(() => desk.intents.abandon(intent));
    };
}

async function giveUp(desk: Desk, works: readonly Work[], intent: Intent | null, error: unknown): Promise<void> {
    const reason = error instanceof StartFailed ? error.reason : error;
    const open = error instanceof StartFailed ? error.intent : intent;
    const failure = isPackageError(reason)
        ? reason
        : new PackageError('unexpected', String(reason instanceof Error ? reason.message : reason));
    const notStarted = error instanceof StartFailed && !AMBIGUOUS.has(failure.code) && failure.code !== 'aborted';
    if (open !== null) notStarted ? await desk.intents.close(open) : desk.intents.abandon(open);
    if (notStarted && failure.code === 'refused' && works.length > 1) {
        // One record spoils the whole import: halves find it, and the others are delivered.
        const half = Math.ceil(works.length / 2);
        await deliverImport(desk, works.slice(0, half));
        await deliverImport(desk, works.slice(half));
    } else if (notStarted && failure.code === 'refused' && works[0] !== undefined) {
        refuse(works[0], { code: 'refused', reason: String(failure.details['reason'] ?? failure.message), field: '' });
    } else {
        for (const work of works) fail(work, failure);
    }
}

function importFailure(status: ImportStatus['status']): PackageError {
    switch (status) {
        case 'rejectedByWatchdog':
            return new PackageError(
                'importRejected',
                "Dotdigital's watchdog rejected an import. Nothing of it was written; ask Dotdigital's support, then run again.",
                { retryable: true },
            );
        case 'exceedsContactLimit':
            return new PackageError(
                'contactLimit',
                'The Dotdigital account has reached its contact limit. Nothing of the import was written.',
            );
        case 'unknown':
            return new PackageError('importLost', 'Dotdigital no longer knows an import. Its records are offered again.', {
                retryable: true,
            });
        default:
            return new PackageError(
                'importFailed',
                'Dotdigital failed to carry out an import. Its records are offered again in the next run.',
                { retryable: true },
            );
    }
}

const CONFLICTS: ReadonlySet<string> = new Set([
    'duplicate',
    'duplicateidentifier',
    'identifierconflict',
    'invalidcontactid',
    'idalreadyexists',
]);

function isConflict(outcome: ImportOutcome | undefined): boolean {
    return outcome?.failures.some((failure) => CONFLICTS.has(failure.code.toLowerCase())) === true;
}

/** The spelling of Dotdigital's failure codes differs; ours begin with a small letter. */
function codeOf(code: string): string {
    return code.slice(0, 1).toLowerCase() + code.slice(1);
}

/**
 * List unsubscribes that an import of ours overtakes: somebody unsubscribes after the gate was read, and the import, which
 * adds them to the list, clears that. They are set again.
 */
class Overtaken {
    private readonly byAddress = new Map<string, { work: Work; lists: Map<number, string> }>();
    private readonly stopWatching: () => void;
    private readonly joins: boolean;

    constructor(
        works: readonly Work[],
        private readonly desk: Desk,
    ) {
        for (const work of works) {
            if (listsToJoin(desk, work).length > 0) this.byAddress.set(work.address, { work, lists: new Map() });
        }
        this.joins = this.byAddress.size > 0;
        this.stopWatching = desk.gate.watch((list, address, suppression) => this.met(list, address, suppression));
    }

    has(work: Work): boolean {
        return (this.byAddress.get(work.address)?.lists.size ?? 0) > 0;
    }

    /** To be called when the import has ended. */
    async setAgain(): Promise<void> {
        if (!this.joins) return;
        await this.desk.gate.refresh(this.desk.lists, this.desk.signal);
        for (const { work, lists } of this.byAddress.values()) {
            for (const [list, email] of lists) {
                if (!listsToJoin(this.desk, work).includes(list)) continue;
                await unsubscribeFromList(this.desk.dotdigital, list, email, this.desk.signal);
                this.desk.onUnsubscribedAgain(work);
            }
        }
    }

    close(): void {
        this.stopWatching();
    }

    private met(list: number, address: string, suppression: Suppression): void {
        if (list !== 0) this.byAddress.get(address)?.lists.set(list, suppression.email);
    }
}
