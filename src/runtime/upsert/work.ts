import type { PackageError } from '../../http/errors';
import type { MappedContact } from '../../sync/mapping';
import type { OroRecord } from '../../sync/record';
import type { KeyLocks } from '../locks';
import type { Report, Settlement, Taken } from '../run';

/** Something that was not written, or only in part: one entry of output 2. */
export interface Rejection {
    readonly record: OroRecord;
    readonly code: string;
    readonly reason: string;
    /** Data field or identifier concerned; '' for the whole record. */
    readonly field: string;
    /** True when the contact was written without that field. */
    readonly written: boolean;
    /** Whose matter it is: the record's, the person's suppression, or the settings'. */
    readonly cause: 'record' | 'suppressed' | 'settings';
}

/** Numbers of `msg.result`. */
export interface UpsertResult {
    created: number;
    updated: number;
    removed: number;
    rejected: number;
    suppressed: number;
    importIds: string[];
    durationMs: number;
}

/** One record of a message on its way to Dotdigital. */
export interface Work {
    readonly record: OroRecord;
    readonly parcel: Parcel;
    /** The record as the run of a list reader knows it; null for records of other messages. */
    readonly taken: Taken | null;
    /** What is sent. The data fields are let go of once they are with Dotdigital. */
    contact: MappedContact;
    /** Keyed hash of the address; '' where there is none. */
    readonly address: string;
    /** Contact that is known for it; 0 where none is. */
    readonly contactId: number;
    /** True when the contact is found by its id instead of by its address. */
    matchById: boolean;
    /** Lists that the contact is known to be on; none once it turned out to be another contact. */
    knownLists: readonly number[];
    /** True when Dotdigital is known to have a contact for it: what is meant for new contacts alone is not sent. */
    exists: boolean;
    /** Key of the ledger and number of the record, for the locks; '' and 0 where no run knows it. */
    readonly ledger: string;
    readonly id: number;
    /** Holds the record, the address and the contact while it is on its way; null before and after. */
    locks: KeyLocks | null;
    /** Told when what became of it is in the durable memory; null before it was announced there. */
    report: Report | null;
    readonly queuedAt: number;
}

/** A message in the hands of the node: complete when each of its records is settled. */
export class Parcel {
    readonly accepted: OroRecord[] = [];
    readonly rejections: Rejection[] = [];
    readonly result: UpsertResult = {
        created: 0,
        updated: 0,
        removed: 0,
        rejected: 0,
        suppressed: 0,
        importIds: [],
        durationMs: 0,
    };
    /** What made the whole message fail, if something did. */
    failure: PackageError | null = null;
    private open = 0;
    private sealed = false;

    constructor(private readonly onComplete: (parcel: Parcel) => void) {}

    /** Number of records that are not settled yet. */
    get pending(): number {
        return this.open;
    }

    expectOne(): void {
        this.open++;
    }

    /** No further records will be added. */
    seal(): void {
        this.sealed = true;
        this.completeWhenDone();
    }

    settleOne(): void {
        this.open--;
        this.completeWhenDone();
    }

    private completeWhenDone(): void {
        if (this.sealed && this.open === 0) {
            this.sealed = false;
            this.onComplete(this);
        }
    }
}

/** The contact was written. */
export function accept(work: Work, contact: { contactId: number; created: boolean; lists: readonly number[] }): void {
    const { parcel, record } = work;
    record['contactId'] = contact.contactId;
    parcel.accepted.push(record);
    if (contact.created) parcel.result.created++;
    else parcel.result.updated++;
    for (const problem of work.contact.problems) {
        parcel.rejections.push({
            record,
            code: problem.code,
            reason: problem.reason,
            field: problem.field,
            written: true,
            cause: 'record',
        });
    }
    finish(work, { outcome: 'accepted', contactId: contact.contactId, lists: contact.lists, created: contact.created });
}

/** The contact is off the lists. */
export function removed(work: Work): void {
    work.parcel.accepted.push(work.record);
    work.parcel.result.removed++;
    finish(work, { outcome: 'removed' });
}

/** The contact was not written, and the record is why. */
export function refuse(work: Work, refusal: Pick<Rejection, 'code' | 'reason' | 'field'>): void {
    work.parcel.rejections.push({ record: work.record, ...refusal, written: false, cause: 'record' });
    work.parcel.result.rejected++;
    finish(work, { outcome: 'refused', code: refusal.code });
}

/** The person must not be written. */
export function suppress(work: Work, reason: string): void {
    const { parcel, record } = work;
    parcel.rejections.push({ record, code: 'suppressed', reason, field: '', written: false, cause: 'suppressed' });
    parcel.result.suppressed++;
    finish(work, { outcome: 'suppressed', code: 'suppressed' });
}

/** Nobody knows whether the contact was written, or it was not and may be later: the whole message fails. */
export function fail(work: Work, error: PackageError): void {
    work.parcel.failure ??= error;
    finish(work, { outcome: 'failed', code: error.code });
}

/** The records are with Dotdigital: only what their outcome needs is kept of them. */
export function handedOver(works: readonly Work[]): void {
    for (const work of works) {
        work.taken?.sent();
        // One that is found by its id may have to be sent once more, by its address.
        if (!work.matchById) work.contact = { ...work.contact, dataFields: NOTHING };
    }
}

const NOTHING = {};

function finish(work: Work, settlement: Settlement): void {
    const { report, taken } = work;
    work.report = null;
    // Before the locks are released: what may still take effect has to be known to whoever takes them next.
    if (settlement.outcome === 'failed') report?.dropped();
    work.locks?.release(work);
    work.locks = null;
    if (taken !== null) taken.settle(settlement, settlement.outcome === 'failed' ? null : report);
    else if (settlement.outcome !== 'failed') report?.written();
    work.parcel.settleOne();
}
