import type { Query } from './query';

const GROUPS = ['fields', 'filter', 'include', 'meta', 'page', 'sort'];

function groupOf(key: string): number {
    return GROUPS.indexOf(key.replace(/\[.*$/, ''));
}

function written([key, value]: readonly [string, string]): string {
    const name = key.startsWith('filter') ? key.replace(/\./g, '][') : key;
    return `${encodeURIComponent(name)}=${encodeURIComponent(value)}`;
}

function pageLink(url: string, query: Query, number: number): string {
    const parameters = query.parameters.filter(([key]) => key !== 'page[number]');
    const place = query.parameters.findIndex(([key]) => key === 'page[number]');
    if (number > 1) {
        const size = parameters.findIndex(([key]) => key === 'page[size]');
        const index = place >= 0 ? place : size >= 0 ? size + 1 : parameters.length;
        parameters.splice(index, 0, ['page[number]', String(number)]);
    }
    const ordered = [...parameters].sort(([a], [b]) => groupOf(a) - groupOf(b));
    return ordered.length > 0 ? `${url}?${ordered.map(written).join('&')}` : url;
}

/** The links of a list: `next` only when there is more, `first` and `prev` from the second page on. */
export function listLinks(url: string, query: Query, more: boolean): Record<string, string> {
    return {
        self: url,
        ...(query.number > 1 && { first: pageLink(url, query, 1), prev: pageLink(url, query, query.number - 1) }),
        ...(more && { next: pageLink(url, query, query.number + 1) }),
    };
}
