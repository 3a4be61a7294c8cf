import { unexpectedAnswer } from '../http/failures';
import type { HttpAnswer, HttpRequest } from '../http/http';
import type { Oro } from './client';

/** Names one record. Ids are strings in JSON:API. */
export interface ResourceId {
    readonly type: string;
    readonly id: string;
}

/** One record as JSON:API sends it. */
export interface Resource extends ResourceId {
    readonly attributes?: Readonly<Record<string, unknown>>;
    readonly relationships?: Readonly<Record<string, { readonly data: ResourceId | readonly ResourceId[] | null }>>;
}

/** An answer of the JSON:API, not flattened. */
export interface Document<T = readonly Resource[]> {
    readonly data: T;
    /** Records that `include` asked for; those that the user may not see are missing. */
    readonly included?: readonly Resource[];
    readonly links?: { readonly next?: string };
}

/** Oro answers 406 or 415 when the media type carries a charset, and in another format when it is missing. */
export const JSON_API = 'application/vnd.api+json';

/**
 * Sends one request to the JSON:API of the back office.
 *
 * @param request its path is put behind {@link Oro.apiPath}
 */
export function jsonApi<T>(oro: Oro, request: HttpRequest): Promise<HttpAnswer<T>> {
    return oro.http.request<T>({
        ...request,
        path: oro.apiPath + request.path,
        headers: { ...request.headers, accept: JSON_API },
        contentType: JSON_API,
    });
}

/** The list of an answer. @throws ServiceError `badAnswer` when there is none: an odd answer is never an empty list */
export function listIn(document: Document | undefined, type: string): Document {
    if (!Array.isArray(document?.data)) {
        throw unexpectedAnswer('oro', type);
    }
    return document;
}

/** The record of an answer. @throws ServiceError `badAnswer` when there is none */
export function recordIn(document: Document<Resource | null> | undefined, type: string): Resource {
    if (typeof document?.data !== 'object' || document.data === null || Array.isArray(document.data)) {
        throw unexpectedAnswer('oro', type);
    }
    return document.data;
}

/** The record that a to-one relationship points at, or null. */
export function relatedTo(resource: Resource, name: string): ResourceId | null {
    const related = resource.relationships?.[name]?.data;
    return related === undefined || related === null || Array.isArray(related) ? null : (related as ResourceId);
}

/** Text of an attribute, '' when it is missing or no text. */
export function textOf(resource: Resource | undefined, name: string): string {
    const value = resource?.attributes?.[name];
    return typeof value === 'string' ? value : '';
}
