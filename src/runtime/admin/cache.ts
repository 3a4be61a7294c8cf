import { createHash } from 'node:crypto';
import type { ConnectionSettings } from '../connection';

/** How long a live list is kept, milliseconds. */
const KEPT_FOR = 60_000;
const MOST_ENTRIES = 200;

/** Live lists that were loaded within the last minute, so that opening dialogs does not use up calls. */
export class LiveCache {
    private readonly entries = new Map<string, { readonly until: number; readonly value: Promise<unknown> }>();

    constructor(private readonly now: () => number = Date.now) {}

    /** What `load` gives, at most a minute old; `refresh` asks again. A failure is not kept. */
    async get<T>(key: string, refresh: boolean, load: () => Promise<T>): Promise<T> {
        const found = this.entries.get(key);
        if (found !== undefined && !refresh && found.until > this.now()) return found.value as Promise<T>;
        const value = load();
        this.entries.delete(key);
        this.entries.set(key, { until: this.now() + KEPT_FOR, value });
        this.dropOldest();
        value.catch(() => {
            if (this.entries.get(key)?.value === value) this.entries.delete(key);
        });
        return value;
    }

    /** Drops what was loaded through a connection, since something was just created there. */
    drop(prefix: string): void {
        for (const key of [...this.entries.keys()]) if (key.startsWith(prefix)) this.entries.delete(key);
    }

    private dropOldest(): void {
        for (const key of this.entries.keys()) {
            if (this.entries.size <= MOST_ENTRIES) return;
            this.entries.delete(key);
        }
    }
}

/** Key of everything that a connection with these values gives. A hash, since the values hold secrets. */
export function connectionKey(settings: ConnectionSettings): string {
    const { name: _name, ...values } = settings;
    return createHash('sha256').update(JSON.stringify(values)).digest('base64url');
}
