import { answerFailure, isWebPage, type RawAnswer } from './answer-failure';
import { checkedUrl, isLoopback } from './checked-url';
import type { ServiceError } from './errors';
import { badJson, outOfCalls } from './failures';
import type { Http, HttpAnswer, HttpOptions, HttpRequest, Wait } from './http';
import { linkedSignal } from './linked-signal';
import { networkFailure, stoppedRequest } from './network-failure';
import { RateBudget } from './rate-budget';
import { callKind, requestBody, requestHeaders, requestUrl } from './request-parts';
import { RETRY_RULES, type RetryRules, retryWait } from './retry';
import { openTransport, type Transport } from './transport';
import { Waiting } from './waiting';

/** A request as it is sent, again and again if need be. */
interface Call {
    readonly request: HttpRequest;
    readonly url: string;
    readonly body: string | Buffer | undefined;
    readonly kind: string;
    readonly repeatable: boolean;
}

interface Outcome {
    readonly answer: RawAnswer | null;
    readonly failure: ServiceError | null;
    readonly credentials: Readonly<Record<string, string>>;
}

/** Sends requests one by one: waits for the rate budget, authorises, sends, and decides about another try. */
export class HttpClient implements Http {
    requests = 0;
    onWait?: (wait: Wait | null) => void;

    private readonly baseUrl: string;
    private readonly transport: Transport;
    private readonly budget = new RateBudget();
    private readonly rules: RetryRules;
    private readonly closing = new AbortController();
    private readonly waiting: Waiting;
    private readonly now: () => number;

    constructor(private readonly options: HttpOptions) {
        const base = checkedUrl('baseUrl', options.baseUrl);
        this.baseUrl = base.origin + base.pathname.replace(/\/+$/, '');
        this.transport = openTransport(options.tls, isLoopback(base));
        this.rules = { ...RETRY_RULES, ...options.retry };
        this.now = options.now ?? Date.now;
        this.waiting = new Waiting(this.now, options.sleep, (wait) => this.onWait?.(wait));
    }

    async request<T>(request: HttpRequest): Promise<HttpAnswer<T>> {
        const { signal, release } = linkedSignal(this.closing.signal, request.signal);
        try {
            return await this.persist<T>(request, signal);
        } finally {
            release();
        }
    }

    close(): void {
        this.closing.abort();
        this.transport.close();
    }

    private async persist<T>(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer<T>> {
        const { service, random = Math.random } = this.options;
        const call: Call = {
            request,
            url: requestUrl(this.baseUrl, request),
            body: requestBody(request),
            kind: request.scope ?? callKind(request),
            repeatable: request.repeatable ?? request.method !== 'POST',
        };
        let renewed = false;
        let waited = 0;
        let told = 0;
        let lastFailure: ServiceError | undefined;
        for (let attempt = 1; ; attempt += 1) {
            waited += await this.turn(call.kind, waited, signal);
            if (waited > told) {
                told = waited;
                await request.afterWaiting?.().catch((error: unknown) => {
                    this.budget.giveBack(call.kind);
                    throw error;
                });
            }
            const { answer, failure, credentials } = await this.exchange(call, signal);
            if (failure === null) {
                return this.read<T>(request, answer);
            }
            if (failure.code === 'aborted') {
                throw stoppedRequest(service, signal, lastFailure);
            }
            if (failure.status === 401 && !renewed && (await this.options.onUnauthorised?.(credentials))) {
                renewed = true;
                continue;
            }
            lastFailure = this.options.explain?.(failure, request) ?? failure;
            const { repeatable } = call;
            const headers = answer?.headers ?? {};
            const wait = retryWait(
                { attempt, failure, headers, repeatable, waited, now: this.now(), random: random() },
                this.rules,
            );
            if (wait === null) {
                throw lastFailure;
            }
            waited += wait;
            await this.hold(wait, signal, lastFailure);
        }
    }

    /** Waits until the rate budget lets a call of this kind go; returns how long that took by plan. */
    private async turn(kind: string, before: number, signal: AbortSignal): Promise<number> {
        let waited = 0;
        for (let wait = this.budget.take(kind, this.now()); wait > 0; wait = this.budget.take(kind, this.now())) {
            const failure = outOfCalls(this.options.service);
            waited += wait;
            if (before + waited > this.rules.deadline) {
                throw failure;
            }
            await this.hold(wait, signal, failure);
        }
        return waited;
    }

    /** Sends a call that has its turn. @throws what the authorisation throws, which is final */
    private async exchange({ request, url, body, kind, repeatable }: Call, signal: AbortSignal): Promise<Outcome> {
        const { service } = this.options;
        let credentials: Record<string, string>;
        try {
            if (signal.aborted) {
                throw stoppedRequest(service, signal);
            }
            credentials = await this.options.authorise(signal);
        } catch (error) {
            this.budget.giveBack(kind);
            throw error;
        }
        const headers = requestHeaders(request, body, credentials);
        const { method, timeout = this.options.timeout } = request;
        this.requests += 1;
        let answer: RawAnswer;
        try {
            answer = await this.transport.send({ method, url, headers, body, timeout, signal, ownConnection: !repeatable });
        } catch (error) {
            this.budget.learn(kind, {}, this.now());
            return { answer: null, failure: networkFailure(service, error), credentials };
        }
        this.budget.learn(kind, answer.headers, this.now());
        const accepted = request.accept?.includes(answer.status) === true && !isWebPage(answer);
        return { answer, failure: accepted ? null : answerFailure(service, answer), credentials };
    }

    private read<T>({ expect = 'json' }: HttpRequest, answer: RawAnswer | null): HttpAnswer<T> {
        const { status = 0, headers = {}, body = Buffer.alloc(0) } = answer ?? {};
        const text = expect === 'nothing' ? '' : body.toString('utf8').replace(/^\uFEFF/, '');
        if (expect !== 'json') {
            return { status, headers, body: text as T };
        }
        try {
            return { status, headers, body: (text === '' ? undefined : JSON.parse(text)) as T };
        } catch {
            throw badJson(this.options.service, status);
        }
    }

    /** Waits before another try. A stop by a time limit meanwhile leaves the failure that was being waited out. */
    private async hold(wait: number, signal: AbortSignal, failure: ServiceError): Promise<void> {
        try {
            await this.waiting.hold(failure.code, wait, signal);
        } catch {
            throw stoppedRequest(this.options.service, signal, failure);
        }
    }
}
