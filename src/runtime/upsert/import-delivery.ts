import type { ImportStatus } from '../../dotdigital/contacts';
import { importStatus, MAX_IMPORT_BYTES, startImport } from '../../dotdigital/contacts';
import { isPackageError, PackageError } from '../../http/errors';
import { ImportIndex, type ImportOutcome, isSuppression } from '../../sync/import-report';
import type { Intent } from '../intents';
import { unsubscribeAgain } from '../overtaken';
import { type Desk, hasToJoin, intentItem, isTracked, listsToJoin, writersOf } from './desk';
import { Outcomes } from './outcomes';
import { failureOf, pause } from './pause';
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
/**
 * Sends records as one import, waits for its end, and settles each of them.
 *
 * @returns those that have to be delivered once more, since they are about another contact than was thought
 */
export async function deliverImport(desk: Desk, works: readonly Work[]): Promise<Work[]> {
    const outcomes = new Outcomes(desk.intents, await announced(desk, works), works);
    try {
        const importId = await start(desk, works, outcomes);
        for (const parcel of new Set(works.map((work) => work.parcel))) parcel.result.importIds.push(importId);
        const status = await ended(desk, importId, works);
        return await settle(desk, works, status, outcomes);
    } catch (error) {
        return giveUp(desk, works, outcomes, error);
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
async function start(desk: Desk, works: readonly Work[], outcomes: Outcomes): Promise<string> {
    const json = Buffer.from(JSON.stringify(works.map((work) => importContact(desk, work))));
    if (json.length > LARGEST_IMPORT) {
        throw new NotStarted(
            new PackageError('refused', 'An import is larger than Dotdigital takes.', { details: { reason: 'too large' } }),
        );
    }
    const begun = desk.now();
    for (let attempt = 1; ; attempt++) {
        try {
            const importId = await startImport(desk.dotdigital, { json }, desk.mergeOption, desk.signal, false);
            handedOver(works);
            await outcomes.accepted(importId);
            return importId;
        } catch (error) {
            if (!isPackageError(error) || error.code === 'aborted') throw error;
            const hasToWait = error.code === 'tooManyActiveImports' || error.code === 'rateLimited';
            if (hasToWait && desk.now() - begun < desk.limits.importDeadline) {
                await pauseBeforeStart(desk.limits.slotWait, desk);
                attempt--;
            } else if (AMBIGUOUS.has(error.code)) {
                if (attempt === ATTEMPTS) throw error;
                outcomes.giveUp();
                await pauseBeforeStart(250 * 2 ** attempt, desk);
                outcomes.announcedAgain(await announced(desk, works));
            } else if (error.code === 'connectionRefused' && attempt < ATTEMPTS) {
                await pauseBeforeStart(500 * 2 ** attempt, desk);
            } else {
                throw new NotStarted(error);
            }
        }
    }
}

async function pauseBeforeStart(milliseconds: number, desk: Desk): Promise<void> {
    await pause(milliseconds, desk.signal).catch((error: unknown) => {
        throw isPackageError(error) ? new NotStarted(error) : error;
    });
}

/** What was announced last was not carried out. */
class NotStarted extends Error {
    constructor(readonly reason: PackageError) {
        super(reason.message);
    }
}

/** Waits until the import is no longer running. */
async function ended(desk: Desk, importId: string, works: readonly Work[]): Promise<ImportStatus> {
    const begun = desk.now();
    const waits = desk.limits.pollAfter;
    const joins = works.some((work) => listsToJoin(desk, work).length > 0);
    let reading: Promise<void> | null = null;
    // Who unsubscribes before the import ends is known by this alone: afterwards Dotdigital has forgotten it. A failure shows
    // when the gate is read at the end.
    const readGate = () => {
        reading ??= desk.gate
            .refresh(desk.lists, desk.signal)
            .catch(() => undefined)
            .finally(() => {
                reading = null;
            });
    };
    for (let poll = 0; ; poll++) {
        // At once, too: the import may have had to wait for its start.
        if (joins) readGate();
        await pause(waits[Math.min(poll, waits.length - 1)] ?? 1000, desk.signal);
        const status = await importStatus(desk.dotdigital, importId, desk.signal);
        const age = desk.now() - begun;
        if (status.status !== 'running') {
            await reading;
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
    }
}

async function settle(desk: Desk, works: readonly Work[], status: ImportStatus, outcomes: Outcomes): Promise<Work[]> {
    if (status.status !== 'finished') {
        const failure = importFailure(status.status);
        // Unknown to Dotdigital does not mean that it did not happen: the intent stays until its deadline.
        if (status.status === 'unknown') outcomes.giveUp();
        else await outcomes.nothingHappened();
        for (const work of works) fail(work, failure);
        return [];
    }
    const overtaken = await setAgain(desk, works);
    const index = new ImportIndex(status);
    const again: Work[] = [];
    for (const work of works) {
        const outcome = index.of(work.matchById ? work.contactId : 0, work.contact.identifiers);
        const isAnother =
            outcome !== undefined &&
            (work.matchById ? isConflict(outcome) : outcome.contactId !== 0 && hasToJoin(desk, work, outcome.contactId));
        if (isAnother) again.push(work);
        else settleOne(desk, work, outcome, overtaken.has(work));
    }
    return again;
}

function settleOne(desk: Desk, work: Work, outcome: ImportOutcome | undefined, isOvertaken: boolean): void {
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
    if (isOvertaken) {
        suppress(work, 'unsubscribed from the list while the import was on its way');
    } else if (suppression !== undefined) {
        suppress(work, suppression.description);
    } else if (outcome.contactId === 0) {
        const failure = outcome.failures[0];
        refuse(work, { code: codeOf(failure?.code ?? 'refused'), reason: failure?.description ?? '', field: '' });
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
        accept(work, { contactId: outcome.contactId, created: outcome.created, lists: desk.lists });
    }
}

async function giveUp(desk: Desk, works: readonly Work[], outcomes: Outcomes, error: unknown): Promise<Work[]> {
    const notStarted = error instanceof NotStarted;
    const reason = notStarted ? error.reason : error;
    const failure = failureOf(reason, desk.signal);
    if (notStarted) await outcomes.nothingHappened();
    else outcomes.giveUp();
    if (notStarted && failure.code === 'refused' && works.length > 1) {
        // One record spoils the whole import: halves find it, and the others are delivered.
        const half = Math.ceil(works.length / 2);
        const first = await deliverImport(desk, works.slice(0, half));
        return [...first, ...(await deliverImport(desk, works.slice(half)))];
    }
    if (notStarted && failure.code === 'refused' && works[0] !== undefined) {
        refuse(works[0], { code: 'refused', reason: String(failure.details['reason'] ?? failure.message), field: '' });
    } else {
        for (const work of works) fail(work, failure);
    }
    return [];
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

/** Unsubscribes again who had unsubscribed from a list before the import added them to it, see {@link unsubscribeAgain}. */
async function setAgain(desk: Desk, works: readonly Work[]): Promise<Set<Work>> {
    const overtaken = new Set<Work>();
    const joining = works.filter((work) => listsToJoin(desk, work).length > 0);
    if (joining.length === 0) return overtaken;
    await desk.gate.refresh(desk.lists, desk.signal);
    for (const list of desk.lists) {
        const added = joining.filter((work) => listsToJoin(desk, work).includes(list));
        const again = await unsubscribeAgain(
            desk,
            list,
            added.map((work) => work.address),
        );
        for (const work of added) {
            if (!again.has(work.address)) continue;
            overtaken.add(work);
            desk.onUnsubscribedAgain(work);
        }
    }
    return overtaken;
}
