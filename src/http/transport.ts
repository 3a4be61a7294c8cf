import http from 'node:http';
import https from 'node:https';
import tls from 'node:tls';
import axios from 'axios';
import type { RawAnswer } from './answer-failure';
import { TIMED_OUT } from './network-failure';

/** TLS settings of one connection, as Node-RED's tls-config node holds them. PEM texts. */
export interface TlsSettings {
    /** Trusted beside the well-known authorities, not instead of them. */
    readonly ca?: string | Buffer | undefined;
    readonly cert?: string | Buffer | undefined;
    readonly key?: string | Buffer | undefined;
    readonly passphrase?: string | undefined;
    readonly servername?: string | undefined;
}

/** One request as it goes over the wire. */
export interface Exchange {
    readonly method: string;
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string | Buffer | undefined;
    /** Milliseconds from sending to the last byte of the answer; a long body gets more. */
    readonly timeout: number;
    readonly signal: AbortSignal;
    /** Takes a connection of its own: one that was kept open may be closed by the server in the moment of sending. */
    readonly ownConnection: boolean;
}

/** Sends requests and returns what comes back, whatever its status. */
export interface Transport {
    /** @throws the error of the network as Node.js or axios made it: it holds credentials and must not leave the room */
    send(exchange: Exchange): Promise<RawAnswer>;
    close(): void;
}

/** Dotdigital takes bodies of up to 50 MB; more is refused before it is sent. */
const LONGEST_BODY = 64 * 1_024 * 1_024;
/** A little below the longest string of V8. */
const LONGEST_ANSWER = 480 * 1_024 * 1_024;
const MOST_CONNECTIONS = 16;
/** Bytes a millisecond: about one megabit a second. */
const SLOWEST_UPLOAD = 125;

/**
 * Opens a pool of connections. Certificates are always verified; `HTTPS_PROXY` and `NO_PROXY` are honoured by axios
 * (CONNECT), but never for a service on this machine.
 */
export function openTransport(settings: TlsSettings | undefined, loopback: boolean): Transport {
    const secure = secureOptions(settings);
    const pool = { keepAlive: true, maxSockets: MOST_CONNECTIONS, ...secure };
    const kept = { httpAgent: new http.Agent(pool), httpsAgent: new https.Agent(pool) };
    const own = { httpAgent: new http.Agent({ keepAlive: false }), httpsAgent: new https.Agent({ keepAlive: false, ...secure }) };

    return {
        async send(exchange) {
            const stop = new AbortController();
            const giveUp = () => stop.abort();
            let late = false;
            const limit = setTimeout(
                () => {
                    late = true;
                    stop.abort();
                },
                exchange.timeout + Buffer.byteLength(exchange.body ?? '') / SLOWEST_UPLOAD,
            );
            exchange.signal.addEventListener('abort', giveUp, { once: true });
            try {
                const answer = await axios.request<Buffer>({
                    method: exchange.method,
                    url: exchange.url,
                    // Without a body axios would make up a content type.
                    headers: { 'content-type': false, ...exchange.headers },
                    data: exchange.body,
                    signal: stop.signal,
                    ...(exchange.ownConnection ? own : kept),
                    ...(loopback ? { proxy: false } : {}),
                    responseType: 'arraybuffer',
                    transformRequest: [],
                    transformResponse: [],
                    validateStatus: () => true,
                    maxRedirects: 0,
                    maxBodyLength: LONGEST_BODY,
                    maxContentLength: LONGEST_ANSWER,
                });
                return { status: answer.status, headers: plainHeaders(answer.headers), body: answer.data };
            } catch (error) {
                throw late ? Object.assign(new Error('timed out'), { code: TIMED_OUT }) : error;
            } finally {
                clearTimeout(limit);
                exchange.signal.removeEventListener('abort', giveUp);
            }
        },
        close() {
            for (const agent of [kept.httpAgent, kept.httpsAgent, own.httpAgent, own.httpsAgent]) {
                agent.destroy();
            }
        },
    };
}

function secureOptions(settings: TlsSettings | undefined): https.AgentOptions {
    const { ca, cert, key, passphrase, servername } = settings ?? {};
    return {
        rejectUnauthorized: true,
        ...(ca ? { ca: [...wellKnownAuthorities(), ca.toString()] } : {}),
        ...(cert ? { cert } : {}),
        ...(key ? { key } : {}),
        ...(passphrase ? { passphrase } : {}),
        ...(servername ? { servername } : {}),
    };
}

/** Newer Node.js versions also tell the authorities of `NODE_EXTRA_CA_CERTS`. */
function wellKnownAuthorities(): readonly string[] {
    const { getCACertificates } = tls as { getCACertificates?: (type: 'default') => string[] };
    return getCACertificates?.('default') ?? tls.rootCertificates;
}

function plainHeaders(headers: object): Record<string, string> {
    const plain: Record<string, string> = {};
    for (const [name, value] of Object.entries(headers)) {
        if (value !== undefined && value !== null && typeof value !== 'function') {
            plain[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : String(value);
        }
    }
    return plain;
}
