import { getContact } from '../../dotdigital/contacts';
import { PackageError } from '../../http/errors';
import { normalAddress } from '../../sync/address';
import { runEnded } from '../run';
import type { Desk } from './desk';
import { deliverImport } from './import-delivery';
import { isRemoval } from './outbox';
import { failureOf } from './pause';
import { deliverRemovals } from './removal-delivery';
import { deliverSingly } from './single-delivery';
import { accept, fail, refuse, suppress, type Work } from './work';

/** Sends records of one kind, all of them removals or none, and settles each. Never throws. */
export async function deliver(desk: Desk, works: readonly Work[]): Promise<void> {
    try {
        const free = failBlocked(desk, works);
        if (isRemoval(works[0])) await deliverRemovals(desk, free);
        else await deliverWrites(desk, free);
    } catch (error) {
        const failure = failureOf(error, desk.signal);
        for (const work of works) if (work.locks !== null) fail(work, failure);
    }
}

/** What may still take effect although nobody is at work on it must not be overtaken: its records are offered again. */
function failBlocked(desk: Desk, works: readonly Work[]): Work[] {
    const { ghosts } = desk.intents;
    const failure = new PackageError(
        'importTimeout',
        'An import that was given up may still take effect. Records that it is about are offered again afterwards.',
        { retryable: true },
    );
    return works.filter((work) => {
        const { taken } = work;
        if (taken === null) return true;
        if (taken.run.hasEnded) {
            fail(work, runEnded());
            return false;
        }
        const isBlocked = isRemoval(work) ? ghosts.blocksRemoval(work) : ghosts.blocks(work, taken.item.fingerprint);
        if (isBlocked) fail(work, failure);
        return !isBlocked;
    });
}

/** What has to be delivered once more, since it turned out to be about another contact, passes the gate once more. */
async function deliverWrites(desk: Desk, works: readonly Work[]): Promise<void> {
    for (let open = works; open.length > 0; ) {
        open = await deliverOnce(desk, open);
        for (const work of open) {
            work.matchById = false;
            work.knownLists = [];
        }
    }
}

async function deliverOnce(desk: Desk, works: readonly Work[]): Promise<readonly Work[]> {
    const passed = await throughGate(desk, works);
    if (desk.optInType !== '') await markExisting(desk, passed);
    if (desk.dryRun) {
        for (const work of passed) accept(work, { contactId: work.contactId, created: !work.exists, lists: desk.lists });
    } else if (passed.length > desk.limits.singly) {
        return deliverImport(desk, passed);
    } else if (passed.length > 0) {
        return deliverSingly(desk, passed);
    }
    return [];
}

/** Consent outranks data: who must not be written is settled here. The feeds are read anew before each import. */
async function throughGate(desk: Desk, works: readonly Work[]): Promise<Work[]> {
    await desk.gate.refresh(desk.lists, desk.signal);
    const people: Person[] = [];
    for (const work of works)
        people.push(work.matchById || 'email' in work.contact.identifiers ? work : await personOf(desk, work));
    const reasons = await desk.gate.blocked(people, desk.lists);
    const erased = await desk.store.getMany(people.map(({ address }) => `e/${address}`));
    return works.filter((work, index) => {
        const reason = reasons[index] ?? null;
        if (erased[index] !== undefined) {
            refuse(work, { code: 'erased', reason: 'the person asked to be erased', field: '' });
        } else if (reason !== null) {
            suppress(work, reason);
        } else {
            return true;
        }
        return false;
    });
}

interface Person {
    readonly address: string;
    readonly contactId: number;
}

/** Who is recognised by a phone number or an identifier of the account is asked for: their address may be one that unsubscribed. */
async function personOf(desk: Desk, work: Work): Promise<Person> {
    const [identifier] = Object.entries(work.contact.identifiers);
    const contact = identifier === undefined ? null : await getContact(desk.dotdigital, ...identifier, desk.signal);
    if (contact === null) return work;
    work.exists = true;
    const address = normalAddress(contact.identifiers['email']);
    return { address: address === null ? '' : desk.gate.hash(address), contactId: contact.contactId };
}

/** The opt-in type is for new contacts alone: for others it could change their consent, or mail them a question. */
async function markExisting(desk: Desk, works: readonly Work[]): Promise<void> {
    const unknown = works.filter((work) => !work.exists);
    if (unknown.length > desk.limits.singly) {
        await desk.known.refresh(desk.signal);
        const known = await desk.known.has(unknown.map(({ address }) => address));
        for (const [index, work] of unknown.entries()) work.exists = known[index] === true;
        return;
    }
    for (const work of unknown) {
        const email = work.contact.identifiers['email'];
        work.exists = email === undefined || (await getContact(desk.dotdigital, 'email', email, desk.signal)) !== null;
    }
}
