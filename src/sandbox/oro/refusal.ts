import type { SandboxAnswer } from '../service';

export const JSON_API = 'application/vnd.api+json';

const QUIET = {
    'cache-control': 'must-revalidate, no-cache, no-store, private',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'SAMEORIGIN',
};

/** One error as Oro names it. `parameter` is the query parameter at fault as it was sent, `pointer` the place in the body. */
export interface OroError {
    readonly title: string;
    readonly detail?: string;
    readonly parameter?: string;
    readonly pointer?: string;
}

/** A request that Oro refuses. */
export class Refusal extends Error {
    constructor(
        readonly status: number,
        readonly errors: readonly OroError[],
        readonly headers: Readonly<Record<string, string>> = {},
    ) {
        super(errors.map((error) => `${error.title}: ${error.detail ?? ''}`).join('; ') || `status ${status}`);
    }
}

/** A refusal with one error. */
export function refuse(status: number, title: string, detail?: string, parameter?: string): Refusal {
    return new Refusal(status, [
        { title, ...(detail !== undefined && { detail }), ...(parameter !== undefined && { parameter }) },
    ]);
}

export const notFound = (): Refusal =>
    refuse(404, 'not found http exception', 'An entity with the requested identifier does not exist.');
export const noAccess = (): Refusal => refuse(403, 'access denied exception', 'No access to this type of entities.');
export const noAccessToRecord = (): Refusal => refuse(403, 'access denied exception', 'No access to the entity.');
export const filterRefused = (detail: string, parameter: string): Refusal => refuse(400, 'filter constraint', detail, parameter);
export const filterNotSupported = (parameter: string): Refusal => filterRefused('The filter is not supported.', parameter);

/** The refusal as an answer: JSON:API, or for requests that are not JSON:API a plain array. A refusal without errors has no body. */
export function refusalAnswer(refusal: Refusal, plain = false): SandboxAnswer {
    const type = plain ? 'application/json' : JSON_API;
    const headers = { 'content-type': type, ...QUIET, ...refusal.headers };
    if (refusal.errors.length === 0) {
        return { status: refusal.status, headers };
    }
    if (plain) {
        const body = refusal.errors.map(({ title, detail, parameter, pointer }) => ({
            title,
            detail,
            source: parameter ?? pointer,
        }));
        return { status: refusal.status, headers, body };
    }
    const errors = refusal.errors.map(({ title, detail, parameter, pointer }) => ({
        status: String(refusal.status),
        title,
        detail,
        ...(parameter !== undefined && { source: { parameter } }),
        ...(pointer !== undefined && { source: { pointer } }),
    }));
    return { status: refusal.status, headers, body: { errors } };
}

/** A JSON:API document. */
export function documentAnswer(body: unknown, records = 1, headers: Record<string, string> = {}): SandboxAnswer {
    return { status: 200, headers: { 'content-type': JSON_API, ...QUIET, ...headers }, body, records };
}

/** An answer in plain JSON: the old REST API and what the router says. */
export function jsonAnswer(status: number, body?: unknown, headers: Record<string, string> = {}): SandboxAnswer {
    return { status, headers: { 'content-type': 'application/json', ...QUIET, ...headers }, ...(body !== undefined && { body }) };
}

/** A web page, where a program expects JSON. */
export function pageAnswer(status: number, title: string, headers: Record<string, string> = {}): SandboxAnswer {
    const body = `<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="UTF-8" /><title>${title}</title></head>\n<body><h1>${title}</h1></body>\n</html>\n`;
    return { status, headers: { 'content-type': 'text/html; charset=UTF-8', ...headers }, body, why: title };
}
