import { upsertContact } from '../../dotdigital/contacts';
import { isPackageError, PackageError } from '../../http/errors';
import { type Desk, hasToJoin, intentItem, isTracked, writersOf } from './desk';
import { Outcomes } from './outcomes';
import { importContact } from './payload';
import { accept, fail, refuse, type Work } from './work';

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
    for (const work of works) if (!(await deliverOne(desk, work))) again.push(work);
    return again;
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
        );
        if (hasToJoin(desk, work, answer.contactId)) return false;
        accept(work, { contactId: answer.contactId, created, lists: desk.lists });
    } catch (error) {
        const failure = isPackageError(error)
            ? error
            : new PackageError('unexpected', error instanceof Error ? error.message : String(error));
        if (work.matchById && failure.code === 'conflict') return false;
        if (RECORD_FAULTS.has(failure.code)) {
            refuse(work, { code: failure.code, reason: String(failure.details['reason'] ?? failure.message), field: '' });
        } else {
            fail(work, failure);
        }
    }
    return true;
}
