/**
 * One operation at a time for each key. Two imports may end in another order than they began, so nothing is sent about a
 * record, an address or a contact while something else about it is on the way.
 */
export class KeyLocks {
    private readonly held = new Set<string>();
    private readonly waiting = new Set<() => void>();

    /** Takes all keys or none. Null when one of them is held. */
    tryAcquire(keys: readonly string[]): (() => void) | null {
        if (keys.some((key) => this.held.has(key))) return null;
        for (const key of keys) this.held.add(key);
        let released = false;
        return () => {
            if (released) return;
            released = true;
            for (const key of keys) this.held.delete(key);
            for (const wake of [...this.waiting]) wake();
        };
    }

    /** Calls `wake` whenever keys were released. Answers the function that ends it. */
    onRelease(wake: () => void): () => void {
        this.waiting.add(wake);
        return () => this.waiting.delete(wake);
    }
}
