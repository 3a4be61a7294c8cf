import type { Test } from './filters';
import { readAttribute } from './reading';
import { filterRefused } from './refusal';
import type { Kind, Resource } from './resource';
import type { World } from './world';

const PARAMETER = 'filter[searchQuery]';
const CONDITION = /^\s*(\w+)\s*(>=|<=|!=|=|>|<|~)\s*(?:"([^"]*)"|(\S+))\s*$/;

function compare(operator: string, kind: Kind, wanted: string): (value: string) => boolean {
    const other =
        kind === 'integer'
            ? Number(wanted)
            : kind === 'datetime'
              ? wanted.replace('T', ' ').replace('Z', '')
              : wanted.toLowerCase();
    const own = (value: string): string | number =>
        kind === 'integer' ? Number(value) : kind === 'datetime' ? value.replace('T', ' ').replace('Z', '') : value.toLowerCase();
    switch (operator) {
        case '>=':
            return (value) => own(value) >= other;
        case '<=':
            return (value) => own(value) <= other;
        case '>':
            return (value) => own(value) > other;
        case '<':
            return (value) => own(value) < other;
        case '!=':
            return (value) => own(value) !== other;
        case '~':
            return (value) => String(own(value)).includes(String(other));
        default:
            return (value) => own(value) === other;
    }
}

/**
 * The test for a search expression. The sandbox understands conditions joined by `and`, such as
 * `updatedAt >= "2026-01-01 00:00:00" and id > 5`; Oro understands more.
 *
 * @throws Refusal (400) for a field that is not in the search index
 */
export function searchTest(world: World, resource: Resource, expression: string): Test {
    const tests = expression.split(/\s+and\s+/i).map((text): Test => {
        const [, field = '', operator = '', quoted, bare] = CONDITION.exec(text) ?? [];
        if (field === '') {
            throw filterRefused(`Unexpected expression "${text.trim()}".`, PARAMETER);
        }
        const kind = resource.search?.[field];
        if (kind === undefined) {
            throw filterRefused(`The field "${field}" is not supported.`, PARAMETER);
        }
        const matches = compare(operator, kind, quoted ?? bare ?? '');
        const read = field === 'id' ? (number: number) => number : readAttribute(world, resource, field);
        return (number) => matches(String(read(number) ?? ''));
    });
    return (number) => tests.every((test) => test(number));
}

/** The test for `filter[searchText]`: every word somewhere in the searchable texts. */
export function textTest(world: World, resource: Resource, text: string): Test {
    const names = Object.entries(resource.search ?? {}).flatMap(([name, kind]) => (kind === 'string' ? [name] : []));
    const reads = names.map((name) => readAttribute(world, resource, name));
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    return (number) => {
        const all = reads
            .map((read) => String(read(number) ?? ''))
            .join(' ')
            .toLowerCase();
        return words.every((word) => all.includes(word));
    };
}
