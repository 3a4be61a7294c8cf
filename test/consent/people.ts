import { acquireStore } from '../../src/runtime/stores';
import { emailOf } from '../../src/sandbox/oro/people';
import type { Store } from '../../src/store/store';
import { addressHash } from '../../src/sync/address';
import type { Mirror } from '../mirror/mirror';

/** Address of a generated customer user of a sandbox with the default seed, as Dotdigital has it. */
export function addressOf(id: number): string {
    return (emailOf(1, id) ?? '').trim().toLowerCase();
}

/** Does something with the durable memory of a running mirror. */
export async function withMemory<T>(mirror: Mirror, use: (store: Store) => Promise<T>): Promise<T> {
    const { store, release } = await acquireStore(`${mirror.userDirectory}/oro-dotdigital`);
    try {
        return await use(store);
    } finally {
        await release();
    }
}

/** Marks addresses as erased at their owners' request. */
export function erase(mirror: Mirror, ...addresses: readonly string[]): Promise<void> {
    return withMemory(mirror, (store) =>
        store.write(addresses.map((address) => ({ key: `e/${addressHash(store.secret, address)}`, value: true }))),
    );
}

/** What no path may ever have done. */
export function nobodyHarmed(mirror: Mirror): void {
    const { resubscribed, listResubscribed, statusSent, deleted } = mirror.report();
    ({ resubscribed, listResubscribed, statusSent, deleted }).should.deepEqual({
        resubscribed: [],
        listResubscribed: [],
        statusSent: 0,
        deleted: 0,
    });
}

/** The next error that a Catch node was given. */
export async function caught(mirror: Mirror): Promise<{ readonly code: string; readonly message: string }> {
    const { error } = await mirror.nodeRed.nextMessage('errors');
    return error as { code: string; message: string };
}
