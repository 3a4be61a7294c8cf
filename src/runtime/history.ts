import { keysBelow, type Store, type Value } from '../store/store';
import type { Summary } from '../sync/summary';

/** Summaries that are kept for each node. */
const KEPT = 50;

/** What is remembered of a source node's runs: the last summaries, and a run that was cut off. */
export class History {
    constructor(
        private readonly store: Store,
        private readonly node: string,
    ) {}

    /** The summaries, newest first. */
    async summaries(): Promise<Summary[]> {
        const found: Summary[] = [];
        for await (const entries of this.store.entries(keysBelow(`s/${this.node}/`))) {
            for (const [, value] of entries) found.push(value as unknown as Summary);
        }
        return found.reverse();
    }

    async add(summary: Summary): Promise<void> {
        const keys: string[] = [];
        for await (const entries of this.store.entries(keysBelow(`s/${this.node}/`))) for (const [key] of entries) keys.push(key);
        const old = keys.slice(0, Math.max(0, keys.length + 1 - KEPT));
        await this.store.write([
            { key: `s/${this.node}/${summary.startedAt}`, value: summary as unknown as Value },
            ...old.map((key) => ({ key, remove: true as const })),
        ]);
    }

    /** Marks a run as begun, with what it must find unchanged to go on after a restart. */
    async begin(settings: string, overrides: Value): Promise<void> {
        await this.store.write([{ key: `b/${this.node}`, value: { settings, overrides } }], true);
    }

    /** The run has ended: nothing goes on after a restart. */
    async end(): Promise<void> {
        await this.store.write([{ key: `b/${this.node}`, remove: true }], true);
    }

    /** A run that was cut off by the end of the process or by a deploy; null when there is none. */
    async cutOff(): Promise<{ readonly settings: string; readonly overrides: Value } | null> {
        return (await this.store.get<{ settings: string; overrides: Value }>(`b/${this.node}`)) ?? null;
    }
}
