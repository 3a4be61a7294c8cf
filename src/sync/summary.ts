/** Where a member of the audience stands at the end of a run. Every member is in exactly one. */
export const STANDINGS = [
    'withoutEmail',
    'duplicates',
    'optedOut',
    'unreadable',
    'leftOutByFlow',
    'suppressed',
    'rejected',
    'stillRejected',
    'unconfirmed',
    'inList',
] as const;

/** One of {@link STANDINGS}. */
export type Standing = (typeof STANDINGS)[number];

/** The summary of a run: `members` is the sum of all standings. */
export interface Summary extends Record<Standing, number> {
    readonly run: string;
    readonly startedAt: string;
    /** True when the whole audience was read; only then somebody can have left. */
    readonly complete: boolean;
    /** Why not everybody was read or delivered: a code such as `tagTruncated` or `stopped`; '' when nothing was left out. */
    readonly incomplete: string;
    readonly members: number;
    /** Records read from Oro in this run. */
    readonly read: number;
    readonly joined: number;
    readonly changed: number;
    /** People who left the audience and were taken off the list. */
    readonly left: number;
    readonly unchanged: number;
    /** People who would leave, held back because they were more than allowed. */
    readonly held: number;
    readonly batches: number;
    readonly requests: { readonly oro: number; readonly dotdigital: number };
    /** Why records were sent that had not changed: `settings`, `all`, `newMemory`, or ''. */
    readonly cause: string;
    /** What the message that started the run overrode, in its words. */
    readonly overridden: readonly string[];
    readonly dryRun: boolean;
    readonly durationMs: number;
    /** Number of refused records for each code. */
    readonly rejectedReasons: Readonly<Record<string, number>>;
    /** List unsubscribes that an import of ours had overtaken, and that were set again. */
    readonly unsubscribedAgain: number;
    /** Code and text of what ended the run before its end, and the service it is about ('' for none); null when nothing did. */
    readonly error: { readonly code: string; readonly message: string; readonly service: string } | null;
}

/** Counts of members by standing. */
export class Tally {
    private readonly counts = new Map<Standing, number>();

    add(standing: Standing, number = 1): void {
        this.counts.set(standing, this.of(standing) + number);
    }

    move(from: Standing, to: Standing): void {
        this.add(from, -1);
        this.add(to);
    }

    of(standing: Standing): number {
        return this.counts.get(standing) ?? 0;
    }

    get members(): number {
        return STANDINGS.reduce((sum, standing) => sum + this.of(standing), 0);
    }

    toRecord(): Record<Standing, number> {
        const record = {} as Record<Standing, number>;
        for (const standing of STANDINGS) record[standing] = this.of(standing);
        return record;
    }
}
