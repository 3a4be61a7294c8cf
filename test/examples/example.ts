import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Sandbox } from '../../src/sandbox';
import { type Embedded, startEmbedded } from '../tools/embedded';
import type { FlowNode, Message } from '../tools/node-red';
import { temporaryUserDirectory } from '../tools/user-directory';

/**
 * An example as somebody has it who imported it into a fresh Node-RED and deployed: nothing else was done. Nodes are named by
 * what the canvas shows.
 */
export class RunningExample {
    readonly nodeRed: Embedded;
    readonly #flows: readonly FlowNode[];

    constructor(nodeRed: Embedded, flows: readonly FlowNode[]) {
        this.nodeRed = nodeRed;
        this.#flows = flows;
    }

    /** Presses the button of an inject node. */
    press(inject: string): void {
        this.nodeRed.send(this.#id('inject', inject));
    }

    /** The next message that reaches a debug node, shown in the sidebar or not. */
    shown(debug: string): Promise<Message> {
        return this.nodeRed.nextMessage(this.#id('debug', debug));
    }

    /** How many messages a debug node got so far. */
    countShown(debug: string): number {
        return this.nodeRed.messages(this.#id('debug', debug)).length;
    }

    /** Waits until a node of a type, the only one or the one with the name, shows a text. */
    async untilStatus(type: string, text: RegExp, name?: string): Promise<void> {
        await this.nodeRed.untilStatus(this.#id(type, name), text);
    }

    /** The sandbox that the example practises on. */
    get sandbox(): Sandbox {
        const running = this.nodeRed.module<{ runningSandboxes(): Sandbox[] }>('src/runtime/connection').runningSandboxes();
        const [sandbox] = running;
        if (!sandbox) throw new Error('No sandbox is running.');
        return sandbox;
    }

    /** Contacts that Dotdigital holds, by list or address. */
    async contacts(query: string): Promise<{ identifiers: { email: string }; dataFields: Record<string, unknown> }[]> {
        const answer = await fetch(new URL(`/sandbox/contacts?${query}`, this.sandbox.dotdigitalUrl));
        return (await answer.json()) as { identifiers: { email: string }; dataFields: Record<string, unknown> }[];
    }

    async stop(): Promise<void> {
        await this.nodeRed.stop();
        rmSync(this.nodeRed.userDirectory, { recursive: true, force: true, maxRetries: 5 });
    }

    #id(type: string, name?: string): string {
        const found = this.#flows.filter((node) => node.type === type && (name === undefined || node['name'] === name));
        const [node] = found;
        if (!node || found.length > 1) throw new Error(`${found.length} nodes of type ${type} named ${name}`);
        return node.id;
    }
}

/** Imports an example of the package under test into a fresh Node-RED and deploys it. */
export async function runExample(file: string): Promise<RunningExample> {
    const userDirectory = temporaryUserDirectory();
    const settings = { fileWorkingDirectory: userDirectory };
    const nodeRed = await startEmbedded({ userDirectory, record: ['debug'], settings });
    const flows = JSON.parse(readFileSync(join(nodeRed.packageFolder, 'examples', file), 'utf8')) as FlowNode[];
    await nodeRed.deploy(flows);
    return new RunningExample(nodeRed, flows);
}
