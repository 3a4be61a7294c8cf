import http from 'node:http';
import type net from 'node:net';

/** One request as a test server received it. */
export interface Received {
    readonly method: string;
    /** With the query, as it was sent. */
    readonly url: string;
    readonly headers: http.IncomingHttpHeaders;
    readonly body: string;
}

/** What a test server answers. A body that is no string goes out as JSON. */
export interface Answer {
    readonly status?: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: unknown;
}

/** Decides the answer; `cut` closes the connection without one, `hang` never answers. */
export type Answering = (request: Received, count: number) => Answer | 'cut' | 'hang' | Promise<Answer | 'cut' | 'hang'>;

/** A real HTTP server on 127.0.0.1 that writes down what it receives. */
export interface Listening {
    readonly url: string;
    readonly received: Received[];
    /** Connections that were opened. */
    readonly connections: () => number;
    close(): Promise<void>;
}

/** Starts a server on a free port; its base may be another kind of server, such as one with TLS. */
export async function listening(
    answering: Answering,
    server: http.Server | import('node:https').Server = http.createServer(),
): Promise<Listening> {
    const received: Received[] = [];
    let connections = 0;
    server.on('connection', () => {
        connections += 1;
    });
    server.on('request', async (request: http.IncomingMessage, response: http.ServerResponse) => {
        const chunks: Buffer[] = [];
        for await (const chunk of request) {
            chunks.push(chunk as Buffer);
        }
        const { method = '', url = '', headers } = request;
        received.push({ method, url, headers, body: Buffer.concat(chunks).toString('utf8') });
        const answer = await answering(received[received.length - 1] as Received, received.length);
        if (answer === 'cut') {
            request.socket.destroy();
        } else if (answer !== 'hang') {
            const text =
                typeof answer.body === 'string' ? answer.body : answer.body === undefined ? '' : JSON.stringify(answer.body);
            const type = typeof answer.body === 'string' ? 'text/html' : 'application/json';
            response.writeHead(answer.status ?? 200, { 'content-type': type, ...answer.headers }).end(text);
        }
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as net.AddressInfo;
    return {
        url: `${'setSecureContext' in server ? 'https' : 'http'}://127.0.0.1:${port}`,
        received,
        connections: () => connections,
        close: () =>
            new Promise((resolve) => {
                server.close(() => resolve());
                server.closeAllConnections();
            }),
    };
}
