import type { ChangeKind } from '../sync/record';
import type { Standing } from '../sync/summary';
import type { Row } from './ledger';
import type { Tracer } from './tracing';

/** Records that writing nodes may hold at a time: sixteen imports. Enough to keep Dotdigital busy, and bounded. */
const RECORDS_WITH_WRITERS = 80_000;
/** Records that writing nodes may hold without having handed them over: four imports. */
const UNSENT_RECORDS = 20_000;
/** Records that drained without a writing node having taken them, kept in case one takes them late. */
const LATE_RECORDS = 20_000;
/** How long a run whose batches are held by gathering nodes alone waits for something to move, in milliseconds. */
const GATHERING_GRACE = 5_000;
/** How long a run waits for a batch that nothing moves, in milliseconds. */
const STANDSTILL = 2 * 3600 * 1000;

/** Code of records that were on their way while nodes were replaced: they are offered again in the same run. */
export const INTERRUPTED = 'stopped';

/** A record that was offered to the flow, and what the run knows of it. */
export interface Item {
    readonly id: number;
    readonly change: ChangeKind;
    /** The address in normal form, '' where only its hash is known; never written down. */
    readonly email: string;
    readonly address: string;
    readonly updatedAt: number;
    readonly fingerprint: string;
    /** Contact that is known for it; 0 where none is. */
    readonly contactId: number;
    /** Lists that the contact is known to be on. */
    readonly lists: readonly number[];
    /** True when the contact is to be found by its id, since the address changed and nobody else holds the contact. */
    readonly matchById: boolean;
    readonly row: Row | null;
    /** Where the record was counted already in this run; null where it was not. */
    readonly counted: Standing | null;
}

/** What a writing node reports of a record. */
export type Settlement =
    | { readonly outcome: 'accepted'; readonly contactId: number; readonly lists: readonly number[]; readonly created: boolean }
    | { readonly outcome: 'removed' }
    | { readonly outcome: 'refused'; readonly code: string }
    | { readonly outcome: 'suppressed'; readonly code: string }
    | { readonly outcome: 'failed'; readonly code: string };

/** What became of an offered record in the end. */
export type Result = Settlement | { readonly outcome: 'leftOut' } | { readonly outcome: 'sent' };

/** A record in the hands of a writing node. */
export interface Taken {
    readonly run: Run;
    readonly item: Item;
    /** Says that the record is with Dotdigital now, which leaves room for another one. */
    sent(): void;
    /** @param written called once what was settled is in the durable memory */
    settle(settlement: Settlement, written?: () => void): void;
}

interface Entry {
    readonly item: Item;
    readonly batch: number;
    takers: number;
    open: number;
    settlement: Settlement | null;
    /** To be called once the outcome is in the durable memory. */
    written: (() => void)[] | null;
    /** A writing node has handed it over to Dotdigital. */
    sent: boolean;
}

interface Batch {
    readonly number: number;
    readonly entries: Entry[];
    /** A deploy happened while it was on its way: what nobody took may have been lost with a node that was replaced. */
    interrupted: boolean;
}

/** What a run needs to know of the flow behind the reader. */
export interface RunOptions {
    readonly id: string;
    readonly ledger: string;
    readonly tracer: Tracer | null;
    /** Ids of the writing nodes that the records can reach. Empty, or confirmation on sending: a drained batch is confirmed. */
    readonly writers: ReadonlySet<string>;
    readonly confirmOnSending: boolean;
    readonly inFlight: number;
    readonly dryRun: boolean;
    /** What a node is, for the window and the status; null where it is not known. */
    nodeOf(id: string): { readonly type: string; readonly name: string } | null;
    isGathering(type: string): boolean;
    /** Called for each record whose fate is known. `insteadOf`: what was said of it before, when it was taken late. */
    onSettled(item: Item, result: Result, insteadOf?: Result): void;
    /** Called when a batch is done, so that what was settled can be written. */
    onBatchDone(): Promise<void>;
    /** A list unsubscribe that an import had overtaken was set again. */
    onUnsubscribedAgain(): void;
    readonly signal: AbortSignal;
    now(): number;
}

const active = new Map<string, Run>();

/** The run that a message of a flow belongs to, and the record in it; null for a record that no run offered. */
export function takeRecord(msg: { readonly delivery?: unknown }, type: unknown, id: unknown): Taken | null {
    const named = (msg.delivery as { run?: unknown } | undefined)?.run;
    const run = typeof named === 'string' ? active.get(named) : undefined;
    if (run !== undefined) return run.take(String(type), Number(id));
    for (const each of active.values()) {
        const taken = each.take(String(type), Number(id));
        if (taken !== null) return taken;
    }
    return null;
}

