import type { Change } from '../store/store';
import { type Standing, Tally } from '../sync/summary';
import { type Ledger, type Row, rowJson, rowOfJson } from './ledger';
import { INTERRUPTED, type Item, NOT_DELIVERED, type Result } from './run';

/** Refusals with one code must be more than this share of what was settled, and so many, before a run is stopped. */
const REFUSED_SHARE = 0.5;
const REFUSED_AT_LEAST = 100;

/** Writes what became of each record into the ledger, and counts it. */
export class Recorder {
    readonly tally = new Tally();
    readonly rejectedReasons: Record<string, number> = {};
    /** People who were taken off the list. */
    left = 0;
    /** Records that a newer one has outranked in this run, and the address that was about. They may be in flight. */
    readonly outranked = new Map<number, string>();
    /** Ids of records that were on their way while nodes were replaced. */
    interrupted: number[] = [];
    /** True when removals were on their way while nodes were replaced. */
    removalsInterrupted = false;
    private settled = 0;
    private changes: Change[] = [];
    /** Rows that are settled and not yet written, as JSON; and those that are being written. */
    private unwritten = new Map<number, string>();
    private beingWritten: ReadonlyMap<number, string> = new Map();
    private writing: Promise<void> = Promise.resolve();
    /** A write that has not begun. */
    private scheduled: Promise<void> | null = null;
    private durableWanted = false;

    constructor(
        private readonly ledger: Ledger,
        private readonly now: () => number,
    ) {}

    /** Adds a change to what is written with the next batch. */
    change(...changes: readonly Change[]): void {
        for (const change of changes) this.changes.push(change);
    }

    /** Writes what was gathered, after what was gathered before. What is asked for while a write waits for its turn goes with it. */
    flush(durable: boolean): Promise<void> {
        if (durable) this.durableWanted = true;
        this.scheduled ??= this.writing.then(() => this.write());
        this.writing = this.scheduled;
        return this.scheduled;
    }

    private async write(): Promise<void> {
        const { changes, unwritten: rows, durableWanted } = this;
        this.scheduled = null;
        this.durableWanted = false;
        this.changes = [];
        this.unwritten = new Map();
        this.beingWritten = rows;
        for (const [id, json] of rows) changes.push(this.ledger.rowJsonChange(id, json));
        await this.ledger.store.write(changes, durableWanted);
        this.beingWritten = new Map();
    }

    /** What is known of records, written or about to be. */
    async rows(ids: readonly number[]): Promise<(Row | undefined)[]> {
        // Looked at before and after: what is written meanwhile may be missed by the reading, and is no longer waiting afterwards.
        const before = ids.map((id) => this.waitingRow(id));
        const written = await this.ledger.rows(ids);
        return ids.map((id, index) => this.waitingRow(id) ?? before[index] ?? written[index]);
    }

    private waitingRow(id: number): Row | undefined {
        const waiting = this.unwritten.get(id) ?? this.beingWritten.get(id);
        return waiting === undefined ? undefined : rowOfJson(waiting);
    }

    /** Sets what is known of a record. */
    setRow(id: number, row: Row): void {
        this.unwritten.set(id, rowJson(row));
    }

    /** Forgets what is known of a record. */
    removeRow(id: number): void {
        this.unwritten.delete(id);
        this.change(this.ledger.rowRemoval(id));
    }

    /** Code that more than half of the run was refused with, or null. */
    get refusedTooOften(): string | null {
        if (this.settled < REFUSED_AT_LEAST) return null;
        const found = Object.entries(this.rejectedReasons).find(([, count]) => count > this.settled * REFUSED_SHARE);
        return found === undefined ? null : found[0];
    }

    record(item: Item, result: Result, insteadOf?: Result): void {
        if (item.change === 'left') {
            this.recordLeft(item, result);
            return;
        }
        if (insteadOf !== undefined) this.uncount(insteadOf);
        else if (item.counted !== null) this.tally.add(item.counted, -1);
        if (insteadOf === undefined) this.settled++;
        this.tally.add(this.standingOf(item, result));
        if (result.outcome === 'failed' && result.code === INTERRUPTED) this.interrupted.push(item.id);
        this.remember(item, result);
    }

