import { resolve } from 'node:path';

import level = require('../../src/store/level');

import type { Change, Store } from '../../src/store/store';

/** Told before and after each write of a store. */
export type StoreWatcher = (path: string) => Promise<void>;

const open = new Map<string, Store>();
const original = level.openLevelStore;

/** Lets a test get in between any two writes to the durable memory of this process, until the returned function is called. */
export function watchStores(watcher: StoreWatcher): () => void {
    const replaceable = level as { openLevelStore: typeof original };
    replaceable.openLevelStore = async (path, now) => {
        const store = await original(path, now);
        const [write, close] = [store.write.bind(store), store.close.bind(store)];
        store.write = async (changes: readonly Change[], durable?: boolean) => {
            await watcher(path);
            await write(changes, durable);
            await watcher(path);
        };
        store.close = async () => {
            open.delete(resolve(path));
            await close();
        };
        open.set(resolve(path), store);
        return store;
    };
    return () => {
        replaceable.openLevelStore = original;
    };
}

/** The store that is open in a directory. */
export function openStore(path: string): Store | undefined {
    return open.get(resolve(path));
}
