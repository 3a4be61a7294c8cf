import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Fault, Faults, ServiceName } from './faults';
import type { RequestLog } from './request-log';
import type { SandboxAnswer, SandboxRequest } from './service';

/** Nothing larger is kept; a service refuses earlier by its own limit. */
const MAX_BODY_BYTES = 64_000_000;
const KEEP_ALIVE_MS = 65_000;
const WEB_PAGE = '<!DOCTYPE html><html><head><title>Welcome</title></head><body><h1>Welcome</h1></body></html>';

/** How long a service takes, in milliseconds. */
export interface ServiceDelay {
    readonly requestMs?: number;
    readonly recordMs?: number;
}

/** What a server needs to know of the sandbox it belongs to. */
export interface ServerRoom {
    readonly service: ServiceName;
    readonly faults: Faults;
    readonly log: RequestLog;
    delay(): ServiceDelay;
    handle(request: SandboxRequest): Promise<SandboxAnswer> | SandboxAnswer;
    /** Paths below `/sandbox/`: no authentication, no faults, no delay, not counted. */
    desk(request: SandboxRequest): Promise<SandboxAnswer> | SandboxAnswer;
}

/** Starts one of the two HTTP servers on loopback. */
export async function listen(room: ServerRoom, port: number): Promise<{ server: Server; port: number }> {
    const server = createServer((incoming, outgoing) => {
        serve(room, incoming, outgoing).catch((failure: unknown) => {
            if (incoming.destroyed && outgoing.destroyed) return;
            send(outgoing, { status: 500, body: { message: `The sandbox failed: ${String(failure)}` } });
        });
    });
    server.keepAliveTimeout = KEEP_ALIVE_MS;
    server.requestTimeout = 0;
    await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, '127.0.0.1', resolve);
    });
    return { server, port: (server.address() as AddressInfo).port };
}

async function serve(room: ServerRoom, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const url = incoming.url ?? '/';
    const method = incoming.method ?? 'GET';
    const body = await readBody(incoming);
    const [path = '/', search = ''] = splitOnce(url, '?');
    const request: SandboxRequest = { method, path, query: new URLSearchParams(search), headers: headersOf(incoming), body };
    if (path.startsWith('/sandbox/')) return send(outgoing, await room.desk(request));

    room.log.count(method, path);
    const fault = room.faults.take(room.service, method, url);
    if (fault && !(await beforeHandling(fault, incoming, outgoing))) return;
    const answer = await room.handle(request);
    if (answer.status >= 400) room.log.refuse({ method, path, status: answer.status, why: answer.why ?? reasonOf(answer.body) });
    const { requestMs = 0, recordMs = 0 } = room.delay();
    await pause(requestMs + recordMs * (answer.records ?? 0));
    if (fault?.kind === 'resetAfter') incoming.socket.resetAndDestroy();
    else if (fault?.kind !== 'hangAfter') send(outgoing, answer);
}

/** @returns whether the request is to be handled nevertheless */
async function beforeHandling(fault: Fault, incoming: IncomingMessage, outgoing: ServerResponse): Promise<boolean> {
    switch (fault.kind ?? 'answer') {
        case 'reset':
            incoming.socket.resetAndDestroy();
            return false;
        case 'hang':
            return false;
        case 'html': {
            const headers = { 'content-type': 'text/html; charset=utf-8', ...fault.headers };
            send(outgoing, { status: fault.status ?? 200, headers, body: fault.body ?? WEB_PAGE });
            return false;
        }
        case 'answer':
            send(outgoing, { status: fault.status ?? 500, ...(fault.headers && { headers: fault.headers }), body: fault.body });
            return false;
        case 'delay':
            await pause(fault.ms ?? 0);
            return true;
        default:
            return true;
    }
}

function send(outgoing: ServerResponse, answer: SandboxAnswer): void {
    const { body } = answer;
    const headers: Record<string, string | number> = {};
    let bytes = Buffer.alloc(0);
    if (typeof body === 'string') {
        bytes = Buffer.from(body);
        headers['content-type'] = 'text/plain; charset=utf-8';
    } else if (Buffer.isBuffer(body)) {
        bytes = body as Buffer<ArrayBuffer>;
    } else if (body !== undefined) {
        bytes = Buffer.from(JSON.stringify(body));
        headers['content-type'] = 'application/json; charset=utf-8';
    }
    for (const [name, value] of Object.entries(answer.headers ?? {})) headers[name.toLowerCase()] = value;
    headers['content-length'] = bytes.length;
    outgoing.writeHead(answer.status, headers);
    outgoing.end(bytes);
}

/** Reads the body to its end; of one that is too large only so much is kept that the service sees it is. */
async function readBody(incoming: IncomingMessage): Promise<Buffer> {
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of incoming as AsyncIterable<Buffer>) {
        if (length <= MAX_BODY_BYTES) chunks.push(chunk);
        length += chunk.length;
    }
    return Buffer.concat(chunks);
}

function headersOf(incoming: IncomingMessage): Record<string, string> {
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(incoming.headers)) {
        if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
    }
    return headers;
}

function splitOnce(text: string, separator: string): string[] {
    const at = text.indexOf(separator);
    return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function reasonOf(body: unknown): string {
    if (body === undefined) return '';
    return (typeof body === 'string' ? body : Buffer.isBuffer(body) ? body.toString('utf8') : JSON.stringify(body)).slice(0, 500);
}

function pause(milliseconds: number): Promise<void> {
    return milliseconds > 0 ? new Promise((resolve) => setTimeout(resolve, milliseconds)) : Promise.resolve();
}
