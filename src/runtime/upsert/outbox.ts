import type { Limits } from '../limits';
import type { KeyLocks } from '../locks';
import type { Work } from './work';

/** Imports of one node at a time. Dotdigital allows 25 for the whole account. */
const IMPORTS_AT_ONCE = 16;
/** How long a partly filled import waits while its run is about to send more, in milliseconds. */
const GATHER_IN_RUN = 3000;
/** How often the queue is looked at while something is in it, in milliseconds. */
const TICK = 25;

/** Gathers records into imports: what arrives close together is sent together, and nothing is sent while its keys are held. */
export class Outbox {
    private queue: Work[] = [];
    private active = 0;
    private timer: NodeJS.Timeout | null = null;
    private closed = false;
    private readonly unsubscribe: () => void;

    constructor(
        private readonly locks: KeyLocks,
        private readonly limits: Pick<Limits, 'gather' | 'importSize'>,
        private readonly deliver: (works: Work[]) => Promise<void>,
        private readonly now: () => number = Date.now,
    ) {
        this.unsubscribe = locks.onRelease(() => this.schedule());
    }

    /** Records that wait to be sent. */
    get waiting(): readonly Work[] {
        return this.queue;
    }

    add(works: readonly Work[]): void {
        for (const work of works) this.queue.push(work);
        if (this.queue.length >= this.limits.importSize) this.look();
        else this.schedule();
    }

    /** Sends nothing more. Answers what was not sent. */
    close(): Work[] {
        this.closed = true;
        this.unsubscribe();
        if (this.timer !== null) clearTimeout(this.timer);
        const left = this.queue;
        this.queue = [];
        return left;
    }

    private schedule(): void {
        if (this.closed || this.timer !== null || this.queue.length === 0) return;
        this.timer = setTimeout(() => {
            this.timer = null;
            this.look();
        }, TICK);
    }

    private look(): void {
        while (!this.closed && this.active < IMPORTS_AT_ONCE && this.isReady()) {
            const works = this.next();
            if (works.length === 0) break;
            this.active++;
            void this.deliver(works).finally(() => {
                this.active--;
                this.schedule();
            });
        }
        this.schedule();
    }

    private isReady(): boolean {
        const first = this.queue[0];
        if (first === undefined) return false;
        if (this.queue.length >= this.limits.importSize) return true;
        const waited = this.now() - first.queuedAt;
        const moreComing = this.queue.some((work) => work.taken?.run.moreComing === true);
        return waited >= (moreComing ? GATHER_IN_RUN : this.limits.gather);
    }

    /** The next records whose keys are free, of one kind: writes or removals. */
    private next(): Work[] {
        const works: Work[] = [];
        const waiting: Work[] = [];
        const removal = isRemoval(this.queue[0]);
        for (const work of this.queue) {
            if (works.length >= this.limits.importSize || isRemoval(work) !== removal) {
                waiting.push(work);
                continue;
            }
            if (this.locks.tryAcquire(work)) {
                work.locks = this.locks;
                works.push(work);
            } else {
                waiting.push(work);
            }
        }
        this.queue = waiting;
        return works;
    }
}

/** True for a record that is to be taken off the lists. */
export function isRemoval(work: Work | undefined): boolean {
    return work?.record.change === 'left';
}
