/** Types of contact data fields (Dotdigital API, POST /v2/data-fields). */
export const FIELD_TYPES = ['String', 'Numeric', 'Date', 'Boolean'] as const;
export type FieldType = (typeof FIELD_TYPES)[number];
export type FieldValue = string | number | boolean | null;

export interface DataField {
    readonly name: string;
    readonly type: FieldType;
    readonly visibility: 'Private' | 'Public';
    readonly defaultValue: FieldValue;
    /** Where its value stands in a contact's values. */
    readonly column: number;
    readonly builtIn: boolean;
}

/** Longest text a data field takes, in characters. */
export const MAX_TEXT_LENGTH = 1000;
const NUMERIC = /^-?\d{1,18}(\.\d{1,9})?$/;
const DATE = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/;

/** The account's data fields; names are compared without regard to capitals. */
export class DataFieldStore {
    private readonly byName = new Map<string, DataField>();
    private columns = 0;

    add(
        name: string,
        type: FieldType,
        visibility: 'Private' | 'Public',
        defaultValue: FieldValue = null,
        builtIn = false,
    ): DataField {
        const field: DataField = { name, type, visibility, defaultValue, column: this.columns++, builtIn };
        this.byName.set(name.toUpperCase(), field);
        return field;
    }

    /** Puts a field of a snapshot back with its own column. */
    restore(field: DataField, columns: number): void {
        this.byName.set(field.name.toUpperCase(), field);
        this.columns = columns;
    }

    remove(name: string): boolean {
        return this.byName.delete(name.toUpperCase());
    }

    clear(): void {
        this.byName.clear();
    }

    find(name: string): DataField | null {
        return this.byName.get(name.toUpperCase()) ?? null;
    }

    all(): DataField[] {
        return [...this.byName.values()];
    }

    get columnCount(): number {
        return this.columns;
    }
}

/** What is wrong with a value for this field, or the value as it is kept. */
export function checkedValue(field: DataField, value: unknown): { readonly value: FieldValue } | { readonly problem: string } {
    if (value === null) return { value };
    switch (field.type) {
        case 'String':
            if (typeof value !== 'string') return { problem: 'a text is expected' };
            return value.length > MAX_TEXT_LENGTH ? { problem: `at most ${MAX_TEXT_LENGTH} characters` } : { value };
        case 'Numeric':
            if (typeof value === 'number' && Number.isFinite(value) && NUMERIC.test(plainDigits(value))) return { value };
            if (value === '') return { value: null };
            if (typeof value === 'string' && NUMERIC.test(value)) return { value: Number(value) };
            return { problem: 'a number with at most 18 digits before and 9 after the point is expected' };
        case 'Date':
            if (value === '') return { value: null };
            if (typeof value === 'string' && DATE.test(value) && !Number.isNaN(Date.parse(value)))
                return { value: isoSeconds(value) };
            return { problem: 'an ISO 8601 date is expected' };
        case 'Boolean':
            if (typeof value === 'boolean') return { value };
            if (value === '') return { value: null };
            if (typeof value === 'string' && /^(true|false)$/i.test(value)) return { value: value.toLowerCase() === 'true' };
            return { problem: 'true or false is expected' };
    }
}

function plainDigits(value: number): string {
    const text = String(value);
    return text.includes('e') ? value.toFixed(9).replace(/\.?0+$/, '') : text;
}

/** A time without a zone is UTC. */
function isoSeconds(text: string): string {
    const zoned = /[T ]\d\d:\d\d[^Z+-]*$/.test(text) ? `${text}Z` : text;
    return new Date(zoned).toISOString().replace(/\.\d{3}Z$/, 'Z');
}
