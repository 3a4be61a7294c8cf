import type { NodeAPI } from 'node-red';
import { PackageError } from '../http/errors';
import type { TlsSettings } from '../http/http';
import type { Connection, ConnectionHost } from './connection';
import { limitsFrom } from './limits';
import { type Hooks, Tracer } from './tracing';

/** What a deployed connection node offers to the nodes that use it. */
export interface ConnectionNode {
    readonly connection: Connection;
}

/** What connections need of this Node-RED. */
export function hostOf(RED: NodeAPI): ConnectionHost {
    return {
        userDir: String((RED.settings as { userDir?: unknown }).userDir ?? process.cwd()),
        tls: (id) => tlsOf(RED, id),
        limits: limitsFrom(RED.settings),
    };
}

/** The connection that a node uses. */
export function connectionOf(RED: NodeAPI, id: string): Connection {
    const node = RED.nodes.getNode(id) as unknown as Partial<ConnectionNode> | null;
    if (node?.connection === undefined) {
        throw new PackageError(
            'connectionMissing',
            'No connection is chosen, or it is not deployed. Open the node, choose the connection, and deploy.',
        );
    }
    return node.connection;
}

/** Certificates of a core tls-config node. Whether certificates are verified is not taken from it: they always are. */
function tlsOf(RED: NodeAPI, id: string): TlsSettings | undefined {
    const node = RED.nodes.getNode(id) as unknown as {
        addTLSOptions?(options: object): TlsSettings & Record<string, unknown>;
    } | null;
    const options = node?.addTLSOptions?.({});
    if (options === undefined) return undefined;
    const { ca, cert, key, passphrase, servername } = options;
    return Object.fromEntries(
        Object.entries({ ca, cert, key, passphrase, servername }).filter(([, value]) => value !== undefined),
    ) as TlsSettings;
}

const tracers = new WeakMap<object, Tracer>();

/** The tracer of this Node-RED; null where it has no hooks. */
export function tracerOf(RED: NodeAPI): Tracer | null {
    const hooks = (RED as unknown as { hooks?: Hooks }).hooks;
    if (hooks === undefined) return null;
    const tracer = tracers.get(hooks) ?? new Tracer(hooks);
    tracers.set(hooks, tracer);
    return tracer;
}
