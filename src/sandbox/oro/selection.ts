import type { Catalogue } from './catalogue';
import { filterTest, type Test } from './filters';
import type { FilterTerm, Query } from './query';
import { readAttribute, readRelation } from './reading';
import { refuse } from './refusal';
import { idOf, type Narrowed, type Resource } from './resource';
import { searchTest, textTest } from './search-query';
import type { World } from './world';

/** One page of a list. */
export interface Page {
    readonly numbers: readonly number[];
    /** True when there are records behind this page. */
    readonly more: boolean;
    /** How many records the filters let through; counted only when asked for. */
    total(): number;
}

interface Bounds {
    /** The first candidate is above this number. */
    after: number;
    last: number;
    /** The only candidates, ascending, where the filter names them. */
    ids: number[] | null;
}

type Candidates = Iterable<number>;

function narrowBy(bounds: Bounds, term: FilterTerm, narrowed: Narrowed | null): void {
    const value = Number(term.value);
    const name = term.path.join('.');
    const isNumber = /^-?\d+$/.test(term.value);
    if (name === 'id' && term.operator === 'eq' && /^\d+(,\d+)*$/.test(term.value)) {
        const ids = [...new Set(term.value.split(',').map(Number))].sort((a, b) => a - b);
        bounds.ids = bounds.ids ? bounds.ids.filter((id) => ids.includes(id)) : ids;
    } else if (name === 'id' && isNumber && term.operator.startsWith('gt')) {
        bounds.after = Math.max(bounds.after, term.operator === 'gt' ? value : value - 1);
    } else if (name === 'id' && isNumber && term.operator.startsWith('lt')) {
        bounds.last = Math.min(bounds.last, value);
    } else if (narrowed?.ordered.includes(name) && isNumber && term.operator.startsWith('gt')) {
        bounds.after = Math.max(bounds.after, narrowed.above(name, term.operator === 'gt' ? value : value - 1) - 1);
    }
}

function* candidates(numbers: Resource['numbers'], { after, last, ids }: Bounds): Generator<number> {
    if (ids) {
        yield* ids.filter((id) => id > after && id <= last && numbers.has(id));
        return;
    }
    for (let number = numbers.next(after); number !== 0 && number <= last; number = numbers.next(number)) {
        yield number;
    }
}

interface Order {
    readonly name: string;
    readonly descending: boolean;
}

function readOrder(sort: string | null): Order[] {
    const names = (sort ?? 'id').split(',').filter((name) => name !== '');
    return names.map((name) => ({ name: name.replace(/^-/, ''), descending: name.startsWith('-') }));
}

function sorter(world: World, resource: Resource, { name, descending }: Order): (a: number, b: number) => number {
    const direction = descending ? -1 : 1;
    if (name === 'id' && !resource.names) {
        return (a, b) => direction * (a - b);
    }
    const relation = resource.relations[name];
    const read =
        name === 'id'
            ? (n: number) => idOf(resource, n)
            : relation
              ? readRelation(world, resource, name, relation)
              : readAttribute(world, resource, name);
    const isNumber = relation !== undefined || resource.filters[name]?.kind === 'integer';
    const key = (number: number): string | number => {
        const value = read(number);
        return value === null ? (isNumber ? Number.POSITIVE_INFINITY : '\uffff') : isNumber ? Number(value) : String(value);
    };
    return (a, b) => {
        const left = key(a);
        const right = key(b);
        return left < right ? -direction : left > right ? direction : 0;
    };
}

function sorted(world: World, resource: Resource, found: number[], order: readonly Order[]): number[] {
    const sorters = order.map((each) => sorter(world, resource, each));
    return found.sort((a, b) => {
        for (const compare of sorters) {
            const result = compare(a, b);
            if (result !== 0) {
                return result;
            }
        }
        return a - b;
    });
}

function checkOrder(resource: Resource, order: readonly Order[], isSearch: boolean): void {
    for (const { name } of order) {
        const isSortable = isSearch
            ? resource.search?.[name] !== undefined
            : name === 'id' || resource.filters[name]?.sortable === true || resource.relations[name]?.many === false;
        if (!isSortable) {
            throw refuse(400, 'sort constraint', `Sorting by "${name}" field is not supported.`, 'sort');
        }
    }
}

/** The database's search engine sorts by texts only; by anything else it silently gives the newest first. */
function searchOrder(resource: Resource, order: readonly Order[]): Order[] {
    const texts = order.filter(({ name }) => resource.search?.[name] === 'string');
    return texts.length > 0 ? texts : [{ name: 'id', descending: true }];
}

function page(found: Candidates, query: Query): Pick<Page, 'numbers' | 'more'> {
    const size = query.size < 0 ? Number.POSITIVE_INFINITY : query.size;
    const skip = query.size < 0 ? 0 : (query.number - 1) * query.size;
    const numbers: number[] = [];
    let index = 0;
    for (const number of found) {
        if (index >= skip) {
            if (numbers.length >= size) {
                return { numbers, more: true };
            }
            numbers.push(number);
        }
        index += 1;
    }
    return { numbers, more: false };
}

function isSearch(resource: Resource, term: FilterTerm): boolean {
    return resource.search !== undefined && ['searchText', 'searchQuery'].includes(term.path.join('.'));
}

/** The test for one filter of a list, a search among them. @throws Refusal (400) when Oro would not understand it */
export function termTest(world: World, catalogue: Catalogue, resource: Resource, term: FilterTerm): Test {
    if (!isSearch(resource, term)) {
        return filterTest(world, catalogue, resource, term);
    }
    return term.path[0] === 'searchText' ? textTest(world, resource, term.value) : searchTest(world, resource, term.value);
}

/**
 * Chooses the records of a page. In the order of the ids (and of what grows with them) a page costs what is on it; in any
 * other order all records are looked at.
 *
 * @param tests of the query's filters, see {@link termTest}
 * @throws Refusal (400) for an order that Oro does not support
 */
export function selectPage(world: World, resource: Resource, query: Query, tests: readonly Test[]): Page {
    const terms = query.filters.filter((term) => !isSearch(resource, term));
    const isSearched = terms.length < query.filters.length;
    const equal = (path: string): string | null =>
        terms.find((term) => term.operator === 'eq' && term.path.join('.') === path && /^\d+$/.test(term.value))?.value ?? null;
    const narrowed = resource.narrow?.(equal) ?? null;
    const bounds: Bounds = { after: 0, last: Number.POSITIVE_INFINITY, ids: null };
    if (!resource.names) {
        for (const term of terms) {
            narrowBy(bounds, term, narrowed);
        }
    }
    const hidden = world.records.hiddenOf(resource.type);
    function* matching(): Generator<number> {
        for (const number of candidates(narrowed?.numbers ?? resource.numbers, bounds)) {
            if (!hidden.has(number) && tests.every((test) => test(number))) {
                yield number;
            }
        }
    }
    const asked = readOrder(query.sort);
    checkOrder(resource, query.sort === null ? [] : asked, isSearched);
    const order = isSearched ? searchOrder(resource, asked) : asked;
    const [first] = order;
    const isNatural =
        first?.descending === false &&
        (first.name === 'id' || narrowed?.ordered.includes(first.name) === true) &&
        !resource.names;
    const total = (): number => {
        let count = 0;
        for (const _ of matching()) {
            count += 1;
        }
        return count;
    };
    return { ...page(isNatural ? matching() : sorted(world, resource, [...matching()], order), query), total };
}
