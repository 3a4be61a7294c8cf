import { rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { type DeployType, type FlowNode, loadNodeRed, type Message, type NodeRed, type NodeStatus } from './node-red';
import type { ProbeEvent } from './nodes/probe';
import { type LogLine, logText, plainCopy, Recording } from './recording';
import { installPackage, installProbe, temporaryUserDirectory } from './user-directory';

/** How a Node-RED under test is set up. Everything has a default. */
export interface EmbeddedOptions {
    /** Kept when it ends. Absent: a temporary one, removed by `stop`. */
    userDirectory?: string;
    /** Below which path the editor's API is; `false`: none. Default `/`. */
    adminRoot?: string | false;
    /** Serves the editor itself too. Default: only its API. */
    editor?: boolean;
    /** Where node, flow and global context live. Default `memory`, as in a Node-RED that was not set up. */
    context?: 'memory' | 'file';
    /** The port on 127.0.0.1; 0, the default: any free one. */
    port?: number;
    /** The finest level that is recorded. Default `info`. */
    logLevel?: 'error' | 'warn' | 'info' | 'debug' | 'trace';
    /** Types of nodes whose incoming messages are recorded as those of probes are, for example `['debug']`. Slows every message. */
    record?: readonly string[];
    /** Leaves out the probe node, for what a person will look at. */
    withoutProbe?: boolean;
    /** More of Node-RED's settings; they win. */
    settings?: Record<string, unknown>;
}

/**
 * A real Node-RED in this process, with the nodes of this build installed as for a user.
 *
 * Only one can run in a process at a time; a stopped one can be followed by another (`before`/`after` of each spec file).
 * It is real: flows are saved in the user directory, credentials are taken out of the nodes and encrypted.
 *
 * Flows of tests may hold nodes of the type `probe`: whatever reaches one is recorded and passed on. Wire a `catch` or
 * `status` node to a probe to see errors and statuses as flows see them. `{id: 'p', type: 'probe', z: 'tab', hold: true}`
 * keeps its messages until {@link release}.
 *
 * ```ts
 * const nodeRed = await startEmbedded();
 * await nodeRed.deploy([{ id: 'tab', type: 'tab' }, …, { id: 'out', type: 'probe', z: 'tab', wires: [] }]);
 * nodeRed.send('reader', {});
 * const message = await nodeRed.nextMessage('out');
 * await nodeRed.stop();
 * ```
 */
export class Embedded extends Recording {
    /** The `node-red` module itself, for what is not offered here. */
    readonly red: NodeRed;
    readonly userDirectory: string;
    /** Address of the editor and its API, ending with a slash. */
    readonly url: string;
    /** Folder of the package under test, as Node-RED sees it. */
    readonly packageFolder: string;
    readonly #end: () => Promise<void>;

    constructor(red: NodeRed, userDirectory: string, url: string, packageFolder: string, end: () => Promise<void>) {
        super();
        this.red = red;
        this.userDirectory = userDirectory;
        this.url = url;
        this.packageFolder = packageFolder;
        this.#end = end;
    }

    /**
     * Deploys what the flow file shall hold from now on, and waits until it runs. Secrets stand in a node's `credentials`, as
     * the editor sends them; a node without `credentials` keeps the stored ones. Whatever has `wires` is an ordinary node.
     */
    async deploy(flows: readonly FlowNode[], type: DeployType = 'full'): Promise<void> {
        const started = flowsStarted(this.red);
        // Node-RED takes a node without a place on the canvas for a config node.
        const placed = flows.map((node) => ('wires' in node ? { x: 0, y: 0, ...node } : node));
        await this.red.runtime.flows.setFlows({ flows: { flows: placed }, deploymentType: type });
        await started;
    }

    /** Hands a message to the input of a node; without a message it presses the button of an inject node. */
    send(node: string, message?: Message): void {
        const found = this.red.nodes.getNode(node);
        if (!found) throw new Error(`No node ${node} is running.\n${this.describe()}`);
        found.receive(message);
    }

    /** Lets a holding probe pass on what it holds. */
    release(probe: string): void {
        this.red.events.emit('probe:release', probe);
    }

    /**
     * A module of the package as the running nodes have it (they share it with the test when both come from one build):
     * `nodeRed.module<typeof import('../../src/runtime/connection')>('src/runtime/connection')`.
     */
    module<T>(path: string): T {
        return require(join(this.packageFolder, 'dist', path)) as T;
    }

    /** Stops the flows and Node-RED, and removes the user directory if it was a temporary one. */
    async stop(): Promise<void> {
        await this.#end();
        this.end(new Error('Node-RED was stopped.'));
    }
}

/** Hears what is recorded as it comes. */
export interface Listener {
    message(probe: string, message: Message): void;
    status(node: string, status: NodeStatus): void;
    log(line: LogLine): void;
}

/** Starts a Node-RED in this process and waits until its flows run. */
export async function startEmbedded(options: EmbeddedOptions = {}, listener?: Listener): Promise<Embedded> {
    const { red, express } = loadNodeRed();
    const userDirectory = options.userDirectory ?? temporaryUserDirectory();
    const packageFolder = installPackage(userDirectory);
    if (!options.withoutProbe) installProbe(userDirectory);

    const application = express();
    const server = createServer(application);
    await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(options.port ?? 0, '127.0.0.1', resolve);
    });
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const adminRoot = options.adminRoot ?? '/';
    const url = new URL(adminRoot ? `${adminRoot.replace(/\/+$/, '')}/` : '/', `http://127.0.0.1:${port}`).href;

    // Who listens keeps the record: a long run in a child process would otherwise hold every message twice.
    const record = listener ?? {
        message: (probe: string, message: Message) => embedded.addMessage(probe, message),
        status: (node: string, status: NodeStatus) => embedded.addStatus(node, status),
        log: (line: LogLine) => embedded.addLog(line),
    };
    const onProbe = ({ id, message }: ProbeEvent) => record.message(id, message);
    const onStatus = ({ id, status }: { id: string; status?: NodeStatus }) => record.status(id, { ...status });
    const embedded = new Embedded(red, userDirectory, url, packageFolder, async () => {
        await red.stop();
        red.hooks.remove('*.recording');
        // Node-RED adds these at each start and never takes them away, as it expects to be started once in a process.
        for (const name of red.events.eventNames()) if (String(name).startsWith('comms:')) red.events.removeAllListeners(name);
        red.events.off('probe', onProbe);
        red.events.off('node-status', onStatus);
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
        if (!options.userDirectory) rmSync(userDirectory, { recursive: true, force: true, maxRetries: 5 });
    });

    red.init(server, {
        userDir: userDirectory,
        flowFile: 'flows.json',
        credentialSecret: 'a secret of the tests',
        httpAdminRoot: adminRoot,
        httpNodeRoot: '/',
        disableEditor: !options.editor,
        contextStorage: options.context === 'file' ? { default: { module: 'localfilesystem' } } : undefined,
        logging: {
            console: { level: 'off', metrics: false, audit: false },
            recording: {
                level: options.logLevel ?? 'info',
                metrics: false,
                audit: false,
                handler: () => (line: LogLine & { msg: unknown }) =>
                    record.log({ level: line.level, text: logText(line.msg), id: line.id, type: line.type }),
            },
        },
        // Node-RED asks for consent and shows a tour in a dialog that would stand before everything else.
        telemetry: { enabled: false, updateNotification: false },
        editorTheme: { tours: false },
        ...options.settings,
    });
    red.events.on('probe', onProbe);
    red.events.on('node-status', onStatus);
    if (options.record) {
        red.hooks.add('onReceive.recording', ({ msg, destination: { node } }) => {
            if (options.record?.includes(node.type)) record.message(node.id, plainCopy(msg));
        });
    }
    if (adminRoot) application.use(adminRoot, red.httpAdmin);
    application.use('/', red.httpNode);

    const started = flowsStarted(red);
    await red.start();
    await started;
    return embedded;
}

/** Ends when the flows run; fails when a node type that they name is not there, as then they never start. */
function flowsStarted(red: NodeRed): Promise<void> {
    return new Promise((resolve, reject) => {
        const onStarted = () => {
            stop();
            resolve();
        };
        const onEvent = ({ payload }: { payload?: { error?: string; types?: string[] } }) => {
            if (payload?.error !== 'missing-types') return;
            stop();
            const broken = red.nodes
                .getNodeList((set) => Boolean(set.err))
                .map((set) => `${set.id}: ${String(set.err).split('\n')[0]}`);
            reject(new Error(`Node types that are not there: ${payload.types?.join(', ')}. ${broken.join('; ')}`));
        };
        const stop = () => {
            red.events.off('flows:started', onStarted);
            red.events.off('runtime-event', onEvent);
        };
        red.events.on('flows:started', onStarted);
        red.events.on('runtime-event', onEvent);
    });
}
