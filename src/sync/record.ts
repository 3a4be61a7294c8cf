import { PackageError } from '../http/errors';
import type { Projection } from './projection';

/** What a change of membership is called. */
export type ChangeKind = 'joined' | 'changed' | 'left';

/** A plain JSON value. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** One person of Oro, flat. Only what was asked for is there. */
export interface OroRecord {
    /** JSON:API type, such as `customerusers`. */
    type: string;
    id: string;
    change?: ChangeKind;
    [field: string]: Json | undefined;
}

/** The part of a JSON:API resource that is read here. */
export interface JsonApiResource {
    readonly type: string;
    readonly id: string;
    readonly attributes?: Readonly<Record<string, unknown>>;
    readonly relationships?: Readonly<Record<string, { readonly data?: ResourceLink | readonly ResourceLink[] | null }>>;
}

interface ResourceLink {
    readonly type: string;
    readonly id: string;
}

/** The part of a JSON:API list that is read here. */
export interface JsonApiDocument {
    readonly data: readonly JsonApiResource[];
    readonly included?: readonly JsonApiResource[];
}

/** A record and what the mirror itself needs to know of it. */
export interface ReadRecord {
    readonly record: OroRecord;
    /** Last change in Oro, seconds since 1970; 0 where Oro does not say. */
    readonly updatedAt: number;
}

/**
 * Turns the resources of a JSON:API document into flat records.
 *
 * @throws PackageError fieldMissing when Oro did not return something that was asked for: it ignores unknown names
 *   silently, and a renamed field must not empty everybody's data
 */
export function flatten(document: JsonApiDocument, projection: Projection): ReadRecord[] {
    const included = indexed(document.included ?? []);
    return document.data.map((resource) => {
        const record: OroRecord = { type: resource.type, id: resource.id };
        for (const column of projection.columns) {
            setPath(record, column.path, column.read(resource, included));
        }
        return { record, updatedAt: seconds(resource.attributes?.['updatedAt']) };
    });
}

/** Resources of a document's `included` by type and id. */
export type Included = (link: ResourceLink) => JsonApiResource | undefined;

function indexed(resources: readonly JsonApiResource[]): Included {
    const byKey = new Map(resources.map((resource) => [`${resource.type}/${resource.id}`, resource]));
    return (link) => byKey.get(`${link.type}/${link.id}`);
}

/** Value of an attribute; null is only what Oro sent as null. */
export function attributeOf(resource: JsonApiResource, name: string, path: string): Json {
    const value = resource.attributes?.[name];
    if (value === undefined) throw fieldMissing(path, resource.type);
    return value as Json;
}

/** The resource that a to-one relationship points to, or null. */
export function relatedOf(resource: JsonApiResource, name: string, path: string): ResourceLink | null {
    const data = resource.relationships?.[name]?.data;
    if (data === undefined) throw fieldMissing(path, resource.type);
    if (Array.isArray(data)) return data[0] ?? null;
    return data as ResourceLink | null;
}

/** The resources that a to-many relationship points to. */
export function relatedListOf(resource: JsonApiResource, name: string, path: string): readonly ResourceLink[] {
    const data = resource.relationships?.[name]?.data;
    if (data === undefined) throw fieldMissing(path, resource.type);
    if (data === null) return [];
    return Array.isArray(data) ? data : [data as ResourceLink];
}

/** The error for something that was asked for and did not come. */
export function fieldMissing(path: string, type: string): PackageError {
    return new PackageError(
        'fieldMissing',
        `OroCommerce did not return "${path}" of ${type}. The field was renamed or removed, or the role of the API user may not see it. Nothing was written.`,
        { details: { field: path, resource: type } },
    );
}

/** Value at a path such as `customer.name`; undefined where it does not exist. */
export function valueAt(record: Readonly<Record<string, unknown>>, path: string): unknown {
    let current: unknown = record;
    for (const name of path.split('.')) {
        if (current === null || typeof current !== 'object') return undefined;
        current = (current as Record<string, unknown>)[name];
    }
    return current;
}

function setPath(record: OroRecord, path: string, value: Json): void {
    const names = path.split('.');
    const last = names.pop() ?? path;
    let target = record as { [key: string]: Json | undefined };
    for (const name of names) {
        const next = target[name];
        if (next === null || typeof next !== 'object' || Array.isArray(next)) target[name] = {};
        target = target[name] as { [key: string]: Json | undefined };
    }
    target[last] = value;
}

function seconds(value: unknown): number {
    const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
    return Number.isNaN(time) ? 0 : Math.floor(time / 1000);
}
