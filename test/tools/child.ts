import { type ChildProcess, fork } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Command, Memory, Report } from './child-process';
import type { EmbeddedOptions } from './embedded';
import type { DeployType, FlowNode, Message } from './node-red';
import { Recording } from './recording';
import { temporaryUserDirectory } from './user-directory';

/** How a Node-RED in a process of its own is set up. */
export interface ChildOptions extends Omit<EmbeddedOptions, 'settings'> {
    /** More of Node-RED's settings, as far as they are JSON. */
    settings?: Record<string, unknown>;
    /** Environment variables besides those of this process. */
    environment?: Record<string, string>;
    /** Options of Node.js, such as `--expose-gc` (then {@link Child.memory} collects first). */
    nodeOptions?: readonly string[];
}

/**
 * A real Node-RED in a process of its own, with what {@link Embedded} has: it can be killed at any moment and started again
 * on the same user directory, where its flows, credentials and the durable memory of the nodes are.
 *
 * ```ts
 * const child = await startChild();
 * await child.deploy(flows);
 * await child.send('reader');
 * await child.untilStatus('reader', /400 \//);
 * await child.kill();
 * await child.restart();              // the saved flows run again
 * await child.nextMessage('summary');
 * await child.stop();
 * ```
 *
 * What the processes recorded before a kill stays in the recording; `nextMessage` goes on with what comes after.
 */
export class Child extends Recording {
    /** Address of the editor and its API, ending with a slash; another one after a restart. */
    url = '';
    readonly userDirectory: string;
    /** What the process wrote to standard output and standard error since its last start; the newest megabyte. */
    output = '';
    readonly #options: ChildOptions;
    #process: ChildProcess | null = null;
    #asked = 0;
    #answers = new Map<number, { resolve: (answer: unknown) => void; reject: (reason: Error) => void }>();
    #meantToEnd = false;

    constructor(options: ChildOptions) {
        super();
        this.userDirectory = options.userDirectory ?? temporaryUserDirectory();
        this.#options = options;
    }

    /** The process id while it runs. */
    get pid(): number | undefined {
        return this.#process?.pid;
    }

    /** Deploys and waits until the flows run, see {@link Embedded.deploy}. */
    async deploy(flows: readonly FlowNode[], type: DeployType = 'full'): Promise<void> {
        await this.#ask({ do: 'deploy', flows, type });
    }

    /** Hands a message to a node, or presses the button of an inject node. */
    async send(node: string, message?: Message): Promise<void> {
        await this.#ask({ do: 'send', node, message });
    }

    /** Lets a holding probe pass on what it holds. */
    async release(probe: string): Promise<void> {
        await this.#ask({ do: 'release', probe });
    }

    /** How much memory the process has. */
    async memory(): Promise<Memory> {
        return (await this.#ask({ do: 'memory' })) as Memory;
    }

    /** Ends the process at once, as a power cut would (SIGKILL), and waits until it is gone. */
    async kill(): Promise<void> {
        await this.#gone(() => this.#process?.kill('SIGKILL'));
    }

    /** Starts the process, again after a kill or {@link halt}, on the same user directory; ends when the saved flows run. */
    async restart(): Promise<void> {
        if (this.#process) throw new Error('The process still runs.');
        const { environment, nodeOptions, ...options } = this.#options;
        this.#meantToEnd = false;
        this.output = '';
        const started = fork(join(__dirname, 'child-process.js'), {
            env: { ...process.env, ...environment },
            execArgv: [...(nodeOptions ?? [])],
            stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
        });
        this.#process = started;
        for (const stream of [started.stdout, started.stderr]) {
            stream?.on('data', (text: Buffer) => {
                this.output = (this.output + text.toString()).slice(-1_000_000);
            });
        }
        started.on('message', (report: Report) => this.#hear(report));
        started.once('exit', (code, signal) => this.#ended(code, signal));
        const { url } = (await this.#ask({ do: 'start', options: { ...options, userDirectory: this.userDirectory } })) as {
            url: string;
        };
        this.url = url;
    }

    /** Stops Node-RED in good order (flows closed) and ends the process; the user directory stays. */
    async halt(): Promise<void> {
        if (!this.#process) return;
        await this.#ask({ do: 'stop' });
        await this.kill();
    }

    /** {@link halt}, and removes the user directory if it was a temporary one. */
    async stop(): Promise<void> {
        await this.halt();
        if (!this.#options.userDirectory) rmSync(this.userDirectory, { recursive: true, force: true, maxRetries: 5 });
    }

    #ask(command: Command): Promise<unknown> {
        const child = this.#process;
        if (!child) return Promise.reject(new Error('The process does not run.'));
        const number = ++this.#asked;
        return new Promise((resolve, reject) => {
            this.#answers.set(number, { resolve, reject });
            child.send({ number, command });
        });
    }

    #hear(report: Report): void {
        if ('probe' in report) this.addMessage(report.probe, report.message);
        else if ('node' in report) this.addStatus(report.node, report.status);
        else if ('log' in report) this.addLog(report.log);
        else {
            const asked = this.#answers.get(report.about);
            this.#answers.delete(report.about);
            if (report.error === undefined) asked?.resolve(report.answer);
            else asked?.reject(new Error(report.error));
        }
    }

    async #gone(end: () => void): Promise<void> {
        const child = this.#process;
        if (!child) return;
        this.#meantToEnd = true;
        const exit = new Promise((resolve) => child.once('exit', resolve));
        end();
        await exit;
    }

    #ended(code: number | null, signal: string | null): void {
        this.#process = null;
        const reason = new Error(`Node-RED's process ended (${signal ?? code}). ${this.output.slice(-4_000)}`);
        for (const asked of this.#answers.values()) asked.reject(reason);
        this.#answers.clear();
        // A waiting test fails at once instead of waiting in vain, except where the end was asked for and a restart follows.
        if (!this.#meantToEnd) this.fail(reason);
    }
}

/** Starts a Node-RED in a process of its own and waits until its flows run. */
export async function startChild(options: ChildOptions = {}): Promise<Child> {
    const child = new Child(options);
    await child.restart();
    return child;
}
