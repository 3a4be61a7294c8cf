import { unexpectedAnswer } from '../http/failures';
import { createHttp, type HttpOptions } from '../http/http';
import { stoppedRequest } from '../http/network-failure';
import { explainToken } from './failures';

/** The access token of one application, shared by all requests. */
export interface Tokens {
    /** The current token; a new one is asked for by one request at a time, 30 seconds before the old one ends. */
    current(signal?: AbortSignal): Promise<string>;
    /** Forgets a token that was refused, unless another one has taken its place meanwhile. */
    drop(token: string): void;
    readonly requests: number;
    close(): void;
}

interface TokenAnswer {
    readonly access_token?: unknown;
    readonly expires_in?: unknown;
}

const RENEWED_EARLY = 30_000;
/** Seconds, where the answer does not tell: Oro's default. */
const LIFETIME = 3_600;

/**
 * Asks for tokens with the client credentials of an application.
 *
 * @see OroCommerce, POST /oauth2-token (at the root of the shop, for the back office too)
 */
export function createTokens(
    options: Pick<HttpOptions, 'service' | 'baseUrl' | 'timeout' | 'tls' | 'retry'>,
    clientId: string,
    clientSecret: string,
): Tokens {
    const http = createHttp({ ...options, authorise: async () => ({}), explain: explainToken });
    const body = new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: clientId,
        client_secret: clientSecret,
    }).toString();
    let held: { token: string; until: number } | null = null;
    let asking: Promise<string> | null = null;

    async function ask(): Promise<string> {
        const asked = Date.now();
        const answer = await http.request<TokenAnswer | undefined>({
            method: 'POST',
            path: '/oauth2-token',
            body,
            contentType: 'application/x-www-form-urlencoded',
            repeatable: true,
        });
        const { access_token: token, expires_in: seconds } = answer.body ?? {};
        if (typeof token !== 'string' || token === '') {
            throw unexpectedAnswer('oro', 'access token');
        }
        held = { token, until: asked + timeOfUse(Number(seconds) || LIFETIME) };
        return token;
    }

    return {
        async current(signal) {
            if (held !== null && Date.now() < held.until) {
                return held.token;
            }
            // Without the signal of the caller: others wait for the same token.
            asking ??= ask().finally(() => {
                asking = null;
            });
            return signal === undefined ? asking : unlessAborted(asking, signal);
        },
        drop(token) {
            if (held?.token === token) {
                held = null;
            }
        },
        get requests() {
            return http.requests;
        },
        close: () => http.close(),
    };
}

/** Milliseconds that a token is used of the seconds that it lives. A short one is used for half of its life. */
export function timeOfUse(lifetime: number): number {
    return Math.max(lifetime * 1_000 - RENEWED_EARLY, lifetime * 500);
}

function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
        const stop = () => reject(stoppedRequest('oro', signal));
        signal.addEventListener('abort', stop, { once: true });
        promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
    });
}
