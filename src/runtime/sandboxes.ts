import { resolve } from 'node:path';
import { type Sandbox, startSandbox } from '../sandbox';

interface Shared {
    readonly sandbox: Promise<Sandbox>;
    users: number;
}

const running = new Map<string, Shared>();
const stopping = new Map<string, Promise<void>>();
const started = new Set<Sandbox>();

/** The sandboxes that run in this process. */
export function runningSandboxes(): Sandbox[] {
    return [...started];
}

/** Starts the sandbox whose state is in a directory, or joins those who use it. */
export async function acquireSandbox(directory: string): Promise<{ readonly sandbox: Sandbox; release(): Promise<void> }> {
    const path = resolve(directory);
    await stopping.get(path);
    let shared = running.get(path);
    if (shared === undefined) {
        shared = { sandbox: startSandbox({ directory: path }), users: 0 };
        running.set(path, shared);
    }
    const mine = shared;
    mine.users++;
    try {
        const sandbox = await mine.sandbox;
        started.add(sandbox);
        return { sandbox, release: () => release(path, mine) };
    } catch (error) {
        running.delete(path);
        throw error;
    }
}

async function release(path: string, shared: Shared): Promise<void> {
    shared.users--;
    if (shared.users > 0) return;
    running.delete(path);
    const stopped = shared.sandbox.then((sandbox) => {
        started.delete(sandbox);
        return sandbox.stop();
    });
    stopping.set(path, stopped);
    try {
        await stopped;
    } finally {
        stopping.delete(path);
    }
}
