import { isPackageError, PackageError } from '../../http/errors';
import type { Desk } from './desk';
import { deliverImport } from './import-delivery';
import { isRemoval } from './outbox';
import { deliverRemovals } from './removal-delivery';
import { deliverSingly } from './single-delivery';
import { accept, fail, refuse, suppress, type Work } from './work';

/** Sends records of one kind, all of them removals or none, and settles each. Never throws. */
export async function deliver(desk: Desk, works: readonly Work[]): Promise<void> {
    try {
        if (isRemoval(works[0])) await deliverRemovals(desk, works);
        else await deliverWrites(desk, works);
    } catch (error) {
        const failure = isPackageError(error)
            ? error
            : new PackageError('unexpected', error instanceof Error ? error.message : String(error));
        for (const work of works) if (work.locks !== null) fail(work, failure);
    }
}

async function deliverWrites(desk: Desk, works: readonly Work[]): Promise<void> {
    const passed = await throughGate(desk, works);
    if (desk.dryRun) {
        for (const work of passed) accept(work, { contactId: work.contactId, created: work.contactId === 0, lists: desk.lists });
    } else if (passed.length > desk.limits.singly) {
        await deliverImport(desk, passed);
    } else if (passed.length > 0) {
        await deliverSingly(desk, passed);
    }
}

/** Consent outranks data: who must not be written is settled here. The feeds are read anew before each import. */
async function throughGate(desk: Desk, works: readonly Work[]): Promise<Work[]> {
    await desk.gate.refresh(desk.lists, desk.signal);
    const reasons = await desk.gate.blocked(works, desk.lists);
    const erased = await desk.store.getMany(works.map((work) => `e/${work.address}`));
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
