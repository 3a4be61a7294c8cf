import { getContact } from '../../dotdigital/contacts';
import { removalStatus, removeFromList, startRemoval } from '../../dotdigital/lists';
import { PackageError } from '../../http/errors';
import type { Intent } from '../intents';
import { type Desk, intentItem, isTracked, writersOf } from './desk';
import { Outcomes } from './outcomes';
import { failureOf, pause } from './pause';
import { fail, removed, type Work } from './work';

/** Takes contacts off the lists. Nothing else happens to them: they are not unsubscribed and not deleted. */
export async function deliverRemovals(desk: Desk, works: readonly Work[]): Promise<void> {
    if (works.length === 0) return;
    if (desk.onLeave === 'nothing' || desk.lists.length === 0 || desk.dryRun) {
        for (const work of works) removed(work);
        return;
    }
    try {
        const outcomes = new Outcomes(desk.intents, await announced(desk, works), works);
        const ids = await contactIds(desk, works);
        if (ids.length > desk.limits.singly) await removeTogether(desk, ids, outcomes);
        else await removeOneByOne(desk, ids);
        for (const work of works) removed(work);
    } catch (error) {
        const failure = failureOf(error, desk.signal);
        for (const work of works) fail(work, failure);
    }
}

async function announced(desk: Desk, works: readonly Work[]): Promise<Intent | null> {
    if (!isTracked(works)) return null;
    return desk.intents.announce({
        kind: 'removal',
        writers: writersOf(works),
        deadline: desk.now() + (works.length > desk.limits.singly ? desk.limits.importDeadline : desk.limits.callDeadline),
        items: works.map((work) => intentItem(desk, work)),
    });
}

/** Contacts of the records; those that are known by their address alone are looked up. */
async function contactIds(desk: Desk, works: readonly Work[]): Promise<number[]> {
    const ids = new Set<number>();
    for (const work of works) {
        if (work.contactId !== 0) {
            ids.add(work.contactId);
            continue;
        }
        const email = work.contact.identifiers['email'];
        const contact = email === undefined ? null : await getContact(desk.dotdigital, 'email', email, desk.signal);
        if (contact !== null) ids.add(contact.contactId);
    }
    return [...ids];
}

async function removeOneByOne(desk: Desk, ids: readonly number[]): Promise<void> {
    for (const list of desk.lists) {
        for (const id of ids) await removeFromList(desk.dotdigital, list, id, desk.signal);
    }
}

async function removeTogether(desk: Desk, ids: readonly number[], outcomes: Outcomes): Promise<void> {
    for (const list of desk.lists) {
        const job = await startRemoval(desk.dotdigital, list, ids, desk.signal);
        await outcomes.accepted(job);
        await ended(desk, job);
    }
}

async function ended(desk: Desk, job: string): Promise<void> {
    const begun = desk.now();
    const waits = desk.limits.pollAfter;
    for (let poll = 0; ; poll++) {
        await pause(waits[Math.min(poll, waits.length - 1)] ?? 1000, desk.signal);
        const status = await removalStatus(desk.dotdigital, job, desk.signal);
        if (status === 'Completed') return;
        if (status === 'Failed') {
            throw new PackageError(
                'removalFailed',
                'Dotdigital failed to take contacts off a list. They are offered again in the next run.',
                { retryable: true },
            );
        }
        if (desk.now() - begun > desk.limits.importDeadline) {
            throw new PackageError('importTimeout', 'A removal from a list has not ended after two hours. It is offered again.', {
                retryable: true,
            });
        }
    }
}