/** One run of a source node: its batches on the way, and what becomes of each record. */
export class Run {
    readonly id: string;
    /** True while further batches are about to come: a gathering writer may wait for them. */
    moreComing = true;
    /** True once the run takes no more records because somebody ended it. */
    stopped = false;
    batches = 0;
    /** JSON:API type of the records. */
    type = '';
    private readonly entries = new Map<number, Entry>();
    private readonly late = new Map<number, Entry>();
    /** Records that writing nodes hold and have not handed over. */
    private unsent = 0;
    private readonly open = new Map<number, Batch>();
    private readonly finishing = new Set<Promise<void>>();
    private toReport: (() => void)[] = [];
    private waiters: (() => void)[] = [];
    private waking = false;
    private lastMove: number;
    private failure: unknown = null;

    constructor(readonly options: RunOptions) {
        this.id = options.id;
        this.lastMove = options.now();
        active.set(this.id, this);
    }

    /** Number of records that are offered and not settled. */
    get pending(): number {
        return this.entries.size;
    }

    /** Waits for room, then gives a batch to the flow. */
    async offer(items: readonly Item[], send: (batch: number) => void): Promise<void> {
        await this.until(() => this.hasRoom());
        const number = this.batches++;
        const entries = items.map(
            (item): Entry => ({ item, batch: number, takers: 0, open: 0, settlement: null, written: null, sent: false }),
        );
        for (const entry of entries) this.entries.set(entry.item.id, entry);
        this.open.set(number, { number, entries, interrupted: false });
        const { tracer } = this.options;
        if (tracer === null) {
            send(number);
            return;
        }
        tracer.open(this.id, number, { moved: () => this.wake(), drained: (failed) => this.drained(number, failed) });
        send(number);
        tracer.sent(this.id, number);
    }

    /** Waits until no batch is on the way, or only such as nothing will move any more. */
    async settled(): Promise<void> {
        this.moreComing = false;
        await this.until(() => this.open.size === 0 || this.standsStill());
        for (const number of [...this.open.keys()]) this.drained(number, true);
        await Promise.all(this.finishing);
        if (this.failure !== null) throw this.failure;
    }

    /** To be called when nodes of the flow are replaced. */
    interrupt(): void {
        for (const batch of this.open.values()) batch.interrupted = true;
    }

    /** Ends the run's part in the flow: late confirmations are no longer accepted. */
    close(): void {
        active.delete(this.id);
        for (const number of this.open.keys()) this.options.tracer?.close(this.id, number);
        this.open.clear();
        this.entries.clear();
        this.late.clear();
    }

    take(type: string, id: number): Taken | null {
        const entry = type === this.type ? (this.entries.get(id) ?? this.late.get(id)) : undefined;
        if (entry === undefined) return null;
        entry.takers++;
        entry.open++;
        if (!entry.sent && entry.takers === 1) this.unsent++;
        return new TakenRecord(this, entry);
    }

    /** @internal */
    markSent(entry: Entry): void {
        if (entry.sent) return;
        entry.sent = true;
        this.unsent--;
        this.wake();
    }

    /** @internal */
    settleEntry(entry: Entry, settlement: Settlement, written: (() => void) | undefined): void {
        this.markSent(entry);
        if (written !== undefined) {
            if (entry.written === null) entry.written = [written];
            else entry.written.push(written);
        }
        entry.open--;
        entry.settlement = merged(entry.settlement, settlement);
        this.lastMove = this.options.now();
        if (this.options.tracer === null) this.settledWithoutTrace(entry);
        else if (!this.open.has(entry.batch) && entry.open === 0) this.finishLate(entry);
        else this.wake();
    }

    /** Names of the nodes that hold batches, without writers and gathering nodes. */
    get heldBy(): string[] {
        const names = new Set<string>();
        for (const number of this.open.keys()) {
            for (const id of this.holders(number)) {
                const node = this.options.nodeOf(id);
                if (node !== null && !this.options.writers.has(id)) names.add(node.name === '' ? node.type : node.name);
            }
        }
        return [...names];
    }

    private hasRoom(): boolean {
        if (this.options.tracer === null) return this.entries.size < RECORDS_WITH_WRITERS;
        let held = 0;
        let withWriters = 0;
        for (const batch of this.open.values()) {
            const holders = this.holders(batch.number);
            if (holders.some((id) => this.options.writers.has(id))) withWriters += batch.entries.length;
            else if (!holders.every((id) => this.waitsOnPurpose(id))) held++;
        }
        return held < this.options.inFlight && withWriters < RECORDS_WITH_WRITERS && this.unsent < UNSENT_RECORDS;
    }

    /** Join, batch, sort and delay hold messages on purpose: they do not count against the window. */
    private waitsOnPurpose(id: string): boolean {
        const type = this.options.nodeOf(id)?.type ?? '';
        return type === 'delay' || this.options.isGathering(type);
    }

    private standsStill(): boolean {
        const silence = this.options.now() - this.lastMove;
        if (silence > STANDSTILL) return true;
        const held = [...this.open.keys()].flatMap((number) => this.holders(number));
        const gathered = held.every((id) => this.options.isGathering(this.options.nodeOf(id)?.type ?? ''));
        return gathered && silence > GATHERING_GRACE;
    }

