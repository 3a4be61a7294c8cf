/** What to read of a resource. */
export interface Query {
    /** Values by path of the filter: `enabled`, `customer.group`, `createdAt[gte]`. Dates: {@link oroDate}. */
    readonly filter?: Readonly<Record<string, string>>;
    /** Attributes and relationships by type of record; unknown names are ignored by Oro. */
    readonly fields?: Readonly<Record<string, readonly string[]>>;
    /** Relationship paths whose records come along. */
    readonly include?: readonly string[];
    readonly sort?: string;
    /** Records of a page. */
    readonly size?: number;
}

/** The query as names and values of an address. */
export function queryParameters(query: Query): Record<string, string> {
    const parameters: Record<string, string> = {};
    for (const [path, value] of Object.entries(query.filter ?? {})) {
        const { name, operator } = filterPath(path);
        parameters[operator === '' ? `filter[${name}]` : `filter[${name}][${operator}]`] = value;
    }
    for (const [type, names] of Object.entries(query.fields ?? {})) {
        parameters[`fields[${type}]`] = names.join(',');
    }
    if (query.include !== undefined && query.include.length > 0) {
        parameters['include'] = query.include.join(',');
    }
    if (query.sort !== undefined) {
        parameters['sort'] = query.sort;
    }
    if (query.size !== undefined) {
        parameters['page[size]'] = String(query.size);
    }
    return parameters;
}

/** The query as the body of a request with `X-HTTP-Method-Override: GET`. All values are strings: a number is a 500. */
export function queryBody(query: Query): Record<string, unknown> {
    const filter: Record<string, string | Record<string, string>> = {};
    for (const [path, value] of Object.entries(query.filter ?? {})) {
        const { name, operator } = filterPath(path);
        const others = filter[name];
        filter[name] = operator === '' ? value : { ...(typeof others === 'object' ? others : {}), [operator]: value };
    }
    const fields = Object.fromEntries(Object.entries(query.fields ?? {}).map(([type, names]) => [type, names.join(',')]));
    return {
        filter,
        ...(query.fields === undefined ? {} : { fields }),
        ...(query.include === undefined || query.include.length === 0 ? {} : { include: query.include.join(',') }),
        ...(query.sort === undefined ? {} : { sort: query.sort }),
        ...(query.size === undefined ? {} : { page: { size: String(query.size) } }),
    };
}

/**
 * A date as filters take it: UTC, no fraction. Oro 6 and 7 refuse the three digits of `toISOString()`.
 *
 * @param date ISO text, or epoch in milliseconds; a fraction is cut off, not rounded
 */
export function oroDate(date: string | number): string {
    return `${new Date(date).toISOString().slice(0, 19)}Z`;
}

function filterPath(path: string): { name: string; operator: string } {
    const [, name = path, operator = ''] = /^(.*)\[([^[\]]+)\]$/.exec(path) ?? [];
    return { name, operator };
}
