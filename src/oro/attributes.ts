import type { Oro } from './client';
import { type Document, jsonApi, listIn, type Resource, type ResourceId } from './json-api';
import { queryParameters } from './query';

/** Something that can be read of the records of a resource. */
export interface Attribute {
    /** `firstName`, or `customer.name` for the name of a related record. */
    readonly path: string;
    /** Told by a value; `unknown` when no record that was looked at has one. */
    readonly kind: 'string' | 'number' | 'boolean' | 'date' | 'relation' | 'unknown';
}

const RECORDS_LOOKED_AT = 10;
const DATE = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

/**
 * The attributes of a resource and its to-one relationships, with `.name` where the related records have one. Oro has no
 * description of its resources, so the first records are looked at; without a record nothing is known.
 */
export async function listAttributes(oro: Oro, type: string, signal?: AbortSignal): Promise<Attribute[]> {
    const records = (await read(oro, type, {}, signal)).data;
    const relations = [...new Set(records.flatMap(toOneRelations))];
    const include = relations.filter((name) => records.some((record) => isReference(record.relationships?.[name]?.data)));
    const related =
        include.length === 0 ? { data: [], included: [] } : await read(oro, type, { include: include.join(',') }, signal);
    return [
        ...[...new Set(records.flatMap((record) => Object.keys(record.attributes ?? {})))].map((path) => ({
            path,
            kind: kindOf(records, path),
        })),
        ...relations.flatMap((path) => [{ path, kind: 'relation' as const }, ...nameOf(path, related)]),
    ];
}

async function read(oro: Oro, type: string, include: Readonly<Record<string, string>>, signal?: AbortSignal): Promise<Document> {
    const query = { ...queryParameters({ size: RECORDS_LOOKED_AT, sort: 'id' }), ...include };
    const { body } = await jsonApi<Document | undefined>(oro, {
        method: 'GET',
        path: `/${encodeURIComponent(type)}`,
        query,
        signal,
    });
    return listIn(body, type);
}

function toOneRelations({ relationships }: Resource): string[] {
    return Object.entries(relationships ?? {})
        .filter(([, { data }]) => !Array.isArray(data))
        .map(([name]) => name);
}

function nameOf(path: string, { data, included = [] }: Document): Attribute[] {
    const references = data.map(({ relationships }) => relationships?.[path]?.data).filter(isReference);
    const record = included.find(({ type, id }) =>
        references.some((reference) => reference.type === type && reference.id === id),
    );
    return typeof record?.attributes?.['name'] === 'string' ? [{ path: `${path}.name`, kind: 'string' }] : [];
}

function kindOf(records: readonly Resource[], name: string): Attribute['kind'] {
    const value = records
        .map(({ attributes }) => attributes?.[name])
        .find((candidate) => candidate !== null && candidate !== undefined);
    if (typeof value === 'string') {
        return DATE.test(value) ? 'date' : 'string';
    }
    return typeof value === 'number' ? 'number' : typeof value === 'boolean' ? 'boolean' : 'unknown';
}

function isReference(data: unknown): data is ResourceId {
    return typeof data === 'object' && data !== null && !Array.isArray(data);
}
