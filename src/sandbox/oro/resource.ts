/** A value of an attribute as it goes into JSON. */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [name: string]: Value };

/** One end of a relationship. */
export interface Linked {
    readonly type: string;
    readonly id: string;
}

/** How a value is compared: ids as numbers, times and texts as texts (Oro's times sort as texts). */
export type Kind = 'integer' | 'string' | 'boolean' | 'datetime';

/** Which records of a resource exist, in the order of their numbers. */
export interface Numbers {
    /** The smallest number above `after` that exists, 0 when there is none. */
    next(after: number): number;
    has(number: number): boolean;
}

/** An attribute that can be filtered by, and what the filter takes. */
export interface Filterable {
    readonly kind: Kind;
    /** Comma lists and ranges are understood. Never so for texts, unless `allow_array` is set in Oro's api.yml. */
    readonly list: boolean;
    /** False for computed attributes (`primaryEmail`). */
    readonly sortable: boolean;
    /** Other values than those the attribute shows (`emails`: the plain addresses). */
    readonly values?: (number: number) => Value;
}

/** A relationship. */
export interface Relation {
    /** True where Oro gives no links (`orderSubtotals`). */
    readonly unlinked?: boolean;
    /** The type of the other side; '' where it is mixed. */
    readonly type: string;
    readonly many: boolean;
    readonly filterable: boolean;
    read(number: number): string | null | readonly string[] | readonly Linked[];
}

/** Narrower numbers for a list with certain filters, so that a page of a large list costs nothing but the page. */
export interface Narrowed {
    readonly numbers: Numbers;
    /** Attributes whose order is the order of the numbers. */
    readonly ordered: readonly string[];
    /** The number from which on the attribute is greater than the value. */
    above(attribute: string, value: number): number;
}

/** One resource of the back-office API. A record is known inside by a number; `idOf` and `numberOf` translate where ids are names. */
export interface Resource {
    readonly type: string;
    readonly numbers: Numbers;
    readonly attributes: Readonly<Record<string, (number: number) => Value>>;
    readonly relations: Readonly<Record<string, Relation>>;
    readonly filters: Readonly<Record<string, Filterable>>;
    /** Names of the ids where they are not numbers (`marketinglisttypes`). */
    readonly names?: readonly string[];
    /** What `Allow` says about the list and about one record. */
    readonly methods: { readonly list: string; readonly record: string };
    /** Attributes that `filter[searchQuery]` knows; absent: not searchable. */
    readonly search?: Readonly<Record<string, Kind>>;
    narrow?(equal: (path: string) => string | null): Narrowed | null;
    /** The text behind `meta=title`. */
    title?(number: number): string;
}

export const METHODS = {
    batch: { list: 'OPTIONS, GET, PATCH, POST, DELETE', record: 'OPTIONS, GET, PATCH, DELETE' },
    full: { list: 'OPTIONS, GET, POST, DELETE', record: 'OPTIONS, GET, PATCH, DELETE' },
    items: { list: 'OPTIONS, GET, POST', record: 'OPTIONS, GET, DELETE' },
    read: { list: 'OPTIONS, GET', record: 'OPTIONS, GET' },
} as const;

/** A to-one relationship. */
export function one(type: string, read: (number: number) => number | string | null, filterable = true): Relation {
    return {
        type,
        many: false,
        filterable,
        read: (number) => {
            const id = read(number);
            return id === null ? null : String(id);
        },
    };
}

/** A to-many relationship. Oro cuts these at 1 000 ids without saying so (`max_related_entities`). */
export function many(type: string, read: (number: number) => Iterable<number | string>, filterable = true): Relation {
    return {
        type,
        many: true,
        filterable,
        read: (number) => {
            const ids: string[] = [];
            for (const id of read(number)) {
                if (ids.push(String(id)) === MAX_RELATED) {
                    break;
                }
            }
            return ids;
        },
    };
}

/** Oro's `max_related_entities`. */
export const MAX_RELATED = 1_000;

/** A to-many relationship in which the sandbox has nothing. */
export function none(type: string): Relation {
    return many(type, () => [], type !== 'tags');
}

/** Many attributes with the same value. */
export function constant(value: Value, ...names: string[]): Record<string, () => Value> {
    return Object.fromEntries(names.map((name) => [name, () => value]));
}

/** A filter by an indexed attribute. */
export function by(kind: Kind): Filterable {
    return { kind, list: kind === 'integer' || kind === 'datetime', sortable: true };
}

/** A few numbers, ascending. */
export function only(numbers: readonly number[], gone: ReadonlySet<number> = new Set()): Numbers {
    return {
        has: (number) => numbers.includes(number) && !gone.has(number),
        next: (after) => numbers.find((number) => number > after && !gone.has(number)) ?? 0,
    };
}

/** The numbers from 1 to `count` without those that are gone. */
export function upTo(count: number, gone: ReadonlySet<number>): Numbers {
    const has = (number: number): boolean => number >= 1 && number <= count && !gone.has(number);
    return {
        has,
        next: (after) => {
            for (let number = Math.max(1, after + 1); number <= count; number += 1) {
                if (!gone.has(number)) {
                    return number;
                }
            }
            return 0;
        },
    };
}

/** The id of a record as the API shows it. */
export function idOf(resource: Resource, number: number): string {
    return resource.names ? (resource.names[number - 1] ?? '') : String(number);
}

/** The number of a record by its id, 0 when it cannot be one. */
export function numberOf(resource: Resource, id: string): number {
    if (resource.names) {
        return resource.names.indexOf(id) + 1;
    }
    return /^\d{1,15}$/.test(id) ? Number(id) : 0;
}
