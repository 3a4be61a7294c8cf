import type { Dotdigital } from '../dotdigital/client';
import { getContact } from '../dotdigital/contacts';
import { unsubscribeFromList } from '../dotdigital/suppressions';
import type { Gate } from './gate';

/** What setting an unsubscribe again needs. */
export interface OvertakenContext {
    readonly gate: Gate;
    readonly dotdigital: Dotdigital;
    readonly signal: AbortSignal;
}

/**
 * Sets list unsubscribes again that an import of ours overtook: somebody unsubscribed after the gate had let them pass, and
 * the import, which added them to the list, cleared that. To be called when the import has ended and the gate was read.
 *
 * @param addresses keyed hashes of those whom the import added to the list; each of them had passed the gate
 * @returns the addresses that were unsubscribed again
 */
export async function unsubscribeAgain(
    { gate, dotdigital, signal }: OvertakenContext,
    list: number,
    addresses: readonly string[],
): Promise<Set<string>> {
    const contacts = await gate.unsubscribedFrom(list, addresses);
    const again = new Set<string>();
    for (const [index, address] of addresses.entries()) {
        const contactId = contacts[index] ?? null;
        if (contactId === null) continue;
        const email = (await getContact(dotdigital, 'contactId', String(contactId), signal))?.identifiers['email'];
        if (email === undefined || email === '') continue;
        await unsubscribeFromList(dotdigital, list, email, signal);
        again.add(address);
    }
    return again;
}
