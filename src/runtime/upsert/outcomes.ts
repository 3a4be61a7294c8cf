import type { Intent, IntentLog } from '../intents';
import type { Report } from '../run';
import type { Work } from './work';

/**
 * What becomes of an intent: closed when the outcome of each of its records is in the durable memory, given up when that of
 * one is not known. Given up, it stays: asked for by its id in the next run, or waited for until its deadline.
 */
export class Outcomes implements Report {
    private open: number;
    private isUnknown = false;

    /** @param intent null where the durable memory need not know of the records */
    constructor(
        private readonly intents: IntentLog,
        private intent: Intent | null,
        works: readonly Work[],
    ) {
        this.open = works.length;
        for (const work of works) work.report = work.report === null ? this : both(work.report, this);
    }

    /** Adds the id by which Dotdigital answers for what was sent. */
    async accepted(job: string): Promise<void> {
        if (this.intent !== null) this.intent = await this.intents.accepted(this.intent, job);
    }

    /** Nothing was carried out, and nothing will be. */
    async nothingHappened(): Promise<void> {
        const { intent } = this;
        this.intent = null;
        if (intent !== null) await this.intents.close(intent);
    }

    /** Nobody knows whether it was carried out. */
    giveUp(): void {
        if (this.intent !== null) this.intents.abandon(this.intent);
        this.intent = null;
    }

    /** The same is announced once more, since nobody knows whether the first attempt was carried out. */
    announcedAgain(intent: Intent | null): void {
        this.intent = intent;
    }

    written(): void {
        this.finishOne();
    }

    dropped(): void {
        this.isUnknown = true;
        this.finishOne();
    }

    private finishOne(): void {
        this.open--;
        const { intent, intents } = this;
        if (this.open > 0 || intent === null) return;
        if (this.isUnknown) intents.abandon(intent);
        else intents.close(intent).catch(() => intents.abandon(intent));
    }
}

/** A record that was delivered twice settles both intents. */
function both(one: Report, other: Report): Report {
    return {
        written() {
            one.written();
            other.written();
        },
        dropped() {
            one.dropped();
            other.dropped();
        },
    };
}
