import { oroTime } from './generate';
import { filterRefused } from './refusal';
import type { Kind } from './resource';

/** A value that a filter compares with; `until` is set for a range, both ends in it (`before` excludes the end: a partial date). */
export interface FilterValue {
    readonly from: string | number;
    readonly until?: string | number;
    readonly before?: string | number;
}

// Exactly two digits of a fraction of a second, or none: three digits, as JavaScript writes them, are refused.
const TIME = /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.\d{2})?)?(Z|[+-]\d{2}:?\d{2})?)?)?)?$/;

function moment(value: string): { from: string; before: string } | null {
    const match = TIME.exec(value);
    if (!match) {
        return null;
    }
    const [, year, month, day, hour, minute, second, zone] = match;
    const number = (text: string | undefined, otherwise: number): number => (text === undefined ? otherwise : Number(text));
    const start = [
        number(year, 0),
        number(month, 1) - 1,
        number(day, 1),
        number(hour, 0),
        number(minute, 0),
        number(second, 0),
    ] as const;
    const parts = [year, month, day, hour, minute, second].filter((part) => part !== undefined).length;
    const end: [number, number, number, number, number, number] = [...start];
    end[parts - 1] = (end[parts - 1] ?? 0) + 1;
    const offset = zone === undefined || zone === 'Z' ? 0 : zoneMinutes(zone);
    const text = (at: readonly [number, number, number, number, number, number]): string =>
        oroTime(Date.UTC(...at) - offset * 60_000);
    const from = Date.UTC(...start);
    return Number.isNaN(from) ? null : { from: text(start), before: text(end) };
}

function zoneMinutes(zone: string): number {
    const digits = zone.replace(/\D/g, '');
    const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
    return zone.startsWith('-') ? -minutes : minutes;
}

function single(kind: Kind, value: string, parameter: string): FilterValue {
    switch (kind) {
        case 'integer':
            if (!/^[+-]?\d+$/.test(value)) {
                throw filterRefused(`Expected integer value. Given "${value}".`, parameter);
            }
            return { from: Number(value) };
        case 'boolean': {
            if (!/^(true|false|yes|no|1|0)$/.test(value)) {
                throw filterRefused(`Expected boolean value. Given "${value}".`, parameter);
            }
            return { from: /^(true|yes|1)$/.test(value) ? 'true' : 'false' };
        }
        case 'datetime': {
            const at = moment(value);
            if (at === null) {
                throw filterRefused(`Expected datetime value. Given "${value}".`, parameter);
            }
            return at;
        }
        default:
            return { from: value };
    }
}

/**
 * Reads the text of a filter: one value, a comma list or a range `a..b` where the attribute allows lists.
 *
 * @throws Refusal (400) when a value is not of the kind
 */
export function filterValues(kind: Kind, list: boolean, text: string, parameter: string): FilterValue[] {
    if (!list) {
        return [single(kind, text, parameter)];
    }
    return text.split(',').map((value) => {
        const [from, until, ...more] = value.split('..');
        if (until === undefined || more.length > 0) {
            return single(kind, value, parameter);
        }
        return { from: single(kind, from ?? '', parameter).from, until: single(kind, until, parameter).from };
    });
}

/** True for `exists` values that ask for records that have one. */
export function asksForExistence(text: string, parameter: string): boolean {
    return single('boolean', text, parameter).from === 'true';
}
