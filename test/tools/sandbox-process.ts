import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { ControlCommand, SandboxCredentials, SandboxReport } from '../../src/sandbox';
import { build, type FlowNode } from './node-red';

/** How a sandbox in a process of its own is set up; see the options of the same names in `src/sandbox`. */
export interface SandboxProcessOptions {
    size?: number;
    seed?: number;
    oroPort?: number;
    dotdigitalPort?: number;
    /** Keeps the state there, so that a sandbox started again on it goes on where the last one ended. */
    directory?: string;
    stock?: boolean;
}

/**
 * The sandbox in a process of its own, so that it runs on while Node-RED is killed, and so that its memory is not counted
 * among Node-RED's.
 */
export class SandboxProcess {
    readonly oroUrl: string;
    readonly dotdigitalUrl: string;
    readonly credentials: SandboxCredentials;
    readonly #process: ChildProcess;

    constructor(child: ChildProcess, listening: { oroUrl: string; dotdigitalUrl: string; credentials: SandboxCredentials }) {
        this.#process = child;
        this.oroUrl = listening.oroUrl;
        this.dotdigitalUrl = listening.dotdigitalUrl;
        this.credentials = listening.credentials;
    }

    /** Changes data, clock, delays and faults: one object with any of the sandbox's control commands. */
    control(command: ControlCommand): Promise<Record<string, unknown>> {
        return this.#json('control', {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify(command),
        });
    }

    /** What the services hold now. */
    report(): Promise<SandboxReport> {
        return this.#json('report');
    }

    /** Whole contacts of Dotdigital: those on a list, or with an address. */
    contacts(of: { list: number } | { email: string }): Promise<Record<string, unknown>[]> {
        return this.#json(`contacts?${new URLSearchParams(Object.entries(of).map(([name, value]) => [name, String(value)]))}`);
    }

    /** The number of members of a list and one digest over all of them, for lists too long to fetch. */
    listDigest(list: number): Promise<{ members: number; digest: string }> {
        return this.#json(`contacts?listDigest=${list}`);
    }

    /** What is known about the seeded people: how many members, without e-mail, double, opted out and so on. */
    seed(): Promise<{ main: Record<string, number> }> {
        return this.#json('seed');
    }

    /**
     * A connection node that leads here.
     *
     * @param id of the node
     * @param more properties that win
     */
    connection(id: string, more: Record<string, unknown> = {}): FlowNode {
        return {
            id,
            type: 'oro-dotdigital-connection',
            name: '',
            environment: 'live',
            oroUrl: this.oroUrl,
            oroAdminPrefix: 'admin',
            dotdigitalUrl: this.dotdigitalUrl,
            callbackUrl: '',
            tls: '',
            storePath: '',
            version: 1,
            credentials: { ...this.credentials },
            ...more,
        };
    }

    /** Ends the process in good order. */
    async stop(): Promise<void> {
        await this.#end('SIGTERM');
    }

    /** Ends the process at once. */
    async kill(): Promise<void> {
        await this.#end('SIGKILL');
    }

    async #end(signal: NodeJS.Signals): Promise<void> {
        if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
        const exit = new Promise((resolve) => this.#process.once('exit', resolve));
        this.#process.kill(signal);
        await exit;
    }

    async #json<T>(path: string, init?: RequestInit): Promise<T> {
        const answer = await fetch(new URL(`/sandbox/${path}`, this.dotdigitalUrl), init);
        if (!answer.ok) throw new Error(`The sandbox answered ${answer.status} to ${path}: ${await answer.text()}`);
        return (await answer.json()) as T;
    }
}

/** Starts a sandbox in a process of its own and waits until it listens. */
export async function startSandboxProcess(options: SandboxProcessOptions = {}): Promise<SandboxProcess> {
    const named = {
        size: options.size,
        seed: options.seed,
        'oro-port': options.oroPort ?? 0,
        'dotdigital-port': options.dotdigitalPort ?? 0,
    };
    const values = Object.entries({ ...named, directory: options.directory }).filter(([, value]) => value !== undefined);
    const flags = values.flatMap(([name, value]) => [`--${name}`, String(value)]);
    if (options.stock) flags.push('--stock');

    const child = spawn(process.execPath, [join(build, 'src', 'sandbox', 'main.js'), ...flags], {
        stdio: ['ignore', 'pipe', 'pipe'],
    });
    const endWithParent = () => child.kill('SIGKILL');
    process.once('exit', endWithParent);
    child.once('exit', () => process.off('exit', endWithParent));
    let errors = '';
    child.stderr.on('data', (text: Buffer) => {
        errors = (errors + text.toString()).slice(-8_000);
    });
    return new Promise((resolve, reject) => {
        child.once('error', reject);
        child.once('exit', (code, signal) => reject(new Error(`The sandbox's process ended (${signal ?? code}). ${errors}`)));
        createInterface(child.stdout).once('line', (line) => resolve(new SandboxProcess(child, JSON.parse(line))));
    });
}
