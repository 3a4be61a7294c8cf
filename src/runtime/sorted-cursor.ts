/** Walks entries in ascending order beside another ascending sequence, holding one block of them at a time. */
export class SortedCursor<T> {
    private block: readonly [number, T][] = [];
    private position = 0;
    private ended = false;

    constructor(private readonly blocks: AsyncGenerator<[number, T][]>) {}

    /**
     * Goes to `id`.
     *
     * @param passed called for each entry with a smaller id
     * @returns the entry's value, or undefined where there is none
     */
    async seek(id: number, passed?: (id: number, value: T) => void): Promise<T | undefined> {
        for (;;) {
            while (this.position < this.block.length) {
                const entry = this.block[this.position] as [number, T];
                if (entry[0] > id) return undefined;
                this.position++;
                if (entry[0] === id) return entry[1];
                passed?.(entry[0], entry[1]);
            }
            if (!(await this.fill())) return undefined;
        }
    }

    /** The value at `id` when it is the very next entry and is loaded already; else undefined, and nothing moves. */
    seekLoaded(id: number): T | undefined {
        const entry = this.block[this.position];
        if (entry === undefined || entry[0] !== id) return undefined;
        this.position++;
        return entry[1];
    }

    /** Calls `passed` for all that remain. */
    async rest(passed: (id: number, value: T) => void): Promise<void> {
        await this.seek(Number.MAX_SAFE_INTEGER, passed);
    }

    async close(): Promise<void> {
        this.ended = true;
        await this.blocks.return(undefined);
    }

    private async fill(): Promise<boolean> {
        if (this.ended) return false;
        const next = await this.blocks.next();
        if (next.done === true) {
            this.ended = true;
            return false;
        }
        this.block = next.value;
        this.position = 0;
        return true;
    }
}