    private holders(batch: number): string[] {
        return this.options.tracer?.holders(this.id, batch) ?? [];
    }

    private drained(number: number, failed: boolean): void {
        const batch = this.open.get(number);
        if (batch === undefined) return;
        this.open.delete(number);
        this.options.tracer?.close(this.id, number);
        for (const entry of batch.entries) {
            if (entry.open > 0) continue;
            this.entries.delete(entry.item.id);
            if (entry.takers === 0 && !failed && !batch.interrupted && !this.isConfirmedOnSending) this.keepLate(entry);
            this.finish(entry, this.resultOf(entry, failed, batch.interrupted));
        }
        this.batchDone();
    }

    private get isConfirmedOnSending(): boolean {
        return this.options.confirmOnSending || this.options.writers.size === 0;
    }

    private resultOf(entry: Entry, failed: boolean, interrupted: boolean): Result {
        if (entry.settlement !== null) return entry.settlement;
        if (interrupted) return { outcome: 'failed', code: INTERRUPTED };
        if (failed) return { outcome: 'failed', code: 'notDelivered' };
        return this.isConfirmedOnSending ? { outcome: 'sent' } : { outcome: 'leftOut' };
    }

    private keepLate(entry: Entry): void {
        if (this.late.size < LATE_RECORDS) this.late.set(entry.item.id, entry);
    }

    /** A node that reported completion before it sent: the record was taken after its batch had drained. */
    private finishLate(entry: Entry): void {
        const wasLeftOut = this.late.delete(entry.item.id);
        this.entries.delete(entry.item.id);
        if (entry.settlement === null) return;
        this.finish(entry, entry.settlement, wasLeftOut ? { outcome: 'leftOut' } : undefined);
        this.batchDone();
    }

    /** Without hooks a batch is done when each of its records was settled by a writing node. */
    private settledWithoutTrace(entry: Entry): void {
        if (entry.open > 0 || entry.settlement === null) return;
        this.entries.delete(entry.item.id);
        this.finish(entry, entry.settlement);
        const batch = this.open.get(entry.batch);
        if (batch?.entries.every((each) => each.takers > 0 && each.open === 0) === true) {
            this.open.delete(entry.batch);
            this.batchDone();
        }
        this.wake();
    }

    private finish(entry: Entry, result: Result, insteadOf?: Result): void {
        this.options.onSettled(entry.item, result, insteadOf);
        if (entry.written !== null) this.toReport.push(...entry.written);
    }

    private batchDone(): void {
        const report = this.toReport;
        this.toReport = [];
        const done = this.options.onBatchDone().then(
            () => {
                for (const written of report) written();
            },
            (error: unknown) => {
                this.failure ??= error;
            },
        );
        this.finishing.add(done);
        void done.finally(() => this.finishing.delete(done));
        this.wake();
    }

    /** Waits for a condition that depends on what moves in the flow. */
    private async until(condition: () => boolean): Promise<void> {
        while (!condition()) {
            if (this.options.signal.aborted) throw this.options.signal.reason;
            if (this.failure !== null) throw this.failure;
            const before = this.moreComing;
            this.moreComing = false;
            await this.movement();
            this.moreComing = before;
        }
    }

    private movement(): Promise<void> {
        return new Promise((resolve) => {
            const { signal } = this.options;
            const timer = setTimeout(finish, 500);
            function finish() {
                clearTimeout(timer);
                signal.removeEventListener('abort', finish);
                resolve();
            }
            signal.addEventListener('abort', finish);
            this.waiters.push(finish);
        });
    }

    private wake(): void {
        this.lastMove = this.options.now();
        if (this.waking || this.waiters.length === 0) return;
        this.waking = true;
        setImmediate(() => {
            this.waking = false;
            const waiters = this.waiters;
            this.waiters = [];
            for (const waiter of waiters) waiter();
        });
    }
}

/** A record in the hands of one writing node, settled once. */
class TakenRecord implements Taken {
    private settled = false;

    constructor(
        readonly run: Run,
        private readonly entry: Entry,
    ) {}

    get item(): Item {
        return this.entry.item;
    }

    sent(): void {
        this.run.markSent(this.entry);
    }

    settle(settlement: Settlement, written?: () => void): void {
        if (this.settled) return;
        this.settled = true;
        this.run.settleEntry(this.entry, settlement, written);
    }
}

/** The fate of a record that several writing nodes took: it is confirmed only when each of them has finished with it. */
function merged(one: Settlement | null, other: Settlement): Settlement {
    if (one === null) return other;
    const rank: Record<Settlement['outcome'], number> = { failed: 4, accepted: 3, removed: 2, suppressed: 1, refused: 0 };
    return rank[one.outcome] >= rank[other.outcome] ? one : other;
}
