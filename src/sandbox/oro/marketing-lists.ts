import type { Population } from './population';
import type { Records } from './records';
import { type Numbers, upTo } from './resource';

export type ListKind = 'dynamic' | 'static' | 'manual';

/** A marketing list as the sandbox has it. The id of its segment is the id of the list and {@link SEGMENT_OFFSET}. */
export interface ListDefinition {
    readonly id: number;
    readonly name: string;
    readonly kind: ListKind;
    readonly type: string;
    readonly entity: string;
    /** Who matches the segment's conditions, as generated. */
    readonly matches: (number: number) => boolean;
}

export const SEGMENT_OFFSET = 100;
export const MAIN_LIST = 1;
export const VIP_LIST = 2;
export const MANUAL_LIST = 7;

const CUSTOMER_USER = 'Oro\\Bundle\\CustomerBundle\\Entity\\CustomerUser';

export const LISTS: readonly ListDefinition[] = [
    list(MAIN_LIST, 'Newsletter', 'dynamic', 'customerusers', CUSTOMER_USER, (number) => number % 5 !== 0),
    list(VIP_LIST, 'VIP customers', 'static', 'customerusers', CUSTOMER_USER, (number) => number % 20 === 1),
    list(3, 'Trade fair 2025', 'static', 'customerusers', CUSTOMER_USER, (number) => number % 50 === 2),
    list(4, 'Newsletter contacts', 'dynamic', 'contacts', 'Oro\\Bundle\\ContactBundle\\Entity\\Contact', (n) => n % 10 !== 0),
    list(5, 'Open leads', 'dynamic', 'leads', 'Oro\\Bundle\\SalesBundle\\Entity\\Lead', (number) => number % 2 === 1),
    list(6, 'Abandoned carts', 'dynamic', 'orders', 'Oro\\Bundle\\OrderBundle\\Entity\\Order', (number) => number % 10 === 3),
    list(MANUAL_LIST, 'Hand picked', 'manual', 'customerusers', CUSTOMER_USER, () => false),
];

function list(
    id: number,
    name: string,
    kind: ListKind,
    type: string,
    entity: string,
    matches: (n: number) => boolean,
): ListDefinition {
    return { id, name, kind, type, entity, matches };
}

/** The list of this id, `undefined` when there is none. */
export function listOf(id: number): ListDefinition | undefined {
    return LISTS.find((list) => list.id === id);
}

/** The list whose segment this is; a manual list has none. */
export function listOfSegment(segment: number): ListDefinition | undefined {
    return LISTS.find((list) => list.kind !== 'manual' && list.id + SEGMENT_OFFSET === segment);
}

/** The members of a segment as its last run stored them. Row `i` has the id `first + i`; members grow with it. */
export interface Snapshot {
    readonly first: number;
    readonly members: Int32Array;
    /** When it was run, as Oro writes times. */
    readonly at: string;
}

/** Who is on which list: the conditions as generated, what changed since, and what the last run of each segment stored. */
export class Memberships {
    private readonly overrides = new Map<number, Map<number, boolean>>();
    private readonly counts = new Map<number, number>();
    private readonly numbers = new Map<string, Numbers>();
    readonly snapshots = new Map<number, Snapshot>();
    private nextSnapshot = 1;

    constructor(
        private readonly population: Population,
        private readonly records: Records,
    ) {}

    /** Every record of a type that was not deleted, hidden ones too: Oro's conditions run without the role of the reader. */
    existing(type: string): Numbers {
        let numbers = this.numbers.get(type);
        if (numbers === undefined) {
            const counts: Record<string, number> = {
                customerusers: this.population.people,
                contacts: this.population.contacts,
                leads: this.population.leads,
                orders: this.population.orders,
            };
            numbers = upTo(counts[type] ?? 0, this.records.removedOf(type));
            this.numbers.set(type, numbers);
        }
        return numbers;
    }

    /** True when the record matches the conditions of the list now, refreshed or not. */
    matches(list: ListDefinition, number: number): boolean {
        return this.existing(list.type).has(number) && (this.overrides.get(list.id)?.get(number) ?? list.matches(number));
    }

    /** Lets a record match the conditions of the list, or no longer. */
    set(list: ListDefinition, number: number, member: boolean): void {
        const before = this.matches(list, number);
        const overrides = this.overrides.get(list.id) ?? new Map<number, boolean>();
        this.overrides.set(list.id, overrides.set(number, member));
        this.count(list.id, before, this.matches(list, number));
    }

    /** To be called around the deletion of a record, so that the counts stay right. */
    remove(type: string, number: number, remove: () => void): void {
        const lists = LISTS.filter((list) => list.type === type && this.matches(list, number));
        remove();
        for (const list of lists) {
            this.count(list.id, true, this.matches(list, number));
        }
    }

    private count(list: number, before: boolean, after: boolean): void {
        const count = this.counts.get(list);
        if (count !== undefined && before !== after) {
            this.counts.set(list, count + (after ? 1 : -1));
        }
    }

    /** How many records match the conditions of the list now. Counted once, then kept. */
    matching(list: ListDefinition): number {
        let count = this.counts.get(list.id);
        if (count === undefined) {
            count = this.members(list).length;
            this.counts.set(list.id, count);
        }
        return count;
    }

    private members(list: ListDefinition): Int32Array {
        const numbers = this.existing(list.type);
        let found = new Int32Array(1_024);
        let length = 0;
        for (let number = numbers.next(0); number !== 0; number = numbers.next(number)) {
            if (this.matches(list, number)) {
                if (length === found.length) {
                    const larger = new Int32Array(length * 2);
                    larger.set(found);
                    found = larger;
                }
                found[length] = number;
                length += 1;
            }
        }
        return found.slice(0, length);
    }

    /** Runs the segment of a list: the old rows go, the new ones get new ids. */
    run(list: ListDefinition, at: string): void {
        const members = this.members(list);
        this.snapshots.set(list.id + SEGMENT_OFFSET, { first: this.nextSnapshot, members, at });
        this.nextSnapshot += members.length;
    }
}
