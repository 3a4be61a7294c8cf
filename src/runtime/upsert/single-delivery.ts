import { upsertContact } from '../../dotdigital/contacts';
import { type Desk, hasToJoin, intentItem, isTracked, writersOf } from './desk';
import { Outcomes } from './outcomes';
import { failureOf } from './pause';
import { importContact } from './payload';
import { accept, fail, refuse, suppress, type Work } from './work';

/** Codes that are the record's own fault when a single contact is refused. */
const RECORD_FAULTS: ReadonlySet<string> = new Set(['refused', 'conflict']);

/**
 * Sends a few contacts one by one, each answered at once.
 *
 * @returns those that have to be delivered once more, since they are about another contact than was thought
 */
export async function deliverSingly(desk: Desk, works: readonly Work[]): Promise<Work[]> {
    const intent = isTracked(works)
        ? await desk.intents.announce({
              kind: 'contacts',
              writers: writersOf(works),
              deadline: desk.now() + desk.limits.callDeadline,
              items: works.map((work) => intentItem(desk, work)),
          })
        : null;
    new Outcomes(desk.intents, intent, works);
    const again: Work[] = [];
    const begun = desk.now();
    for (const work of works) {
        try {
            // Those before it may have had to wait.
            if (desk.now() - begun > GATE_AGE) await passGateAgain(desk, work);
            if (!(await deliverOne(desk, work))) again.push(work);
        } catch (error) {
            if (error instanceof Blocked) suppress(work, error.message);
            else fail(work, failureOf(error, desk.signal));
        }
    }
    return again;
}

/** How long the reading of the gate holds good for contacts that are written one after the other, in milliseconds. */
const GATE_AGE = 2000;

/** Somebody unsubscribed since the gate let them pass. */
class Blocked extends Error {}

async function passGateAgain(desk: Desk, work: Work): Promise<void> {
    await desk.gate.refresh(desk.lists, desk.signal);
    const [reason] = await desk.gate.blocked([work], desk.lists);
    if (typeof reason === 'string') throw new Blocked(reason);
}

/** Answers false when the address belongs to another contact: that one stands for the record from now on. */
async function deliverOne(desk: Desk, work: Work): Promise<boolean> {
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
            () => passGateAgain(desk, work),
        );
        if (hasToJoin(desk, work, answer.contactId)) return false;
        accept(work, { contactId: answer.contactId, created, lists: desk.lists });
    } catch (error) {
        if (error instanceof Blocked) throw error;
        const failure = failureOf(error, desk.signal);
        if (work.matchById && failure.code === 'conflict') return false;
        if (RECORD_FAULTS.has(failure.code)) {
            refuse(work, { code: failure.code, reason: String(failure.details['reason'] ?? failure.message), field: '' });
        } else {
            fail(work, failure);
        }
    }
    return true;
}
