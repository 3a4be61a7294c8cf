import { upsertContact } from '../../dotdigital/contacts';
import { isPackageError, PackageError } from '../../http/errors';
import type { Intent } from '../intents';
import { type Desk, intentItem, isTracked, writersOf } from './desk';
import { importContact } from './payload';
import { accept, fail, refuse, type Work } from './work';

/** Codes that are the record's own fault when a single contact is refused. */
const RECORD_FAULTS: ReadonlySet<string> = new Set(['refused', 'conflict']);

/** Sends a few contacts one by one, each answered at once. */
export async function deliverSingly(desk: Desk, works: readonly Work[]): Promise<void> {
    const intent = isTracked(works)
        ? await desk.intents.announce({
              kind: 'contacts',
              writers: writersOf(works),
              deadline: desk.now() + desk.limits.callDeadline,
              items: works.map((work) => intentItem(desk, work)),
          })
        : null;
    const outcomes = new Outcomes(desk, intent, works.length);
    for (const work of works) await deliverOne(desk, work, outcomes);
}

async function deliverOne(desk: Desk, work: Work, outcomes: Outcomes): Promise<void> {
    try {
        const { matchIdentifier, ...contact } = importContact(desk, work);
        const value = contact.identifiers[matchIdentifier] ?? '';
        const { contactId: _, ...identifiers } = contact.identifiers;
        const { created, contact: answer } = await upsertContact(
            desk.dotdigital,
            matchIdentifier,
            value,
            { ...contact, identifiers },
            desk.mergeOption,
            desk.signal,
        );
        accept(work, { contactId: answer.contactId, created, lists: desk.lists }, () => outcomes.known());
    } catch (error) {
        const failure = isPackageError(error)
            ? error
            : new PackageError('unexpected', error instanceof Error ? error.message : String(error));
        if (work.matchById && failure.code === 'conflict') {
            // The new address belongs to another contact: that one stands for the record from now on.
            work.matchById = false;
            await deliverOne(desk, work, outcomes);
        } else if (RECORD_FAULTS.has(failure.code)) {
            refuse(work, { code: failure.code, reason: String(failure.details['reason'] ?? failure.message), field: '' }, () =>
                outcomes.known(),
            );
        } else {
            outcomes.unknown();
            fail(work, failure);
        }
    }
}

/** Closes the intent when each outcome is in the durable memory; keeps it until its deadline when one is not known. */
class Outcomes {
    private isUnknown = false;

    constructor(
        private readonly desk: Desk,
        private readonly intent: Intent | null,
        private open: number,
    ) {}

    known(): void {
        this.open--;
        this.finish();
    }

    unknown(): void {
        this.isUnknown = true;
        this.open--;
        this.finish();
    }

    private finish(): void {
        if (this.open > 0 || this.intent === null) return;
        const { intents } = this.desk;
        const { intent } = this;
        if (this.isUnknown) intents.abandon(intent);
        else intents.close(intent).catch(() => intents.abandon(intent));
    }
}
