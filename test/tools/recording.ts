import { inspect } from 'node:util';
import type { Message, NodeStatus } from './node-red';

/** One line that Node-RED logged. `level`: 10 fatal, 20 error, 30 warning, 40 information, 50 debug, 60 trace. */
export interface LogLine {
    level: number;
    text: string;
    /** The node that logged it, with its type; absent for lines of Node-RED itself. */
    id?: string;
    type?: string;
}

/** How long {@link Recording} waits for something by default, in milliseconds. Long: it only bounds a failing test. */
export const PATIENCE = 60_000;

/**
 * What came out of a Node-RED under test: messages that reached its probe nodes, statuses, log lines. Kept in the order in
 * which they came; everything can be waited for.
 */
export class Recording {
    readonly log: LogLine[] = [];
    readonly #messages = new Map<string, Message[]>();
    readonly #taken = new Map<string, number>();
    readonly #statuses = new Map<string, NodeStatus[]>();
    #waiting: { look: () => boolean; fail: (reason: Error) => void }[] = [];
    #ended: Error | null = null;

    addMessage(probe: string, message: Message): void {
        entry(this.#messages, probe).push(message);
        this.#look();
    }

    addStatus(node: string, status: NodeStatus): void {
        entry(this.#statuses, node).push(status);
        this.#look();
    }

    addLog(line: LogLine): void {
        this.log.push(line);
        this.#look();
    }

    /** Whoever waits now fails with this reason. */
    fail(reason: Error): void {
        for (const waiter of [...this.#waiting]) waiter.fail(reason);
    }

    /** Nothing more will come: whoever waits now or later is told so. */
    end(reason: Error): void {
        this.#ended = reason;
        this.fail(reason);
    }

    /** Every message that reached a probe so far, oldest first. */
    messages(probe: string): readonly Message[] {
        return this.#messages.get(probe) ?? [];
    }

    /** The next message of a probe that was not taken yet; waits for it. */
    async nextMessage(probe: string, patience = PATIENCE): Promise<Message> {
        const index = this.#taken.get(probe) ?? 0;
        this.#taken.set(probe, index + 1);
        await this.until(`message ${index + 1} at ${probe}`, () => this.messages(probe).length > index, patience);
        const message = this.messages(probe)[index];
        if (!message) throw new Error(`No message ${index + 1} at ${probe}`);
        return message;
    }

    /** Every status that a node has shown so far, oldest first; an empty one means cleared. */
    statuses(node: string): readonly NodeStatus[] {
        return this.#statuses.get(node) ?? [];
    }

    /** What a node shows now. */
    status(node: string): NodeStatus {
        return this.statuses(node).at(-1) ?? {};
    }

    /** Waits until the text that a node shows matches. */
    async untilStatus(node: string, text: RegExp, patience = PATIENCE): Promise<NodeStatus> {
        await this.until(`status ${text} of ${node}`, () => text.test(this.status(node).text ?? ''), patience);
        return this.status(node);
    }

    /** Waits until a statement about the recording, or about anything else that changes with it, is true. */
    until(what: string, holds: () => boolean, patience = PATIENCE): Promise<void> {
        if (holds()) return Promise.resolve();
        if (this.#ended) return Promise.reject(this.#ended);
        return new Promise((resolve, reject) => {
            const stop = () => {
                clearTimeout(timer);
                this.#waiting = this.#waiting.filter((waiter) => waiter !== mine);
            };
            const mine = {
                look: () => {
                    if (!holds()) return false;
                    stop();
                    resolve();
                    return true;
                },
                fail: (reason: Error) => {
                    stop();
                    reject(reason);
                },
            };
            const timer = setTimeout(
                () => mine.fail(new Error(`Waited ${patience} ms for ${what}.\n${this.describe()}`)),
                patience,
            );
            this.#waiting.push(mine);
        });
    }

    /** What is known, for the message of a failing test. */
    describe(): string {
        const statuses = [...this.#statuses.keys()].map((node) => `  ${node}: ${this.status(node).text ?? '(cleared)'}`);
        const counts = [...this.#messages].map(([probe, messages]) => `  ${probe}: ${messages.length}`);
        const log = this.log.slice(-15).map((line) => `  ${line.level} ${line.type ?? ''} ${line.text}`);
        return ['Statuses:', ...statuses, 'Messages at probes:', ...counts, 'Last log lines:', ...log].join('\n');
    }

    #look(): void {
        for (const waiter of [...this.#waiting]) waiter.look();
    }
}

/** The text of whatever a node handed to the log: a string, an error with its stack, any object. */
export function logText(logged: unknown): string {
    if (typeof logged === 'string') return logged;
    return logged instanceof Error ? (logged.stack ?? String(logged)) : inspect(logged, { depth: 8 });
}

/**
 * A message as it is now. Function nodes make objects of another realm, which lack what this process adds to its own (such as
 * `should`); a structured clone is of this one.
 */
export function plainCopy(message: Message): Message {
    try {
        return structuredClone(message);
    } catch {
        return { ...message };
    }
}

function entry<T>(map: Map<string, T[]>, key: string): T[] {
    const known = map.get(key);
    if (known) return known;
    const fresh: T[] = [];
    map.set(key, fresh);
    return fresh;
}
