import type { Dotdigital } from '../../dotdigital/client';
import type { MergeOption } from '../../dotdigital/contacts';
import type { Store } from '../../store/store';
import type { Gate } from '../gate';
import type { IntentItem, IntentLog } from '../intents';
import type { KnownContacts } from '../known-contacts';
import type { Limits } from '../limits';
import type { Work } from './work';

/** What the deliveries of one node work with. */
export interface Desk {
    readonly dotdigital: Dotdigital;
    readonly store: Store;
    readonly gate: Gate;
    readonly known: KnownContacts;
    readonly intents: IntentLog;
    readonly limits: Limits;
    /** Lists that contacts are added to and taken off. */
    readonly lists: readonly number[];
    readonly mergeOption: MergeOption;
    /** `single`, `double`, `verifiedDouble`, `unknown`, or '' to send none. Only for contacts that are new. */
    readonly optInType: string;
    readonly onLeave: 'removeFromList' | 'nothing';
    readonly dryRun: boolean;
    readonly signal: AbortSignal;
    /** Told of an import that goes on, with its age in milliseconds; 0 when it has ended. */
    onImport(importId: string, age: number): void;
    /** Counts list unsubscribes that were set again. */
    onUnsubscribedAgain(work: Work): void;
    now(): number;
}

/** Lists that a contact has to be added to: adding it again to one that it is on would clear an unsubscribe made meanwhile. */
export function listsToJoin(desk: Desk, work: Work): number[] {
    return desk.lists.filter((list) => !work.knownLists.includes(list));
}

/**
 * True when a contact was written that is not the one that was known: it has to be added to the lists that the other one was on.
 *
 * @param contactId of the contact that was written
 */
export function hasToJoin(desk: Desk, work: Work, contactId: number): boolean {
    return contactId !== work.contactId && listsToJoin(desk, work).length < desk.lists.length;
}

/** What the durable intent says of a record. */
export function intentItem(desk: Desk, work: Work): IntentItem {
    const item = work.taken?.item;
    return {
        ledger: work.taken?.run.options.ledger ?? '',
        id: item?.id ?? 0,
        address: work.address,
        fingerprint: item?.fingerprint ?? '',
        updatedAt: item?.updatedAt ?? 0,
        contactId: work.contactId,
        lists: desk.lists,
    };
}

/** The largest number of writing nodes that any of the records waits for. */
export function writersOf(works: readonly Work[]): number {
    return works.reduce((most, work) => Math.max(most, work.taken?.run.options.writers.size ?? 1), 1);
}

/** True when the durable memory has to know of it: a run waits for one of the records. */
export function isTracked(works: readonly Work[]): boolean {
    return works.some((work) => work.taken !== null);
}
