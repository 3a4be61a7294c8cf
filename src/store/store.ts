/** A value that survives JSON. */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value };

/** One change of a {@link Store.write}. */
export type Change =
    | { readonly key: string; readonly value: Value } /** The value as JSON already. */
    | { readonly key: string; readonly json: string }
    | { readonly key: string; readonly remove: true };

/** Which keys to read, in ascending order: from `from` (included) to `to` (left out). */
export interface Range {
    readonly from: string;
    readonly to: string;
}

/**
 * The durable memory: keys in order, each with a JSON value. All changes of one `write` happen together or not at all.
 * Every failure is a PackageError with one of the codes storeLocked, storeDamaged, storeFull, storeReadOnly,
 * storeNewer, storeUnavailable.
 */
export interface Store {
    /** Directory in which the files are. */
    readonly path: string;
    /** When this memory was made, ISO 8601. */
    readonly since: string;
    /** Secret of this memory, for keyed hashes of addresses. Never leaves the process. */
    readonly secret: Buffer;
    get<T extends Value>(key: string): Promise<T | undefined>;
    getMany<T extends Value>(keys: readonly string[]): Promise<(T | undefined)[]>;
    /** @param durable true: the answer comes after the data is on the disk, not only with the operating system */
    write(changes: readonly Change[], durable?: boolean): Promise<void>;
    /** Entries in ascending order of their keys, as they were when the reading began. */
    entries<T extends Value>(range: Range): AsyncGenerator<[string, T][]>;
    /** Removes every key of the range. */
    clear(range: Range): Promise<void>;
    /** Size of the files, in bytes. */
    bytes(): Promise<number>;
    close(): Promise<void>;
}

/** Range of all keys that begin with `prefix`. */
export function keysBelow(prefix: string): Range {
    return { from: prefix, to: `${prefix}\uffff` };
}
