import { normalAddress } from './address';
import { mobileNumber } from './phone';
import type { OroRecord } from './record';

/** Where a mapped value comes from. */
export type FromType = 'record' | 'msg' | 'jsonata' | 'str' | 'num' | 'bool' | 'date';

/** One row of the mapping table. */
export interface MappingRule {
    readonly from: string;
    readonly fromType: FromType;
    readonly to: string;
    /** Type of the data field when the row was chosen, or `identifier`. */
    readonly toType: string;
}

/** Type of a Dotdigital data field. */
export type DataFieldType = 'String' | 'Numeric' | 'Date' | 'Boolean';

/** A value that Dotdigital takes. */
export type FieldValue = string | number | boolean | null;

/** Something about a record that could not be sent. */
export interface Problem {
    readonly code: 'invalidEmail' | 'invalidPhone' | 'valueTooLong' | 'wrongType' | 'expressionFailed';
    /** Data field or identifier concerned. */
    readonly field: string;
    readonly reason: string;
    /** True when the contact is written without this field; false when it is not written at all. */
    readonly written: boolean;
}

/** A target of the mapping, resolved against the account. */
export type Target =
    | { readonly kind: 'dataField'; readonly name: string; readonly type: DataFieldType }
    | { readonly kind: 'identifier'; readonly name: string };

/** Stands for the value of an expression that failed for one record. */
export class FailedExpression {
    /** @param reason without anything of the record */
    constructor(readonly reason: string) {}
}

/** What is sent of one record. */
export interface MappedContact {
    /** `email` in normal form, and further identifiers. */
    readonly identifiers: Readonly<Record<string, string>>;
    readonly dataFields: Readonly<Record<string, FieldValue>>;
    readonly problems: readonly Problem[];
}

/** Longest text in a data field, characters (Dotdigital, "Creating and deleting contact data fields"). */
export const MAX_TEXT_LENGTH = 1000;
/** Digits before and after the point of a numeric data field (same source). */
const MAX_WHOLE_DIGITS = 18;
const MAX_DECIMALS = 9;

/**
 * Maps the values of one record onto identifiers and data fields. A value that does not fit is left out and reported:
 * it is never cut.
 *
 * @param values one for each target, in the same order; undefined means "do not send"
 */
export function mapContact(record: OroRecord, values: readonly unknown[], targets: readonly Target[]): MappedContact {
    const identifiers: Record<string, string> = {};
    const dataFields: Record<string, FieldValue> = {};
    const problems: Problem[] = [];
    targets.forEach((target, index) => {
        const value = values[index];
        if (value === undefined) return;
        const converted = valueFor(target, value);
        if ('problem' in converted) problems.push(converted.problem);
        else if (target.kind === 'dataField') dataFields[target.name] = converted.value;
        else if (converted.value !== null) identifiers[target.name] = String(converted.value);
    });
    if (
        identifiers['email'] === undefined &&
        !targets.some((target) => target.kind === 'identifier' && target.name === 'email')
    ) {
        const address = normalAddress(record['email']);
        if (address !== null) identifiers['email'] = address;
    }
    return { identifiers, dataFields, problems };
}

type Converted = { readonly value: FieldValue } | { readonly problem: Problem };

function valueFor(target: Target, value: unknown): Converted {
    if (value instanceof FailedExpression) return problem('expressionFailed', target.name, value.reason);
    return target.kind === 'identifier' ? identifierValue(target.name, value) : fieldValue(target, value);
}

function identifierValue(name: string, value: unknown): Converted {
    if (value === null || value === '') return { value: null };
    if (name === 'email') return { value: normalAddress(String(value)) };
    if (name !== 'mobileNumber') return { value: String(value) };
    const number = mobileNumber(String(value));
    return number === null
        ? problem('invalidPhone', name, 'a mobile number needs its country code, such as +44 7123 123123')
        : { value: number };
}

