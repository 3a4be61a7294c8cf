import type { Catalogue } from './catalogue';
import { asksForExistence, type FilterValue, filterValues } from './filter-values';
import type { FilterTerm } from './query';
import { readAttribute, readRelation } from './reading';
import { filterNotSupported, filterRefused } from './refusal';
import { idOf, type Kind, numberOf, type Relation, type Resource, type Value } from './resource';
import type { World } from './world';

/** True for the records that a filter lets through. */
export type Test = (number: number) => boolean;

type ValueTest = (value: Value) => boolean;

const ORDERED = ['lt', 'lte', 'gt', 'gte'];
const ALWAYS = ['eq', 'neq', 'exists', 'neq_or_null'];

function comparable(kind: Kind, value: Value): string | number | null {
    if (value === null) {
        return null;
    }
    return kind === 'integer' ? Number(value) : String(value);
}

function isAmong(values: readonly FilterValue[]): (value: string | number) => boolean {
    if (values.every((value) => value.until === undefined && value.before === undefined)) {
        const set = new Set(values.map((value) => value.from));
        return (value) => set.has(value);
    }
    return (value) =>
        values.some(({ from, until, before }) =>
            until !== undefined
                ? value >= from && value <= until
                : before !== undefined
                  ? value >= from && value < before
                  : value === from,
        );
}

function order(operator: string, limit: string | number): (value: string | number) => boolean {
    switch (operator) {
        case 'lt':
            return (value) => value < limit;
        case 'lte':
            return (value) => value <= limit;
        case 'gt':
            return (value) => value > limit;
        default:
            return (value) => value >= limit;
    }
}

function valueTest(kind: Kind, list: boolean, term: FilterTerm): ValueTest {
    const { operator, value: text, parameter } = term;
    if (operator === 'exists') {
        const wanted = asksForExistence(text, parameter);
        return (value) => (value !== null && !(Array.isArray(value) && value.length === 0)) === wanted;
    }
    const isOrdered = kind === 'integer' || kind === 'datetime';
    if (!ALWAYS.includes(operator) && !(ORDERED.includes(operator) && isOrdered)) {
        throw filterRefused(`The operator "${operator}" is not supported.`, parameter);
    }
    const values = filterValues(kind, list, text, parameter);
    const among = ORDERED.includes(operator) ? order(operator, values[0]?.from ?? 0) : isAmong(values);
    const negative = operator === 'neq' || operator === 'neq_or_null';
    return (value) => {
        if (Array.isArray(value)) {
            return value.some((each: Value) => among(comparable(kind, each) ?? '')) !== negative;
        }
        const own = comparable(kind, value);
        return own === null ? operator === 'neq_or_null' : among(own) !== negative;
    };
}

function relationTest(
    world: World,
    catalogue: Catalogue,
    resource: Resource,
    relation: Relation,
    path: readonly string[],
    term: FilterTerm,
): Test {
    const name = term.path[term.path.length - path.length] ?? '';
    const read = readRelation(world, resource, name, relation);
    const target = catalogue.get(relation.type);
    const ids = (number: number): readonly string[] => {
        const linked = read(number);
        return linked === null ? [] : typeof linked === 'string' ? [linked] : (linked as readonly string[]);
    };
    if (path.length === 1) {
        const isName = target
            ? target.names !== undefined
            : /(types|statuses|sources|methods|ratings|countries|regions)$/.test(relation.type);
        const test = valueTest(isName ? 'string' : 'integer', true, term);
        return relation.many ? (number) => test(ids(number)) : (number) => test(ids(number)[0] ?? null);
    }
    if (!target) {
        throw filterNotSupported(term.parameter);
    }
    const inner = test(world, catalogue, target, path.slice(1), term);
    return (number) => ids(number).some((id) => inner(numberOf(target, id)));
}

function test(world: World, catalogue: Catalogue, resource: Resource, path: readonly string[], term: FilterTerm): Test {
    const name = path[0] ?? '';
    if (path.length === 1 && name === 'id') {
        const own = valueTest(resource.names ? 'string' : 'integer', true, term);
        return resource.names ? (number) => own(idOf(resource, number)) : own;
    }
    const relation = resource.relations[name];
    if (relation?.filterable) {
        return relationTest(world, catalogue, resource, relation, path, term);
    }
    const filterable = resource.filters[name];
    if (!filterable || path.length > 1) {
        throw filterNotSupported(term.parameter);
    }
    const own = valueTest(filterable.kind, filterable.list, term);
    const read = filterable.values ?? readAttribute(world, resource, name);
    return (number) => own(read(number));
}

/** The test for one filter of a list. @throws Refusal (400) when Oro would not understand it */
export function filterTest(world: World, catalogue: Catalogue, resource: Resource, term: FilterTerm): Test {
    return test(world, catalogue, resource, term.path, term);
}
