import { resolve } from 'node:path';
import { openLevelStore } from '../store/level';
import type { Store } from '../store/store';

interface Shared {
    readonly store: Promise<Store>;
    users: number;
}

const open = new Map<string, Shared>();
const closing = new Map<string, Promise<void>>();

/** Opens the store in a directory, or joins those of this process that have it open. Release it when done. */
export async function acquireStore(directory: string): Promise<{ readonly store: Store; release(): Promise<void> }> {
    const path = resolve(directory);
    await closing.get(path);
    let shared = open.get(path);
    if (shared === undefined) {
        shared = { store: openLevelStore(path), users: 0 };
        open.set(path, shared);
    }
    const mine = shared;
    mine.users++;
    try {
        const store = await mine.store;
        return { store, release: () => release(path, mine) };
    } catch (error) {
        mine.users--;
        if (open.get(path) === mine) open.delete(path);
        throw error;
    }
}

async function release(path: string, shared: Shared): Promise<void> {
    shared.users--;
    if (shared.users > 0) return;
    open.delete(path);
    const closed = shared.store.then((store) => store.close());
    closing.set(path, closed);
    try {
        await closed;
    } finally {
        closing.delete(path);
    }
}
