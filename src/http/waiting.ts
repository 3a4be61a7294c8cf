import type { HttpOptions, Wait } from './http';
import { sleep } from './sleep';

/** The waits of one client: several requests may wait at the same time, and the one that ends last is told. */
export class Waiting {
    private readonly waits = new Set<Wait>();

    constructor(
        private readonly now: () => number,
        private readonly pause: NonNullable<HttpOptions['sleep']> = sleep,
        private readonly tell: (wait: Wait | null) => void,
    ) {}

    /** @throws the reason of the signal when it is aborted meanwhile */
    async hold(reason: string, milliseconds: number, signal: AbortSignal): Promise<void> {
        const wait: Wait = { reason, until: this.now() + milliseconds };
        this.waits.add(wait);
        this.tell(this.longest());
        try {
            await this.pause(milliseconds, signal);
        } finally {
            this.waits.delete(wait);
            this.tell(this.longest());
        }
    }

    private longest(): Wait | null {
        let longest: Wait | null = null;
        for (const wait of this.waits) {
            longest = longest === null || wait.until > longest.until ? wait : longest;
        }
        return longest;
    }
}
