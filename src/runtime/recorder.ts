import type { Change } from '../store/store';
import { type Standing, Tally } from '../sync/summary';
import type { Ledger, Row } from './ledger';
import { INTERRUPTED, type Item, type Result } from './run';

/** Refusals with one code must be more than this share of what was settled, and so many, before a run is stopped. */
const REFUSED_SHARE = 0.5;
const REFUSED_AT_LEAST = 100;

/** Writes what became of each record into the ledger, and counts it. */
export class Recorder {
    readonly tally = new Tally();
    readonly rejectedReasons: Record<string, number> = {};
    /** People who were taken off the list. */
    left = 0;
    /** Records in flight that a newer record with the same address has outranked meanwhile. */
    readonly outranked = new Set<number>();
    /** Ids of records that were on their way while nodes were replaced. */
    interrupted: number[] = [];
    private settled = 0;
    private changes: Change[] = [];
    /** Rows that are settled and not yet written. */
    private readonly unwritten = new Map<number, Row>();
    private writing: Promise<void> = Promise.resolve();

    constructor(
        private readonly ledger: Ledger,
        /** True for a dry run: everything is counted, nothing is remembered. */
        private readonly forgetful: boolean,
        private readonly now: () => number,
    ) {}

    /** Adds a change to what is written with the next batch. */
    change(...changes: readonly Change[]): void {
        if (!this.forgetful) for (const change of changes) this.changes.push(change);
    }

    /** Writes what was gathered, after what was gathered before. */
    flush(durable: boolean): Promise<void> {
        const changes = this.changes;
        const rows = new Map(this.unwritten);
        this.changes = [];
        this.writing = this.writing.then(async () => {
            await this.ledger.store.write(changes, durable);
            for (const [id, row] of rows) if (this.unwritten.get(id) === row) this.unwritten.delete(id);
        });
        return this.writing;
    }

    /** What is known of records, written or about to be. */
    async rows(ids: readonly number[]): Promise<(Row | undefined)[]> {
        const written = await this.ledger.rows(ids);
        return ids.map((id, index) => this.unwritten.get(id) ?? written[index]);
    }

    /** Sets what is known of a record. */
    setRow(id: number, row: Row): void {
        if (this.forgetful) return;
        this.unwritten.set(id, row);
        this.changes.push(this.ledger.rowChange(id, row));
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
                return this.outranked.has(item.id) ? 'duplicates' : 'inList';
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

    private remember(item: Item, result: Result): void {
        const { ledger } = this;
        const row = this.rowOf(item, result);
        if (row === null) return;
        this.setRow(item.id, row);
        this.change(ledger.offeredAgain(item.id));
        const before = item.row?.contactId ?? 0;
        // Another contact stands for the record now: the one before is let go of, unless somebody else holds it.
        if (before !== 0 && before !== row.contactId)
            this.change(ledger.releaseChange({ contactId: before, id: item.id, why: 'letGo' }));
    }

    private rowOf(item: Item, result: Result): Row | null {
        const base = {
            address: item.address,
            updatedAt: item.updatedAt,
            fingerprint: item.fingerprint,
            at: Math.floor(this.now() / 1000),
        };
        const kept = item.row !== null && item.row.address === item.address ? item.row.contactId : 0;
        switch (result.outcome) {
            case 'accepted':
                return {
                    ...base,
                    outcome: this.outranked.has(item.id) ? 'duplicate' : 'accepted',
                    contactId: result.contactId,
                    lists: [...new Set([...item.lists, ...result.lists])],
                    code: '',
                };
            case 'sent':
                return { ...base, outcome: 'accepted', contactId: 0, lists: [], code: '' };
            case 'refused':
                return { ...base, outcome: 'refused', contactId: kept, lists: item.row?.lists ?? [], code: result.code };
            case 'suppressed':
                return { ...base, outcome: 'suppressed', contactId: kept, lists: [], code: result.code };
            case 'removed':
                return { ...base, outcome: 'refused', contactId: 0, lists: [], code: LEFT_BY_FLOW };
            case 'failed':
            case 'leftOut':
                return null;
        }
    }

    private recordLeft(item: Item, result: Result): void {
        if (result.outcome !== 'removed' && result.outcome !== 'sent') return;
        this.left++;
        this.change(this.ledger.releaseRemoval(item.contactId));
        if (item.row?.outcome === 'leaving') this.change(this.ledger.rowRemoval(item.id));
        if (item.row?.outcome === 'optedOut') this.setRow(item.id, { ...item.row, contactId: 0, lists: [] });
    }
}

/** Code of a record that a function of the flow took off the list by `change = 'left'`. */
export const LEFT_BY_FLOW = 'leftByFlow';
