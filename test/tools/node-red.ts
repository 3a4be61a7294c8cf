import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';

/** A message as Node-RED passes it from node to node. */
export type Message = Record<string, unknown>;

/** A node as it stands in a flow file. */
export interface FlowNode {
    id: string;
    type: string;
    [property: string]: unknown;
}

/** What a node shows below itself; all absent once it was cleared. */
export interface NodeStatus {
    fill?: string;
    shape?: string;
    text?: string;
}

/** How much of the flows a deploy stops and starts again. */
export type DeployType = 'full' | 'flows' | 'nodes';

/** A running node, as far as tests need it. */
export interface RunningNode {
    id: string;
    type: string;
    receive(message?: Message): void;
}

interface Events {
    on(event: string, listener: (event: never) => void): void;
    once(event: string, listener: (event: never) => void): void;
    off(event: string, listener: (event: never) => void): void;
    emit(event: string, payload?: unknown): void;
    eventNames(): (string | symbol)[];
    removeAllListeners(event: string | symbol): void;
}

/** What Node-RED's hooks tell of messages (Node-RED documentation, "Hooks"). */
interface Hooks {
    add(hook: 'onSend.start', listener: (sent: { msg: Message; source: { id: string; port: number } }[]) => void): void;
    add(hook: 'onComplete.start', listener: (completed: { node: { id: string }; error?: unknown }) => void): void;
    add(
        hook: 'onReceive.recording',
        listener: (received: { msg: Message; destination: { node: { id: string; type: string } } }) => void,
    ): void;
    remove(label: '*.start' | '*.recording'): void;
}

type RequestHandler = (request: unknown, response: unknown, next?: () => void) => void;

/** The part of the `node-red` module that embedding needs; `@types/node-red` lacks some of it. */
export interface NodeRed {
    init(server: Server, settings: Record<string, unknown>): void;
    start(): Promise<void>;
    stop(): Promise<void>;
    readonly version: () => string;
    readonly events: Events;
    readonly hooks: Hooks;
    readonly httpAdmin: RequestHandler;
    readonly httpNode: RequestHandler;
    readonly nodes: {
        getNode(id: string): RunningNode | null;
        getNodeList(filter?: (set: NodeSet) => boolean): NodeSet[];
        getFlows(): { flows: FlowNode[]; rev: string };
    };
    readonly runtime: {
        flows: { setFlows(options: { flows: { flows: readonly FlowNode[] }; deploymentType: DeployType }): Promise<unknown> };
    };
}

/** One `.js`/`.html` pair that Node-RED knows. */
export interface NodeSet {
    id: string;
    module: string;
    name: string;
    types: string[];
    enabled: boolean;
    err?: { code?: string } | string;
}

/** An Express application that others are mounted on. */
export interface Application extends RequestHandler {
    use(path: string, handler: RequestHandler): void;
}

/** The checkout that this build was made from: the folder of `package.json`. */
export const checkout = findCheckout(__dirname);

/** The build folder that this file lies in: `dist`, or the folder a developer compiles into. */
export const build = resolve(__dirname, '..', '..');

/** The npm name of the package, which Node-RED uses as the name of the module. */
export const packageName = '@oro-dotdigital/node-red';

/**
 * Loads Node-RED: the development dependency, or the one in the folder that `NODE_RED_PATH` names, so that the same tests
 * run on another version.
 */
export function loadNodeRed(): { red: NodeRed; express: () => Application } {
    const requireHere = createRequire(
        process.env['NODE_RED_PATH'] ? resolve(process.env['NODE_RED_PATH'], 'package.json') : __filename,
    );
    const entry = requireHere.resolve(process.env['NODE_RED_PATH'] ? resolve(process.env['NODE_RED_PATH']) : 'node-red');
    const requireThere = createRequire(entry);
    return { red: requireThere(entry) as NodeRed, express: requireThere('express') as () => Application };
}

function findCheckout(folder: string): string {
    const requireHere = createRequire(__filename);
    for (let top = folder; top !== resolve(top, '..'); top = resolve(top, '..')) {
        try {
            const found = requireHere(resolve(top, 'package.json')) as { name?: string };
            if (found.name === '@oro-dotdigital/node-red') return top;
        } catch {
            // No package.json here: look one folder further up.
        }
    }
    throw new Error('The tests must lie inside a checkout of the package.');
}
