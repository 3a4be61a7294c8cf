import type { Value } from './resource';

/** What a change sets: attributes by name, a to-one relationship by the id, a to-many one by the ids. */
export type Changes = Readonly<Record<string, Value>>;

/** One record by type and id. */
export interface RecordId {
    readonly type: string;
    readonly id: string;
}

/** What differs from the generated population: sparse, so that it costs what was changed and nothing else. */
export class Records {
    private readonly changes = new Map<string, Map<number, Record<string, Value>>>();
    private readonly removed = new Map<string, Set<number>>();
    private readonly hidden = new Map<string, Set<number>>();
    private readonly vanished = new Map<string, Set<string>>();
    private readonly custom = new Map<string, Set<string>>();
    /** Resource types that the role may not see. */
    readonly denied = new Set<string>();

    /** The changes of all records of a type, for direct look-up. */
    changesOf(type: string): Map<number, Record<string, Value>> {
        return entry(this.changes, type, () => new Map());
    }

    /** Records that were deleted. */
    removedOf(type: string): Set<number> {
        return entry(this.removed, type, () => new Set());
    }

    /** Records that exist but are not returned: another organisation's, or no right. */
    hiddenOf(type: string): Set<number> {
        return entry(this.hidden, type, () => new Set());
    }

    /** Attributes that an administrator took away. */
    vanishedOf(type: string): Set<string> {
        return entry(this.vanished, type, () => new Set());
    }

    /** Attributes that an administrator added: the names that a change set and nobody else knows. */
    customOf(type: string): Set<string> {
        return entry(this.custom, type, () => new Set());
    }

    /** True when the record is neither deleted nor hidden. */
    isVisible(type: string, number: number): boolean {
        return !this.removedOf(type).has(number) && !this.hiddenOf(type).has(number);
    }

    /** Sets attributes of one record. */
    change(type: string, number: number, values: Changes): void {
        const changes = this.changesOf(type);
        changes.set(number, { ...changes.get(number), ...values });
    }

    /** The value that a change set, `undefined` when it is as generated. */
    changed(type: string, number: number, name: string): Value | undefined {
        return this.changes.get(type)?.get(number)?.[name];
    }
}

function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
    let value = map.get(key);
    if (value === undefined) {
        value = make();
        map.set(key, value);
    }
    return value;
}
