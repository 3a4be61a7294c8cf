import { Agent, createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Services } from './mirror';

/** A request on its way from the nodes to a service. */
export interface Passing {
    readonly service: 'oro' | 'dotdigital';
    readonly method: string;
    /** Path with the query. */
    readonly path: string;
    readonly body: string;
}

/** What happens to a request: it passes, the connection is cut, it is never answered, or answered with 503. */
export type Fate = 'pass' | 'cut' | 'hang' | 'unavailable';

/** Told of every request, before it is handled by the service and after. What it answers happens to the request. */
export interface Watcher {
    before(passing: Passing): Promise<Fate>;
    after(passing: Passing): Promise<Fate>;
}

/**
 * Stands between the nodes and the two services and asks before and after each request what is to happen: this is how a test
 * gets in between any two steps. Once it is dead nothing passes any more, as when the process that sent it was killed.
 */
export class Between implements Services {
    private dead = false;
    private readonly servers: Server[] = [];
    private readonly agent = new Agent({ keepAlive: true });
    oroUrl = '';
    dotdigitalUrl = '';

    private constructor(
        private readonly services: Services,
        private readonly watcher: Watcher,
    ) {}

    static async of(services: Services, watcher: Watcher): Promise<Between> {
        const between = new Between(services, watcher);
        between.oroUrl = await between.listen('oro', services.oroUrl);
        between.dotdigitalUrl = await between.listen('dotdigital', services.dotdigitalUrl);
        return between;
    }

    get credentials(): Services['credentials'] {
        return this.services.credentials;
    }

    /** From here on nothing passes, also not what was asked for already. */
    die(): void {
        this.dead = true;
        for (const server of this.servers) server.closeAllConnections();
    }

    /** A new process may use it. Nothing of the one before must be left. */
    revive(): void {
        this.dead = false;
    }

    close(): void {
        this.die();
        for (const server of this.servers) server.close();
        this.agent.destroy();
    }

    private async listen(service: Passing['service'], target: string): Promise<string> {
        const server = createServer((incoming, outgoing) => {
            this.pass(service, target, incoming, outgoing).catch(() => incoming.destroy());
        });
        this.servers.push(server);
        await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
        return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    }

    private async pass(
        service: Passing['service'],
        target: string,
        incoming: IncomingMessage,
        outgoing: ServerResponse,
    ): Promise<void> {
        const chunks: Buffer[] = [];
        for await (const chunk of incoming) chunks.push(chunk as Buffer);
        const body = Buffer.concat(chunks);
        const { method = '', url = '', headers } = incoming;
        const passing = { service, method, path: url, body: body.toString() };
        if (this.happens(await this.watcher.before(passing), incoming, outgoing)) return;
        const answer = await this.forward(`${target}${url}`, method, headers, body);
        if (this.happens(await this.watcher.after(passing), incoming, outgoing)) return;
        outgoing.writeHead(answer.status, answer.headers);
        outgoing.end(answer.body);
    }

    /** True when the request ends here. */
    private happens(fate: Fate, incoming: IncomingMessage, outgoing: ServerResponse): boolean {
        if (this.dead || fate === 'cut') incoming.destroy();
        else if (fate === 'unavailable') outgoing.writeHead(503, { 'content-type': 'application/json' }).end('{}');
        return this.dead || fate !== 'pass';
    }

    private forward(
        url: string,
        method: string,
        headers: IncomingMessage['headers'],
        body: Buffer,
    ): Promise<{ status: number; headers: IncomingMessage['headers']; body: Buffer }> {
        return new Promise((resolve, reject) => {
            const sent = request(url, { method, headers, agent: this.agent }, (answer) => {
                const chunks: Buffer[] = [];
                answer.on('data', (chunk: Buffer) => chunks.push(chunk));
                answer.on('end', () =>
                    resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks) }),
                );
            });
            sent.on('error', reject);
            sent.end(body);
        });
    }
}
