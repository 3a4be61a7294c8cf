import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** How the Node-RED under test is set up. */
export interface NodeRedOptions {
    /** Flows to start with; none by default. */
    readonly flows?: readonly Record<string, unknown>[];
    /** Path below which the editor is served; `/` by default. */
    readonly httpAdminRoot?: string;
    /** Further settings of Node-RED. */
    readonly settings?: Readonly<Record<string, unknown>>;
    /** Further environment variables. */
    readonly environment?: Readonly<Record<string, string>>;
}

/** A Node-RED in a process of its own, with this package loaded as it was built. */
export interface NodeRedProcess {
    /** Address of the editor, with a slash at its end. */
    readonly url: string;
    readonly userDir: string;
    /** What it has printed so far. */
    log(): string;
    stop(): Promise<void>;
}

/** Folder of the package under test: `NODE_RED_PACKAGE`, else the one that holds its own package.json: two levels up where it was built into `dist`, the build folder otherwise. */
function packageFolder(): string {
    const installed = process.env['NODE_RED_PACKAGE'];
    if (installed) return installed;
    let folder = __dirname;
    while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
    return folder;
}

/**
 * Starts Node-RED. `EDITOR_NODE_RED` names the folder of another installation of node-red and `EDITOR_NODE` the Node.js
 * that runs it, so that the same tests run on Node-RED 5.
 */
export async function startNodeRed(options: NodeRedOptions = {}): Promise<NodeRedProcess> {
    const installation = process.env['EDITOR_NODE_RED'] ?? dirname(require.resolve('node-red/package.json'));
    const node = process.env['EDITOR_NODE'] ?? process.execPath;
    const userDir = mkdtempSync(join(tmpdir(), 'editor-test-'));
    const port = await freePort();
    const root = options.httpAdminRoot ?? '/';
    const settings = {
        uiHost: '127.0.0.1',
        uiPort: port,
        httpAdminRoot: root,
        userDir,
        flowFile: 'flows.json',
        credentialSecret: 'editor-test',
        nodesDir: [packageFolder()],
        telemetry: { enabled: false },
        editorTheme: { tours: false, palette: { editable: false }, codeEditor: { lib: 'ace' } },
        ...options.settings,
        logging: { console: { level: 'info', metrics: false, audit: false } },
    };
    writeFileSync(join(userDir, 'settings.js'), `module.exports = ${JSON.stringify(settings)};`);
    writeFileSync(join(userDir, 'flows.json'), JSON.stringify(options.flows ?? []));
    const child = spawn(node, [join(installation, 'red.js'), '--userDir', userDir, '--settings', join(userDir, 'settings.js')], {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, NODE_OPTIONS: '', ...options.environment },
    });
    let printed = '';
    child.stdout.on('data', (chunk: Buffer) => {
        printed += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
        printed += chunk.toString();
    });
    const stop = async () => {
        await ended(child);
        rmSync(userDir, { recursive: true, force: true });
    };
    await started(child, () => printed).catch(async (error: unknown) => {
        await stop();
        throw error;
    });
    return { userDir, url: `http://127.0.0.1:${port}${root.endsWith('/') ? root : `${root}/`}`, log: () => printed, stop };
}

function freePort(): Promise<number> {
    return new Promise((resolve, reject) => {
        const server = createServer();
        server.once('error', reject);
        server.listen(0, '127.0.0.1', () => {
            const address = server.address();
            server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
        });
    });
}

/** Resolves when the flows run; rejects with what was printed when the process ends before that. */
function started(child: ChildProcess, printed: () => string): Promise<void> {
    return new Promise((resolve, reject) => {
        const look = () => {
            if (/Started flows/.test(printed())) resolve();
        };
        child.stdout?.on('data', look);
        child.once('exit', (code) => reject(new Error(`Node-RED ended with ${code}:\n${printed()}`)));
        child.once('error', reject);
    });
}

function ended(child: ChildProcess): Promise<void> {
    return new Promise((resolve) => {
        if (child.exitCode !== null || child.signalCode !== null) {
            resolve();
            return;
        }
        child.once('exit', () => resolve());
        child.kill('SIGTERM');
        setTimeout(() => child.kill('SIGKILL'), 10_000).unref();
    });
}
