import { cpSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import should from 'should';
import type { Limits } from '../../src/runtime/limits';
import { type ControlCommand, type Sandbox, type SandboxOptions, type SandboxReport, startSandbox } from '../../src/sandbox';
import { STANDINGS, type Summary } from '../../src/sync/summary';
import { type Embedded, startEmbedded } from '../tools/embedded';
import type { DeployType, FlowNode, Message } from '../tools/node-red';
import { temporaryUserDirectory } from '../tools/user-directory';
import { advanceClock, restoreClock, takeClock } from './clock';

/** Marketing list of Oro and list of Dotdigital that the standard flow mirrors. */
export const MAIN_LIST = 1;
export const NEWSLETTER = 1001;

/** Imports are looked at at once and again every few milliseconds, so that tests need not wait. */
const IMPATIENT: Partial<Limits> = { pollAfter: [1, 5, 10, 20] };

/** Where the two services are: a sandbox in this process or in another one. */
export interface Services {
    readonly oroUrl: string;
    readonly dotdigitalUrl: string;
    readonly credentials: Sandbox['credentials'];
}

/** How the standard flow differs. Properties of nodes win over those that the flow has anyway. */
export interface FlowOptions {
    readonly connection?: Readonly<Record<string, unknown>>;
    readonly reader?: Readonly<Record<string, unknown>>;
    readonly upsert?: Readonly<Record<string, unknown>>;
    /** Nodes between reader and upsert; the reader is wired to the first one, and they have to lead to `upsert` themselves. */
    readonly between?: readonly FlowNode[];
    /** Any other nodes of the tab. */
    readonly more?: readonly FlowNode[];
}

/** A connection that leads to the services by its addresses and credentials alone, as to real ones. */
export function connectionNode(id: string, services: Services, more: Readonly<Record<string, unknown>> = {}): FlowNode {
    const { oroUrl, dotdigitalUrl, credentials } = services;
    const type = 'oro-dotdigital-connection';
    return { id, type, name: '', environment: 'live', oroUrl, dotdigitalUrl, credentials: { ...credentials }, ...more };
}

/** A reader of the main list; `outputs` are the nodes behind its two outputs. */
export function readerNode(
    id: string,
    outputs: readonly [string[], string[]],
    more: Readonly<Record<string, unknown>> = {},
): FlowNode {
    const audience = { audience: 'list', listId: String(MAIN_LIST), listName: 'Newsletter' };
    return { id, type: 'oro-list-reader', z: 'tab', connection: 'connection', ...audience, wires: outputs, ...more };
}

/** An upsert into the newsletter that maps first and last names. */
export function upsertNode(
    id: string,
    outputs: readonly [string[], string[]],
    more: Readonly<Record<string, unknown>> = {},
): FlowNode {
    const name = (from: string, to: string) => ({ from, fromType: 'record', to, toType: 'String' });
    return {
        id,
        type: 'dotdigital-contact-upsert',
        z: 'tab',
        connection: 'connection',
        lists: [{ id: String(NEWSLETTER), name: 'Oro newsletter' }],
        mapping: [name('firstName', 'FIRSTNAME'), name('lastName', 'LASTNAME')],
        wires: outputs,
        ...more,
    };
}

/** A probe of the harness: what reaches it is recorded under its id. */
export function probeNode(id: string): FlowNode {
    return { id, type: 'probe', z: 'tab', wires: [] };
}

/**
 * The standard flow: `connection`, `reader`, `upsert`, and a probe on every output: `batches` (beside the upsert), `summary`,
 * `accepted`, `rejected`, `errors` (behind a catch for all nodes) and `statuses`.
 */
export function mirrorFlow(services: Services, options: FlowOptions = {}): FlowNode[] {
    const [first] = options.between ?? [];
    return [
        { id: 'tab', type: 'tab', label: 'Mirror' },
        connectionNode('connection', services, options.connection),
        readerNode('reader', [[first?.id ?? 'upsert', 'batches'], ['summary']], options.reader),
        ...(options.between ?? []),
        upsertNode('upsert', [['accepted'], ['rejected']], options.upsert),
        { id: 'catch', type: 'catch', z: 'tab', wires: [['errors']] },
        { id: 'status', type: 'status', z: 'tab', wires: [['statuses']] },
        ...['batches', 'summary', 'accepted', 'rejected', 'errors', 'statuses'].map(probeNode),
        ...(options.more ?? []),
    ];
}

/** How a {@link Mirror} is set up. */
export interface MirrorOptions extends FlowOptions {
    /** People, stock Oro and so on. Default: 20 people, of whom 16 are members; below 100 there are no bad ones among them. */
    readonly sandbox?: SandboxOptions;
    /** Deadlines and polls; by default polls are quick and deadlines are those of the package. */
    readonly limits?: Partial<Limits>;
    readonly settings?: Readonly<Record<string, unknown>>;
}

/** A contact as the sandbox's inspection shows it. */
export interface InspectedContact {
    readonly contactId: number;
    readonly status?: string;
    readonly identifiers: Readonly<Record<string, string>>;
    readonly dataFields: Readonly<Record<string, unknown>>;
    readonly lists?: readonly { readonly id: number; readonly status: string }[];
    readonly channelProperties?: { readonly email?: { readonly status?: string } };
}

/**
 * A running mirror: a sandbox in this process (memory only) and a real Node-RED with the standard flow, whose connection is
 * "Live" and leads to the sandbox by its addresses alone.
 *
 * ```ts
 * const mirror = await startMirror({ sandbox: { size: 50 } });
 * const summary = await mirror.run();
 * (await mirror.addresses()).should.deepEqual([…]);
 * await mirror.stop();
 * ```
 */
export class Mirror {
    constructor(
        readonly sandbox: Sandbox,
        readonly userDirectory: string,
        private readonly options: MirrorOptions,
        private embedded: Embedded,
    ) {}

    get nodeRed(): Embedded {
        return this.embedded;
    }

    /** Deploys the standard flow, changed by `options` over those that the mirror was started with. */
    async deploy(options: FlowOptions = {}, type: DeployType = 'full'): Promise<void> {
        await this.embedded.deploy(mirrorFlow(this.sandbox, { ...this.options, ...options }), type);
    }

    /** Starts a run and does not wait for it. */
    begin(message: Message = {}, reader = 'reader'): void {
        this.embedded.send(reader, message);
    }

    /** The next summary that was not taken yet, checked to add up. `probe`: where it arrives. */
    async summary(probe = 'summary'): Promise<Summary> {
        const { payload } = await this.embedded.nextMessage(probe);
        addsUp(payload as Summary);
        return payload as Summary;
    }

    /** Runs once. */
    async run(message: Message = {}): Promise<Summary> {
        this.begin(message);
        return this.summary();
    }

    /** Runs once and expects that nothing went wrong: the whole audience was read and nobody is unconfirmed. */
    async cleanRun(message: Message = {}): Promise<Summary> {
        const summary = await this.run(message);
        should({ error: summary.error, complete: summary.complete, unconfirmed: summary.unconfirmed }).deepEqual({
            error: null,
            complete: true,
            unconfirmed: 0,
        });
        return summary;
    }

    control(command: ControlCommand): Promise<Record<string, never>> {
        return this.sandbox.control(command) as Promise<Record<string, never>>;
    }

    report(): SandboxReport {
        return this.sandbox.report();
    }

    /** How many requests of this name there were, `PUT /contacts/v3/import`. */
    requests(name: string): number {
        return this.report().requests[name] ?? 0;
    }

    /** Waits until a statement about the sandbox is true. */
    async until(what: string, holds: (report: SandboxReport) => boolean): Promise<void> {
        for (const until = Date.now() + 20_000; !holds(this.report()); ) {
            if (Date.now() > until) throw new Error(`Waited for ${what}.\n${this.embedded.describe()}`);
            await new Promise((resolve) => setTimeout(resolve, 5));
        }
    }

    /** Whole contacts: those that count on a list, or the one with an address. */
    async contacts(of: { list: number } | { email: string } = { list: NEWSLETTER }): Promise<InspectedContact[]> {
        const query = new URLSearchParams(Object.entries(of).map(([name, value]) => [name, String(value)]));
        return (await (await fetch(`${this.sandbox.dotdigitalUrl}/sandbox/contacts?${query}`)).json()) as InspectedContact[];
    }

    /** The one contact with this address; undefined where there is none. */
    async contact(email: string): Promise<InspectedContact | undefined> {
        return (await this.contacts({ email }))[0];
    }

    /** Addresses on a list, sorted. */
    async addresses(list = NEWSLETTER): Promise<string[]> {
        return (await this.contacts({ list })).map((contact) => contact.identifiers['email'] ?? '').sort();
    }

    /** Lets this process's clock jump ahead: deadlines pass without being waited for. */
    advance(milliseconds: number): void {
        advanceClock(milliseconds);
    }

    /** People of the main list, or any other command of the sandbox's Oro: new attributes of one customer user. */
    async change(id: number, attributes: Readonly<Record<string, string>>): Promise<void> {
        // Oro's times are in whole seconds: what is changed later is newer.
        await this.control({ clock: { advance: 1000 } });
        await this.control({ oro: { change: [{ type: 'customerusers', id: String(id), attributes }] } });
    }

    /** Stops Node-RED in good order; everything stays in the user directory. */
    async halt(): Promise<void> {
        await this.embedded.stop();
    }

    /** Starts Node-RED again on the same user directory: the saved flows run, and so does a run that was cut off. */
    async restart(): Promise<void> {
        this.embedded = await startOn(this.userDirectory, this.options);
    }

    /**
     * What a process leaves behind that is killed now: the durable memory as it is in this moment. From here on nothing that
     * the nodes send reaches a service any more, until {@link rise}.
     */
    die(): string {
        const cut = { path: '', kind: 'reset', times: 1_000_000 } as const;
        // A command is obeyed at once: nothing that is sent after this moment is carried out.
        void this.sandbox.control({
            clearFaults: true,
            faults: [
                { ...cut, service: 'oro' },
                { ...cut, service: 'dotdigital' },
            ],
        });
        const left = mkdtempSync(join(tmpdir(), 'mirror-left-'));
        cpSync(this.storeDirectory, left, { recursive: true });
        return left;
    }

    /** Starts Node-RED on the memory that {@link die} left. Flows are those that were saved; a run that was cut off goes on. */
    async rise(left: string): Promise<void> {
        await this.halt();
        await this.sandbox.control({ clearFaults: true });
        rmSync(this.storeDirectory, { recursive: true });
        renameSync(left, this.storeDirectory);
        await this.restart();
    }

    /** A process that ends in this moment and is started again: {@link die} and {@link rise}. Faults that were set are forgotten. */
    async crash(): Promise<void> {
        await this.rise(this.die());
    }

    async stop(): Promise<void> {
        await this.embedded.stop().catch(() => undefined);
        await this.sandbox.stop();
        restoreClock();
        rmSync(this.userDirectory, { recursive: true, force: true, maxRetries: 5 });
    }

    private get storeDirectory(): string {
        return join(this.userDirectory, 'oro-dotdigital');
    }
}

/** Starts a sandbox and Node-RED, and deploys the standard flow. */
export async function startMirror(options: MirrorOptions = {}): Promise<Mirror> {
    takeClock();
    const sandbox = await startSandbox({ size: 20, ...options.sandbox });
    const userDirectory = temporaryUserDirectory();
    const mirror = new Mirror(sandbox, userDirectory, options, await startOn(userDirectory, options));
    await mirror.deploy();
    return mirror;
}

function startOn(userDirectory: string, { limits, settings }: MirrorOptions): Promise<Embedded> {
    return startEmbedded({
        userDirectory,
        settings: { oroDotdigitalLimits: { ...IMPATIENT, ...limits }, ...settings },
    });
}

/** Asserts that a summary adds up: every member is in exactly one standing, and no number is below nothing. */
export function addsUp(summary: Summary): void {
    const sum = STANDINGS.reduce((all, standing) => all + summary[standing], 0);
    should(sum).equal(summary.members, `${JSON.stringify(summary)} does not add up`);
    for (const standing of STANDINGS) {
        should(summary[standing]).be.aboveOrEqual(0, `${standing} in ${JSON.stringify(summary)}`);
    }
}