function fieldValue(target: { readonly name: string; readonly type: DataFieldType }, value: unknown): Converted {
    if (value === null || value === '') return { value: null };
    switch (target.type) {
        case 'Numeric':
            return numericValue(target.name, value);
        case 'Boolean':
            return booleanValue(target.name, value);
        case 'Date':
            return dateValue(target.name, value);
        case 'String':
            return textValue(target.name, value);
    }
}

function textValue(name: string, value: unknown): Converted {
    const text = textOf(value);
    if (text === null) return problem('wrongType', name, 'a text was expected, and an object came');
    if (text.length > MAX_TEXT_LENGTH) {
        return problem('valueTooLong', name, `${text.length} characters; Dotdigital takes ${MAX_TEXT_LENGTH}`);
    }
    return { value: text === '' ? null : text };
}

function textOf(value: unknown): string | null {
    if (typeof value === 'string') return value;
    if (typeof value === 'boolean' || Number.isFinite(value)) return String(value);
    if (value instanceof Date) return value.toISOString();
    if (Array.isArray(value) && value.every((each) => typeof each === 'string' || typeof each === 'number'))
        return value.join(', ');
    return null;
}

/** A number as people and Oro write it; not the hexadecimal and other forms that JavaScript also takes. */
const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)$/;
/** Digits that a number keeps exactly (IEEE 754, 64 bits). */
const EXACT_DIGITS = 15;

function numericValue(name: string, value: unknown): Converted {
    const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : '';
    const number = Number(text);
    if (!Number.isFinite(number) || (typeof value !== 'number' && !NUMBER.test(text)) || text === '')
        return problem('wrongType', name, 'a number was expected');
    const [digits = '', exponent = '0'] = text.toLowerCase().replace(/^[+-]/, '').split('e');
    const [whole = '', decimals = ''] = digits.split('.');
    const significant = (whole + decimals).replace(/^0+/, '').length;
    if (Math.abs(number) >= 10 ** MAX_WHOLE_DIGITS || decimals.replace(/0+$/, '').length - Number(exponent) > MAX_DECIMALS) {
        return problem('valueTooLong', name, `at most ${MAX_WHOLE_DIGITS} digits before and ${MAX_DECIMALS} after the point`);
    }
    if (typeof value === 'string' && significant > EXACT_DIGITS && !isExact(number, whole, decimals)) {
        return problem('valueTooLong', name, `more than the ${EXACT_DIGITS} digits that a number keeps exactly`);
    }
    return { value: number };
}

function isExact(number: number, whole: string, decimals: string): boolean {
    const trimmed = decimals.replace(/0+$/, '');
    return String(Math.abs(number)) === `${whole.replace(/^0+(?=\d)/, '')}${trimmed === '' ? '' : `.${trimmed}`}`;
}

const YES = new Set(['true', 'yes', '1']);
const NO = new Set(['false', 'no', '0']);

function booleanValue(name: string, value: unknown): Converted {
    if (typeof value === 'boolean') return { value };
    const text = String(value).trim().toLowerCase();
    if (YES.has(text)) return { value: true };
    if (NO.has(text)) return { value: false };
    return problem('wrongType', name, 'yes or no was expected');
}

/** A day, with or without a time; a time without a zone is UTC, as Oro's are. */
const DATE = /^(\d{4})-(\d{2})-(\d{2})(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/i;

function dateValue(name: string, value: unknown): Converted {
    if (value instanceof Date && !Number.isNaN(value.getTime())) return { value: value.toISOString() };
    const parts = typeof value === 'string' ? DATE.exec(value.trim()) : null;
    if (parts !== null) {
        const [text, year, month, day, zone] = parts;
        const time = Date.parse(text.length > 10 && zone === undefined ? `${text}Z` : text);
        // JavaScript takes the 31st of February for the 3rd of March.
        const exists = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day))).getUTCDate() === Number(day);
        if (!Number.isNaN(time) && exists) return { value: new Date(time).toISOString() };
    }
    return problem('wrongType', name, 'a date was expected, such as 2026-11-23 or 2026-11-23T10:00:00Z');
}

function problem(code: Problem['code'], field: string, reason: string): Converted {
    return { problem: { code, field, reason, written: true } };
}
