import { filterNotSupported, filterRefused, Refusal, refuse } from './refusal';

export const OPERATORS: Readonly<Record<string, string>> = {
    '=': 'eq',
    '!=': 'neq',
    '<': 'lt',
    '<=': 'lte',
    '>': 'gt',
    '>=': 'gte',
    '*': 'exists',
    '!*': 'neq_or_null',
    '~': 'contains',
    '!~': 'not_contains',
    '^': 'starts_with',
    '!^': 'not_starts_with',
    $: 'ends_with',
    '!$': 'not_ends_with',
};

/** One filter: `filter[customer.group][neq]=3`. */
export interface FilterTerm {
    readonly path: readonly string[];
    readonly operator: string;
    readonly value: string;
    /** As it was sent, for the error. */
    readonly parameter: string;
}

/** What a request asks for. */
export interface Query {
    readonly filters: readonly FilterTerm[];
    /** Records on a page; -1 for all. */
    readonly size: number;
    readonly number: number;
    readonly sort: string | null;
    readonly fields: ReadonlyMap<string, readonly string[]>;
    readonly include: readonly string[];
    readonly withTitle: boolean;
    /** The parameters as they were sent, for the links. */
    readonly parameters: readonly (readonly [string, string])[];
}

/** Oro's page size where none is asked for. */
export const DEFAULT_PAGE_SIZE = 10;

const KNOWN_OPERATORS = new Set(Object.values(OPERATORS));
const KEY = /^([^[\]]+)((?:\[[^[\]]*\])*)$/;

function groups(key: string): { group: string; parts: string[] } | null {
    const match = KEY.exec(key);
    return match
        ? { group: match[1] ?? '', parts: [...(match[2] ?? '').matchAll(/\[([^[\]]*)\]/g)].map((part) => part[1] ?? '') }
        : null;
}

function filterTerm(parts: readonly string[], value: string, parameter: string): FilterTerm {
    const last = parts[parts.length - 1] ?? '';
    const operator = OPERATORS[last] ?? (KNOWN_OPERATORS.has(last) ? last : null);
    const hasOperator = parts.length > 1 && operator !== null;
    const path = (hasOperator ? parts.slice(0, -1) : parts).flatMap((part) => part.split('.'));
    return { path, operator: hasOperator ? (operator ?? 'eq') : 'eq', value, parameter };
}

function integer(value: string, parameter: string): number {
    if (!/^[+-]?\d+$/.test(value)) {
        throw filterRefused(`Expected integer value. Given "${value}".`, parameter);
    }
    return Number(value);
}

function words(value: string): string[] {
    return value.split(',').filter((word) => word !== '');
}

/**
 * Reads the query of a request.
 *
 * @param check is called with each filter and may refuse it; absent: no list, only `fields`, `include` and `meta` are understood
 * @throws Refusal (400) with one error for each parameter that Oro does not know or cannot read
 */
export function readQuery(parameters: readonly (readonly [string, string])[], check?: (term: FilterTerm) => void): Query {
    const isList = check !== undefined;
    const refusals: Refusal[] = [];
    const filters: FilterTerm[] = [];
    const fields = new Map<string, readonly string[]>();
    const query = { size: DEFAULT_PAGE_SIZE, number: 1, sort: null as string | null, include: [] as string[], withTitle: false };
    for (const [key, value] of parameters) {
        try {
            const { group, parts } = groups(key) ?? { group: '', parts: [] };
            const place = parts.length === 0 ? group : `${group}[${parts.length === 1 ? parts[0] : '…'}]`;
            if (group === 'filter' && parts.length > 0 && isList) {
                const term = filterTerm(parts, value, key);
                check?.(term);
                filters.push(term);
            } else if (place === 'page[size]' && isList) {
                query.size = integer(value, key);
            } else if (place === 'page[number]' && isList) {
                query.number = integer(value, key);
                if (query.number < 1) {
                    throw filterRefused('The value should be greater than or equals to 1.', key);
                }
            } else if (place === 'sort' && isList) {
                query.sort = value;
            } else if (group === 'fields' && parts.length === 1) {
                fields.set(parts[0] ?? '', words(value));
            } else if (place === 'include') {
                query.include = words(value);
            } else if (place === 'meta') {
                query.withTitle = words(value).includes('title');
            } else {
                throw filterNotSupported(key);
            }
        } catch (refusal) {
            if (!(refusal instanceof Refusal)) {
                throw refusal;
            }
            refusals.push(refusal);
        }
    }
    if (refusals.length > 0) {
        throw new Refusal(
            400,
            refusals.flatMap((refusal) => refusal.errors),
        );
    }
    return { ...query, filters, fields, parameters };
}

/**
 * The query that stands in the body of a `POST` with `X-HTTP-Method-Override: GET`.
 *
 * @throws Refusal (500) for a value that is not text, as Oro fails there; (400) for a body that is not JSON
 */
export function queryInBody(body: Buffer): [string, string][] {
    const parameters: [string, string][] = [];
    const walk = (key: string, value: unknown): void => {
        if (typeof value === 'string') {
            parameters.push([key, value]);
        } else if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
            for (const [name, inner] of Object.entries(value)) {
                walk(key === '' ? name : `${key}[${name}]`, inner);
            }
        } else {
            throw refuse(
                500,
                'unexpected value exception',
                `Expected string value for the filter "${key}", given "${phpType(value)}".`,
            );
        }
    };
    walk('', bodyJson(body));
    return parameters;
}

/** The JSON of a body, `{}` for none. */
export function bodyJson(body: Buffer): unknown {
    if (body.length === 0) {
        return {};
    }
    try {
        return JSON.parse(body.toString('utf8'));
    } catch {
        throw refuse(400, 'bad request http exception', 'Invalid json message received.');
    }
}

function phpType(value: unknown): string {
    if (typeof value === 'number') {
        return Number.isInteger(value) ? 'int' : 'float';
    }
    return typeof value === 'boolean' ? 'bool' : value === null ? 'null' : 'array';
}
