import { HttpClient } from './client';
import type { Service, ServiceError } from './errors';
import type { RetryRules } from './retry';
import type { TlsSettings } from './transport';

export { checkedUrl, isLoopback } from './checked-url';
export type { RetryRules } from './retry';
export type { TlsSettings } from './transport';

/** One request. The client adds the credentials, waits, repeats and turns every failure into a ServiceError. */
export interface HttpRequest {
    readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
    /** Starts with `/`; its segments are already encoded. It is put behind the base address of the client. */
    readonly path: string;
    /** Names and values as they are; both are percent-encoded here. */
    readonly query?: Readonly<Record<string, string>>;
    /** Cannot override what the client sends to authorise itself. */
    readonly headers?: Readonly<Record<string, string>>;
    /** A JSON value, or a string or Buffer that is sent as it is. */
    readonly body?: unknown;
    /** Of the body; `application/json` when missing. */
    readonly contentType?: string;
    /** What the answer's body is read as; `json` when missing. An empty body is `undefined`. */
    readonly expect?: 'json' | 'text' | 'nothing';
    /** True when sending it twice does no harm. When missing: true for everything but POST. */
    readonly repeatable?: boolean;
    /** Statuses of 400 and more that are returned instead of thrown, unless the body is a web page. */
    readonly accept?: readonly number[];
    readonly signal?: AbortSignal | undefined;
    /** Called before the request is sent after it had to wait for its turn or for another try. What it throws ends the request. */
    readonly afterWaiting?: (() => Promise<void>) | undefined;
    /** Milliseconds for this request alone. */
    readonly timeout?: number;
    /** Kind of call, for the rate budget: calls of one kind are counted by the service in one tier. */
    readonly scope?: string;
}

/** An answer that was not a failure. Names of headers are in lower case. */
export interface HttpAnswer<T> {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: T;
}

/** Why the client holds a request back, and until when (epoch in milliseconds). */
export interface Wait {
    /** Code of the failure that is waited out: `rateLimited`, `serviceUnavailable`, `maintenance`, `timeout`, … */
    readonly reason: string;
    readonly until: number;
}

/** The one way to make a request of a service. */
export interface Http {
    request<T = unknown>(request: HttpRequest): Promise<HttpAnswer<T>>;
    /** Requests sent so far, repetitions included. */
    readonly requests: number;
    /** Ends what is on the way (`aborted`) and closes the connections. */
    close(): void;
    /** Called when a request has to wait and, with null, when none waits any more. */
    onWait?: (wait: Wait | null) => void;
}

/** What a client needs to know about its service. */
export interface HttpOptions {
    readonly service: Service;
    /** Checked by {@link checkedUrl}; a path in it is kept. */
    readonly baseUrl: string;
    /** Milliseconds for one request without its waits. */
    readonly timeout: number;
    /** Headers that authorise a request. What it throws is final. */
    authorise(signal?: AbortSignal): Promise<Record<string, string>>;
    /**
     * Called once for each request that was answered with 401.
     *
     * @param failedHeaders what {@link HttpOptions.authorise} had returned for it
     * @returns true to try once more
     */
    onUnauthorised?(failedHeaders: Readonly<Record<string, string>>): Promise<boolean>;
    /** Turns a general failure into one that knows the service's own reasons. */
    explain?(failure: ServiceError, request: HttpRequest): ServiceError;
    readonly tls?: TlsSettings | undefined;
    readonly retry?: Partial<RetryRules> | undefined;
    /** 0 to 1. */
    readonly random?: () => number;
    readonly sleep?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
    readonly now?: () => number;
}

/** Opens a client for one service: one pool of connections, one rate budget. */
export function createHttp(options: HttpOptions): Http {
    return new HttpClient(options);
}
