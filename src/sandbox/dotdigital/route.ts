import type { SandboxAnswer, SandboxContext, SandboxRequest } from '../service';
import type { AccountState, Operation } from './account-state';
import { Refusal, v2Error, v3Error } from './answers';
import type { Tier } from './rate-limit';

/** What a handler may use: the state to read, and `commit` to change it. */
export interface Desk {
    readonly account: AccountState;
    readonly context: SandboxContext;
    /** Journals an event (`at` is added) and performs its operation; returns what the operation returns. */
    commit<T>(kind: string, event: Readonly<Record<string, unknown>>): T;
}

/** Answers one call; `parts` are the decoded groups of the route's path. */
export type Handler = (desk: Desk, request: SandboxRequest, ...parts: string[]) => SandboxAnswer;

export interface Route {
    readonly method: string;
    readonly path: RegExp;
    readonly tier: Tier;
    readonly handler: Handler;
}

/** One resource of the service: its calls, and the operations behind them by the kind of their events. */
export interface Resource {
    readonly routes: readonly Route[];
    readonly operations: Readonly<Record<string, Operation>>;
}

/** A route; every group in `path` stands for one part between slashes. */
export function route(method: string, path: string, tier: Tier, handler: Handler): Route {
    const pattern = path.replace(/\{id\}/g, '(\\d+)').replace(/\{part\}/g, '([^/]+)');
    return { method, path: new RegExp(`^${pattern}/?$`, 'i'), tier, handler };
}

/** The JSON body of a v2 call. */
export function v2Body(request: SandboxRequest): unknown {
    requireJson(request, (type) => v2Error(415, `The request entity's media type '${type}' is not supported for this resource.`));
    try {
        return JSON.parse(request.body.toString('utf8'));
    } catch {
        throw new Refusal(v2Error(400, 'The request is invalid.'));
    }
}

/** The JSON body of a v3 call. */
export function v3Body(request: SandboxRequest): unknown {
    requireJson(request, (type) => v3Error(415, 'contacts:unsupportedMediaType', `The media type '${type}' is not supported`));
    try {
        return JSON.parse(request.body.toString('utf8'));
    } catch {
        throw new Refusal(v3Error(400, 'contacts:badJson', 'The request JSON is badly formed'));
    }
}

function requireJson(request: SandboxRequest, answer: (type: string) => SandboxAnswer): void {
    const type = request.headers['content-type'] ?? '';
    if (!/^(application|text)\/json\s*(;|$)/i.test(type)) throw new Refusal(answer(type));
}

/** Pages a v2 read by `select` (1 to 1000, default 1000) and `skip` (from 0). */
export function page<T>(request: SandboxRequest, items: readonly T[]): T[] {
    const select = wholeNumber(request, 'select', 1000);
    const skip = wholeNumber(request, 'skip', 0);
    if (select < 1 || select > 1000) throw new Refusal(v2Error(400, 'The select parameter must be between 1 and 1000.'));
    return items.slice(skip, skip + select);
}

function wholeNumber(request: SandboxRequest, name: string, otherwise: number): number {
    const text = request.query.get(name);
    if (text === null) return otherwise;
    if (!/^\d+$/.test(text)) throw new Refusal(v2Error(400, `The ${name} parameter is invalid.`));
    return Number(text);
}

/** The instant in a v2 path (`…-since/{date}`): a day, or ISO 8601. */
export function pathDate(text: string): number {
    const at = /^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d)?)?$/.test(text) ? Date.parse(text) : Number.NaN;
    if (Number.isNaN(at)) throw new Refusal(v2Error(400, 'The date is invalid.'));
    return at;
}
