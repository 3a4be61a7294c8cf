import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One real exchange with an OroCommerce 7.0. */
export interface Recording {
    readonly name: string;
    readonly request: {
        readonly method: string;
        readonly path: string;
        readonly headers: Readonly<Record<string, string>>;
        readonly body?: unknown;
    };
    readonly response: { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: unknown };
}

interface RecordedResource {
    readonly type?: string;
    readonly attributes?: object;
    readonly relationships?: object;
}

/** What the recordings know of the API. */
export interface Known {
    /** `GET /admin/api/marketinglists/{}` */
    readonly paths: ReadonlySet<string>;
    /** `/admin/api/customerusers?filter[id][gt]`, and `?page[size]` for any resource. */
    readonly queryNames: ReadonlySet<string>;
    /** `customerusers.email`: attributes and relationships by type. */
    readonly fields: ReadonlySet<string>;
}

/** All recordings of a folder. */
export function recordingsIn(folder: string): Recording[] {
    const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
    return names.map((name) => ({
        ...(JSON.parse(readFileSync(join(folder, name), 'utf8')) as Recording),
        name: name.replace('.json', ''),
    }));
}

/** A path without its ids and without its query. */
export function template(path: string): string {
    return (path.split('?', 1)[0] ?? '').replace(/\/\d+(?=[/.]|$)/g, '/{}');
}

/** Decoded names and values of a query. */
export function queryPairs(path: string): [string, string][] {
    return [...new URL(path, 'http://localhost').searchParams];
}

/** What successful exchanges show. */
export function knownFrom(recordings: readonly Recording[]): Known {
    const paths = new Set<string>();
    const queryNames = new Set<string>();
    const fields = new Set<string>();
    for (const { request, response } of recordings.filter(({ response: { status } }) => status < 300)) {
        paths.add(`${request.method} ${template(request.path)}`);
        for (const [name] of queryPairs(request.path)) {
            queryNames.add(`${template(request.path)}?${name}`).add(`?${name}`);
        }
        for (const { type, attributes = {}, relationships = {} } of resourcesIn(response.body)) {
            for (const name of [...Object.keys(attributes), ...Object.keys(relationships)]) {
                fields.add(`${type}.${name}`);
            }
        }
    }
    return { paths, queryNames, fields };
}

function resourcesIn(body: unknown): RecordedResource[] {
    const { data, included } = (body ?? {}) as { data?: unknown; included?: unknown };
    const listed = [data, included].flat().filter((resource) => typeof resource === 'object' && resource !== null);
    return listed as RecordedResource[];
}
