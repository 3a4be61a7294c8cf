import { PackageError } from '../http/errors';

/** One row of a filter on an Oro resource. */
export interface Condition {
    /** Attribute or relationship, such as `customer.group` or `createdAt`. */
    readonly path: string;
    readonly operator: string;
    readonly value: string;
    /** `daysAgo`: a number of days before now. */
    readonly valueType: string;
}

/** Operators of the dialog and what Oro's JSON:API calls them (Oro documentation, "Filters"). */
export const OPERATORS: Readonly<Record<string, string>> = {
    eq: 'eq',
    '=': 'eq',
    neq: 'neq',
    '!=': 'neq',
    lt: 'lt',
    '<': 'lt',
    lte: 'lte',
    '<=': 'lte',
    gt: 'gt',
    '>': 'gt',
    gte: 'gte',
    '>=': 'gte',
    exists: 'exists',
    contains: 'contains',
    starts_with: 'starts_with',
};

const DAY = 24 * 3600 * 1000;

/**
 * The filter of a JSON:API request.
 *
 * @returns keys as in `filter[…]`: `customer.group`, `createdAt[gte]`
 * @throws PackageError settingsInvalid for an unknown operator or a value that does not fit
 */
export function filterOf(conditions: readonly Condition[], now: Date): Record<string, string> {
    const filter: Record<string, string> = {};
    conditions.forEach((condition, index) => {
        const operator = OPERATORS[condition.operator];
        if (condition.path.trim() === '') throw invalid(index, 'needs a field');
        if (operator === undefined)
            throw invalid(
                index,
                `has the operator "${condition.operator}", expected one of ${Object.keys(OPERATORS).join(', ')}`,
            );
        const key = operator === 'eq' ? condition.path : `${condition.path}[${operator}]`;
        filter[key] = conditionValue(condition, index, now);
    });
    return filter;
}

function conditionValue(condition: Condition, index: number, now: Date): string {
    const text = String(condition.value);
    if (condition.valueType === 'daysAgo') {
        const days = Number(text);
        if (text.trim() === '' || !Number.isFinite(days) || days < 0) throw invalid(index, 'needs a number of days');
        return withoutFraction(new Date(now.getTime() - days * DAY));
    }
    if (condition.valueType === 'date') {
        const time = Date.parse(text);
        if (Number.isNaN(time)) throw invalid(index, 'needs a date such as 2026-11-23');
        return /^\d{4}-\d{2}-\d{2}$/.test(text) ? text : withoutFraction(new Date(time));
    }
    return text;
}

/** Oro refuses milliseconds in dates. */
function withoutFraction(date: Date): string {
    return `${date.toISOString().slice(0, 19)}Z`;
}

function invalid(index: number, expectation: string): PackageError {
    return new PackageError('settingsInvalid', `Filter: row ${index + 1} ${expectation}.`, {
        details: { property: `filter[${index}]` },
    });
}
