import { type Change, keysBelow, type Range, type Store, type Value } from './store';

/** What the overlay holds under a key: the value in an array, or an empty one for a key that was removed. */
type Laid = readonly [] | readonly [Value];

const REMOVED = [] as const;
/** Entries that are read and passed on together. */
const BLOCK = 500;

/**
 * A store that shows another one and keeps what is written to it apart, below `prefix` of the same store: for a dry run, which
 * remembers everything until it has ended and leaves nothing behind. {@link Overlay.drop} forgets it.
 */
export class Overlay implements Store {
    constructor(
        private readonly base: Store,
        private readonly prefix: string,
    ) {}

    get path(): string {
        return this.base.path;
    }

    get since(): string {
        return this.base.since;
    }

    get secret(): Buffer {
        return this.base.secret;
    }

    async get<T extends Value>(key: string): Promise<T | undefined> {
        const [value] = await this.getMany<T>([key]);
        return value;
    }

    async getMany<T extends Value>(keys: readonly string[]): Promise<(T | undefined)[]> {
        const laid = await this.base.getMany<Laid>(keys.map((key) => this.prefix + key));
        const below = await this.base.getMany<T>(keys);
        return keys.map((_, index) => {
            const over = laid[index];
            return over === undefined ? below[index] : (over[0] as T | undefined);
        });
    }

    write(changes: readonly Change[], durable = false): Promise<void> {
        const laid = changes.map((change): Change => {
            const key = this.prefix + change.key;
            if ('remove' in change) return { key, value: REMOVED };
            return 'json' in change ? { key, json: `[${change.json}]` } : { key, value: [change.value] };
        });
        return this.base.write(laid, durable);
    }

    async *entries<T extends Value>({ from, to }: Range): AsyncGenerator<[string, T][]> {
        const over = flat(this.base.entries<Laid>({ from: this.prefix + from, to: this.prefix + to }));
        const under = flat(this.base.entries<T>({ from, to }));
        let block: [string, T][] = [];
        try {
            let laid = await over.next();
            let below = await under.next();
            while (!laid.done || !below.done) {
                const key = laid.done ? null : laid.value[0].slice(this.prefix.length);
                if (!below.done && (key === null || below.value[0] < key)) {
                    block.push(below.value);
                    below = await under.next();
                } else if (!laid.done && key !== null) {
                    const [value] = laid.value[1];
                    if (value !== undefined) block.push([key, value as T]);
                    if (!below.done && below.value[0] === key) below = await under.next();
                    laid = await over.next();
                }
                if (block.length < BLOCK) continue;
                yield block;
                block = [];
            }
            if (block.length > 0) yield block;
        } finally {
            await over.return(undefined);
            await under.return(undefined);
        }
    }

    async clear(range: Range): Promise<void> {
        await this.base.clear({ from: this.prefix + range.from, to: this.prefix + range.to });
        for await (const entries of this.base.entries(range)) {
            await this.base.write(entries.map(([key]) => ({ key: this.prefix + key, value: REMOVED })));
        }
    }

    bytes(): Promise<number> {
        return this.base.bytes();
    }

    /** Forgets what was written; the store below stays open. */
    async drop(): Promise<void> {
        await this.base.clear(keysBelow(this.prefix));
    }

    close(): Promise<void> {
        return this.drop();
    }
}

async function* flat<T>(blocks: AsyncGenerator<T[]>): AsyncGenerator<T> {
    for await (const block of blocks) yield* block;
}