    private uncount(result: Result): void {
        if (result.outcome === 'leftOut') this.tally.add('leftOutByFlow', -1);
    }

    private standingOf(item: Item, result: Result): Standing {
        switch (result.outcome) {
            case 'accepted':
            case 'sent':
                return this.isOutranked(item) ? 'duplicates' : 'inList';
            case 'refused':
                this.rejectedReasons[result.code] = (this.rejectedReasons[result.code] ?? 0) + 1;
                return 'rejected';
            case 'suppressed':
                return 'suppressed';
            case 'failed':
                return 'unconfirmed';
            case 'leftOut':
            case 'removed':
                return 'leftOutByFlow';
        }
    }

    /** A record that left the address behind speaks for its new one. */
    private isOutranked({ id, address }: Item): boolean {
        return this.outranked.get(id) === address;
    }

    private remember(item: Item, result: Result): void {
        const { ledger } = this;
        const row = this.rowOf(item, result);
        if (row === null) {
            if (mayArriveLater(result) && item.row?.address !== item.address)
                this.change(ledger.lostChange(item.id, item.address));
            return;
        }
        this.setRow(item.id, row);
        if (item.counted !== null) this.change(ledger.offeredAgain(item.id));
        if (item.row === null || item.row.contactId === 0) return;
        const { contactId, address } = item.row;
        // Whose contact got another address by somebody else's hand has nothing to let go of.
        const movedAway = address !== row.address && (contactId !== row.contactId || row.outcome === 'suppressed');
        // Another contact stands for the record now, or none: the one before is let go of, unless somebody else holds it.
        if (movedAway) this.change(ledger.releaseChange({ contactId, id: item.id, why: 'letGo', address }));
    }

    private rowOf(item: Item, result: Result): Row | null {
        const kept = item.row !== null && item.row.address === item.address ? item.row.contactId : 0;
        switch (result.outcome) {
            case 'accepted': {
                const lists = item.lists.length === 0 ? result.lists : [...new Set([...item.lists, ...result.lists])];
                return this.row(item, this.isOutranked(item) ? 'duplicate' : 'accepted', result.contactId, lists, '');
            }
            case 'sent':
                return this.row(item, 'accepted', 0, [], '');
            case 'refused':
                return this.row(item, 'refused', kept, item.row?.lists ?? [], result.code);
            case 'suppressed':
                // Kept whatever the address: who unsubscribed is known by the contact when they take another one.
                return this.row(item, 'suppressed', item.contactId, [], result.code);
            case 'removed':
                return this.row(item, 'refused', 0, [], LEFT_BY_FLOW);
            case 'failed':
            case 'leftOut':
                return null;
        }
    }

    private row(item: Item, outcome: Row['outcome'], contactId: number, lists: readonly number[], code: string): Row {
        const { address, updatedAt, fingerprint } = item;
        return { outcome, address, updatedAt, fingerprint, contactId, lists, at: Math.floor(this.now() / 1000), code };
    }

    private recordLeft(item: Item, result: Result): void {
        if (result.outcome === 'failed' && result.code === INTERRUPTED) this.removalsInterrupted = true;
        if (result.outcome !== 'removed' && result.outcome !== 'sent') return;
        this.left++;
        this.change(this.ledger.releaseRemoval(item.contactId));
        if (item.row === null || item.row.contactId !== item.contactId) return;
        if (item.row.outcome === 'leaving') this.removeRow(item.id);
        if (item.row.outcome === 'optedOut') this.setRow(item.id, { ...item.row, contactId: 0, lists: [] });
    }
}

/** True for a record that a node of the flow may still hold: if it leaves meanwhile, its contact is looked for by the address. */
function mayArriveLater(result: Result): boolean {
    return result.outcome === 'failed' && (result.code === NOT_DELIVERED || result.code === INTERRUPTED);
}

/** Code of a record that a function of the flow took off the list by `change = 'left'`. */
export const LEFT_BY_FLOW = 'leftByFlow';
