import type { Node } from 'node-red';
import { PackageError } from '../http/errors';
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
/** How long a run waits for a batch that nothing moves, in milliseconds. */
const STANDSTILL = 2 * 3600 * 1000;

/** Code of records that were on their way while nodes were replaced: they are offered again in the same run. */
export const INTERRUPTED = 'stopped';
/** Code of records that no writing node took because a node before it failed, or keeps them for longer than the run goes on. */
export const NOT_DELIVERED = 'notDelivered';

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
    /** @param report told what becomes of the settlement itself */
    settle(settlement: Settlement, report: Report | null): void;
}

/** Hears whether what was settled has come into the durable memory. */
export interface Report {
    written(): void;
    /** The run ended before it was written. */
    dropped(): void;
}

interface Entry {
    readonly item: Item;
    readonly batch: number;
    takers: number;
    open: number;
    settlement: Settlement | null;
    /** Writing nodes whose last attempt failed, with how; null where none did. A later attempt of the same node counts. */
    failures: Map<string, Settlement> | null;
    /** To be told once the outcome is in the durable memory. */
    reports: Report[] | null;
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
    /** True for a node that a deploy has taken away or replaced: what it holds may be lost. */
    isReplaced(node: Node): boolean;
    isGathering(node: Node): boolean;
    /** How long messages are waited for of which nobody knows whether they will move any more, in milliseconds. */
    readonly grace: number;
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
/** Runs of this process that have ended, the newest last: what still comes of them is out of date. */
const ended = new Set<string>();
const ENDED_KEPT = 1000;

/**
 * True for a message of a run that has ended or was cut off. Its records are offered again by another run, which may have
 * read something newer by now, and a dry run must not write after its end.
 */
export function isOutOfDate(message: { readonly delivery?: unknown }): boolean {
    const run = (message.delivery as { run?: unknown } | undefined)?.run;
    return typeof run === 'string' && ended.has(run);
}

/** True for a message of a dry run, whatever a function made of it: nothing may be written for it. */
export function isOfDryRun(message: { readonly delivery?: unknown }): boolean {
    const named = (message.delivery as { run?: unknown } | undefined)?.run;
    return [...active.values()].some(
        ({ id, options }) => options.dryRun && (id === named || options.tracer?.isOf(message, id) !== false),
    );
}

/**
 * The run that a message of a flow belongs to, and the record in it; null for a record that no run offered.
 *
 * @param writer id of the writing node that takes it
 */
export function takeRecord(
    message: { readonly delivery?: unknown },
    { type, id }: { readonly type?: unknown; readonly id?: unknown },
    writer: string,
): Taken | null {
    const named = (message.delivery as { run?: unknown } | undefined)?.run;
    const run = typeof named === 'string' ? active.get(named) : undefined;
    const taken = run?.take(String(type), Number(id), writer) ?? null;
    if (taken !== null || active.size === (run === undefined ? 0 : 1)) return taken;
    // A joined message names one of its runs, and one that a function made anew names none.
    const others = [...active.values()].filter((each) => each !== run);
    const traced = others.filter((each) => each.options.tracer?.isOf(message, each.id) === true);
    for (const each of traced.length > 0 || named !== undefined ? traced : others) {
        const found = each.take(String(type), Number(id), writer);
        if (found !== null) return found;
    }
    return null;
}

/** Why records of a run that has ended are not written. */
export function runEnded(): PackageError {
    return new PackageError(
        'runEnded',
        'The run that read these records has ended, so they were not written: they may be out of date. They are offered again in the next run. If this happens in each run, a node between reports that it has finished before it sends.',
        { retryable: true },
    );
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
    /** When a record last drained without having been taken, or was taken after that. */
    private lastLate = 0;
    /** Records that writing nodes hold and have not handed over. */
    private unsent = 0;
    private readonly open = new Map<number, Batch>();
    private readonly finishing = new Set<Promise<void>>();
    private toReport: Report[] = [];
    private waiters: (() => void)[] = [];
    private waking = false;
    private lastMove: number;
    private failure: unknown = null;

    constructor(readonly options: RunOptions) {
        this.id = options.id;
        this.lastMove = options.now();
        active.set(this.id, this);
    }

    /** True when late confirmations are no longer accepted. */
    get hasEnded(): boolean {
        return active.get(this.id) !== this;
    }

    /** Number of records that are offered and not settled. */
    get pending(): number {
        return this.entries.size;
    }

    /** True for a record that is offered and not settled. */
    holds(id: number): boolean {
        return this.entries.has(id);
    }

    /** Waits for room, then gives a batch to the flow. */
    async offer(items: readonly Item[], send: (batch: number) => void): Promise<void> {
        await this.until(() => this.hasRoom());
        const number = this.batches++;
        const entries = items.map(
            (item): Entry => ({
                item,
                batch: number,
                takers: 0,
                open: 0,
                settlement: null,
                failures: null,
                reports: null,
                sent: false,
            }),
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
        await this.until(() => !this.maySendLate());
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
        if (this.options.dryRun || !this.isConfirmedOnSending) {
            ended.add(this.id);
            for (const oldest of ended) if (ended.size > ENDED_KEPT) ended.delete(oldest);
        }
        for (const number of this.open.keys()) this.options.tracer?.close(this.id, number);
        for (const entry of this.entries.values()) {
            // What was settled and not written is asked for again by the next run.
            for (const report of entry.reports ?? []) report.dropped();
            entry.reports = null;
        }
        this.open.clear();
        this.entries.clear();
        this.late.clear();
    }

    take(type: string, id: number, writer: string): Taken | null {
        const entry = type === this.type ? (this.entries.get(id) ?? this.late.get(id)) : undefined;
        if (entry === undefined) return null;
        entry.takers++;
        entry.open++;
        if (!entry.sent && entry.takers === 1) this.unsent++;
        return new TakenRecord(this, entry, writer);
    }

    /** @internal */
    markSent(entry: Entry): void {
        if (entry.sent) return;
        entry.sent = true;
        this.unsent--;
        this.wake();
    }

    /** @internal */
    settleEntry(entry: Entry, writer: string, settlement: Settlement, report: Report | null): void {
        this.markSent(entry);
        if (report !== null) {
            if (entry.reports === null) entry.reports = [report];
            else entry.reports.push(report);
        }
        entry.open--;
        if (settlement.outcome === 'failed') {
            entry.failures ??= new Map();
            entry.failures.set(writer, settlement);
        } else {
            entry.failures?.delete(writer);
            entry.settlement = merged(entry.settlement, settlement);
        }
        this.lastMove = this.options.now();
        if (this.options.tracer === null) this.settledWithoutTrace(entry);
        else if (!this.open.has(entry.batch) && entry.open === 0) this.finishLate(entry);
        else this.wake();
    }

    /** Names of the nodes that hold batches, without writers and gathering nodes. */
    get heldBy(): string[] {
        const names = new Set<string>();
        for (const number of this.open.keys()) {
            for (const node of this.holders(number)) {
                if (!this.options.writers.has(node.id)) names.add(node.name || node.type);
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
            if (holders.some((node) => this.options.writers.has(node.id))) withWriters += batch.entries.length;
            else if (!holders.every((node) => this.waitsOnPurpose(node))) held++;
        }
        return held < this.options.inFlight && withWriters < RECORDS_WITH_WRITERS && this.unsent < UNSENT_RECORDS;
    }

    /** Join, batch, sort and delay hold messages on purpose: they do not count against the window. */
    private waitsOnPurpose(node: Node): boolean {
        return node.type === 'delay' || this.mayNeverMove(node);
    }

    /** What a gathering node holds waits for further messages, and what a replaced node held may be gone. */
    private mayNeverMove(node: Node): boolean {
        return this.options.isGathering(node) || this.options.isReplaced(node);
    }

    private standsStill(): boolean {
        const silence = this.options.now() - this.lastMove;
        if (silence > STANDSTILL) return true;
        const held = [...this.open.keys()].flatMap((number) => this.holders(number));
        return held.every((node) => this.mayNeverMove(node)) && silence > this.options.grace;
    }

    /** True when nobody took some records, and a node that has said "done" too early could still send them. */
    private maySendLate(): boolean {
        if (this.late.size === 0) return false;
        if (this.options.now() - this.lastLate <= this.options.grace) return true;
        return [...this.late.values()].some((entry) => entry.open > 0);
    }

    private holders(batch: number): Node[] {
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
        const fate = fateOf(entry);
        if (fate !== null) return fate;
        if (interrupted) return { outcome: 'failed', code: INTERRUPTED };
        if (failed) return { outcome: 'failed', code: NOT_DELIVERED };
        return this.isConfirmedOnSending ? { outcome: 'sent' } : { outcome: 'leftOut' };
    }

    private keepLate(entry: Entry): void {
        this.lastLate = this.options.now();
        if (this.late.size < LATE_RECORDS) this.late.set(entry.item.id, entry);
    }

    /** A node that reported completion before it sent: the record was taken after its batch had drained. */
    private finishLate(entry: Entry): void {
        const wasLeftOut = this.late.delete(entry.item.id);
        this.lastLate = this.options.now();
        this.entries.delete(entry.item.id);
        const fate = fateOf(entry);
        if (fate === null) return;
        this.finish(entry, fate, wasLeftOut ? { outcome: 'leftOut' } : undefined);
        this.batchDone();
    }

    /** Without hooks a batch is done when each of its records was settled by a writing node. */
    private settledWithoutTrace(entry: Entry): void {
        const fate = fateOf(entry);
        if (entry.open > 0 || fate === null) return;
        this.entries.delete(entry.item.id);
        this.finish(entry, fate);
        const batch = this.open.get(entry.batch);
        if (batch?.entries.every((each) => each.takers > 0 && each.open === 0) === true) {
            this.open.delete(entry.batch);
            this.batchDone();
        }
        this.wake();
    }

    private finish(entry: Entry, result: Result, insteadOf?: Result): void {
        this.options.onSettled(entry.item, result, insteadOf);
        if (entry.reports !== null) this.toReport.push(...entry.reports);
        entry.reports = null;
    }

    private batchDone(): void {
        const reports = this.toReport;
        this.toReport = [];
        const done = this.options.onBatchDone().then(
            () => {
                for (const report of reports) report.written();
            },
            (error: unknown) => {
                this.failure ??= error;
                for (const report of reports) report.dropped();
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
        private readonly writer: string,
    ) {}

    get item(): Item {
        return this.entry.item;
    }

    sent(): void {
        this.run.markSent(this.entry);
    }

    settle(settlement: Settlement, report: Report | null): void {
        if (this.settled) return;
        this.settled = true;
        this.run.settleEntry(this.entry, this.writer, settlement, report);
    }
}

/** What the writing nodes said of a record: it is confirmed only when each of those that took it has finished with it. */
function fateOf({ failures, settlement }: Entry): Settlement | null {
    for (const failure of failures?.values() ?? []) return failure;
    return settlement;
}

/** The fate of a record that several writing nodes have finished with. */
function merged(one: Settlement | null, other: Settlement): Settlement {
    if (one === null) return other;
    const rank: Record<Settlement['outcome'], number> = { failed: 4, accepted: 3, removed: 2, suppressed: 1, refused: 0 };
    return rank[one.outcome] >= rank[other.outcome] ? one : other;
}
