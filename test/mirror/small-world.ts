import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { History } from '../../src/runtime/history';
import { acquireStore } from '../../src/runtime/stores';
import { type Sandbox, startSandbox } from '../../src/sandbox';
import { keysBelow, type Store } from '../../src/store/store';
import { addressHash } from '../../src/sync/address';
import type { Summary } from '../../src/sync/summary';
import type { Embedded } from '../tools/embedded';
import type { DeployType } from '../tools/node-red';
import { type Act, ADDRESSES, type Deed, type Plan } from './acts';
import { Between, type Fate, type Passing } from './between';
import { advanceClock } from './clock';
import { mirrorFlow, NEWSLETTER } from './mirror';
import { People } from './people';
import { openStore, watchStores } from './watched-store';

/** Longer than any deadline. */
const LONG = 3 * 3600 * 1000;
/** After so many steps in which nothing is left to happen a held import ends. */
const STEPS_UNTIL_END = 6;
/** Nothing takes longer than this; only a test that has to fail meets it. */
const PATIENCE = 30_000;

/** A flow file without nodes. */
const NOTHING = [{ id: 'tab', type: 'tab' }];

type Fault = Extract<Deed, { do: 'fault' }>;

/** What is sent with `PUT /contacts/v3/import`, as far as it is looked at. */
interface SentImport {
    readonly contacts?: readonly { readonly identifiers?: { readonly email?: string }; readonly lists?: readonly number[] }[];
    readonly identifiers?: { readonly email?: string };
    readonly lists?: readonly number[];
}

/** A sandbox, a Node-RED and a plan of what happens in and between the runs of the mirror. */
export class SmallWorld {
    readonly people: People;
    /** Addresses whose list unsubscribe was cleared in a moment in which nobody could know of it. */
    readonly unnoticed = new Set<string>();
    readonly story: string[] = [];
    private directory = '';
    private readonly folder = mkdtempSync(join(tmpdir(), 'small-world-'));
    private lives = 0;
    private readonly acts: Act[];
    private steps = 0;
    private idleSteps = 0;
    private faults: Fault[] = [];
    private running = false;
    private left: string | null = null;
    private wanted: DeployType | null = null;
    private quiet = false;
    private turn: Promise<unknown> = Promise.resolve();
    private wake: () => void = () => undefined;
    private unwatch: () => void = () => undefined;
    private seen = { summaries: 0, errors: 0 };
    private readonly imports = new Map<string, string[]>();

    private constructor(
        private readonly plan: Plan,
        private readonly nodeRed: Embedded,
        readonly sandbox: Sandbox,
        private readonly between: Between,
    ) {
        this.people = new People(sandbox);
        this.acts = [...plan.acts];
    }

    /** @param limits those that the Node-RED was started with: they are changed as the plan wants it */
    static async of(plan: Plan, nodeRed: Embedded, limits: { singly: number }): Promise<SmallWorld> {
        // Five is the first who does not match the list's conditions: with seven there are six to choose from.
        const sandbox = await startSandbox({ size: 6 });
        const between: Between = await Between.of(sandbox, {
            before: (passing) => world.around(passing, false),
            after: (passing) => world.around(passing, true),
        });
        const world: SmallWorld = new SmallWorld(plan, nodeRed, sandbox, between);
        limits.singly = plan.singly ? 5 : 0;
        world.unwatch = watchStores((path) => world.step(path));
        await world.people.settle(plan);
        await sandbox.control({ imports: 'hold', ...(plan.heldRemovals ? { removals: 'hold' as const } : {}) });
        return world;
    }

    /** Plays all acts, and lets everything that is on its way come to its end. */
    async play(): Promise<void> {
        await this.live(null);
        while (this.acts.length > 0) {
            if (this.running) await this.untilRest();
            const act = this.acts.shift();
            if (act === undefined) break;
            if (act.do === 'run') this.begin();
            else if (act.do === 'wait') await this.passTime();
            else if (act.do === 'redeploy') await this.redeploy(act.type);
            else if (act.do === 'kill') await this.dieAndRise();
            else await this.perform(act);
        }
        if (this.running) await this.untilRest();
        this.faults = [];
        this.quiet = true;
        this.people.showAll();
        await this.passTime();
    }

    /** One run in which nothing happens but the run. */
    async quietRun(): Promise<Summary> {
        const before = this.nodeRed.messages('summary').length;
        this.begin();
        await this.untilRest();
        const message = this.nodeRed.messages('summary')[before];
        if (message === undefined) throw new Error(`A quiet run failed. ${this.nodeRed.describe()}`);
        return message['payload'] as Summary;
    }

    async end(): Promise<void> {
        this.unwatch();
        this.between.die();
        await this.nodeRed.deploy(NOTHING);
        this.between.close();
        await this.sandbox.stop();
        rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
    }

    private tell(text: string): void {
        this.story.push(`${this.steps}: ${text}`);
    }

    private begin(): void {
        this.tell('run');
        this.running = true;
        this.nodeRed.send('reader', { read: { allowLeaving: 1000 } });
    }

    /** A new process: on an empty memory, or on what another one left behind. */
    private async live(left: string | null): Promise<void> {
        this.directory = join(this.folder, `life ${++this.lives}`);
        if (left === null) mkdirSync(this.directory);
        else cpSync(left, this.directory, { recursive: true });
        await this.nodeRed.deploy(NOTHING);
        this.between.revive();
        await this.deploy('full');
    }

    private async deploy(type: DeployType): Promise<void> {
        const flow = mirrorFlow(this.between, {
            connection: { storePath: this.directory },
            upsert: { name: `upsert of deploy ${this.steps}` },
        });
        // With credentials the connection counts as modified, and so does everything that uses it.
        if (type === 'nodes') for (const node of flow) delete node['credentials'];
        await this.nodeRed.deploy(flow, type);
        if (type === 'nodes') return;
        this.seen = this.said();
        // A run that was cut off goes on by itself.
        this.running = await wasCutOff(this.directory);
        if (!this.running) this.seen = this.said();
    }

    private said(): { summaries: number; errors: number } {
        return { summaries: this.nodeRed.messages('summary').length, errors: this.readerErrors() };
    }

    private async redeploy(type: DeployType): Promise<void> {
        this.tell(`redeploy ${type}`);
        await this.deploy(type);
    }

    private async dieAndRise(): Promise<void> {
        this.die();
        await this.rise();
    }

    /** Killed: nothing that the nodes send comes through any more, and the memory stays as it is now. */
    private die(): void {
        this.tell('killed');
        this.between.die();
        this.left = join(this.folder, `left ${this.lives}`);
        cpSync(this.directory, this.left, { recursive: true });
    }

    private async rise(): Promise<void> {
        const { left } = this;
        this.left = null;
        await this.live(left);
        this.tell(this.running ? 'rises, and the run goes on' : 'rises');
    }

    /** Waits until the run has ended, whatever happens to it. */
    private async untilRest(): Promise<void> {
        for (const until = performance.now() + PATIENCE; this.running; ) {
            if (this.left !== null) await this.rise();
            const wanted = this.wanted;
            this.wanted = null;
            if (wanted !== null) await this.redeploy(wanted);
            if (this.hasEnded()) break;
            if (performance.now() > until) throw new Error(`A run does not end.\n${this.nodeRed.describe()}`);
            await new Promise<void>((resolve) => {
                this.wake = resolve;
                setTimeout(resolve, 5);
            });
        }
        await this.turn;
        if (this.left !== null) {
            await this.rise();
            if (this.running) await this.untilRest();
            return;
        }
        this.running = false;
        this.wanted = null;
        this.tell('at rest');
    }

    private hasEnded(): boolean {
        const summaries = this.nodeRed.messages('summary');
        const errors = this.readerErrors();
        const last = summaries.length > this.seen.summaries ? (summaries.at(-1)?.['payload'] as Summary) : undefined;
        const hasEnded = errors > this.seen.errors || last?.error === null;
        if (hasEnded) this.seen = { summaries: summaries.length, errors };
        return hasEnded;
    }

    private readerErrors(): number {
        const ofReader = ({ error }: { error?: { source?: { id?: string } } }) => error?.source?.id === 'reader';
        return this.nodeRed.messages('errors').filter((message) => ofReader(message as never)).length;
    }

    /** What happens to a request, before the service has handled it and after. */
    private async around(passing: Passing, handled: boolean): Promise<Fate> {
        const { service, method, path } = passing;
        if (!handled && service === 'dotdigital') await this.notice(passing);
        await this.step(this.directory);
        if (this.quiet || service === 'oro') return 'pass';
        const isWrite = method !== 'GET';
        const index = this.faults.findIndex((fault) => fault.handled === handled && (isWrite || !fault.write));
        if (index < 0) return 'pass';
        const [fault] = this.faults.splice(index, 1);
        this.tell(`${fault?.fate} ${handled ? 'after' : 'before'} ${method} ${path}`);
        return fault?.fate ?? 'pass';
    }

    /** One step of the nodes: a request, before or after it is handled, or a write to the memory, before or after. */
    private async step(path: string): Promise<void> {
        if (path !== this.directory || this.left !== null) return;
        this.turn = this.turn.then(() => this.happen()).catch((error: unknown) => this.tell(String(error)));
        await this.turn;
    }

    private async happen(): Promise<void> {
        if (!this.running || this.left !== null || this.wanted !== null) return;
        this.steps++;
        const [act] = this.acts;
        if (act === undefined || act.do === 'run' || act.do === 'wait') {
            this.idleSteps++;
            if (this.idleSteps % STEPS_UNTIL_END === 0) await this.finish(this.plan.newestFirst ? -1 : 0, false);
            return;
        }
        if (this.idleSteps++ < act.after) return;
        this.idleSteps = 0;
        this.acts.shift();
        if (act.do === 'kill') this.die();
        else if (act.do === 'redeploy') this.wanted = act.type;
        else await this.perform(act);
        this.wake();
    }

    private async perform(act: Act): Promise<void> {
        this.tell(JSON.stringify(act));
        if (act.do === 'finish') await this.finish(act.which, act.fails);
        else if (act.do === 'fault') this.faults.push(act);
        else await this.people.perform(act);
    }

    /** Time passes: what was on its way ends before the deadlines. */
    private async passTime(): Promise<void> {
        this.tell('time passes');
        for (let open = 1; open > 0; open = this.heldImports().length) await this.finish(this.plan.newestFirst ? -1 : 0, false);
        await this.sandbox.control({ finishRemovals: 'all' });
        advanceClock(LONG);
    }

    private heldImports(): string[] {
        return this.sandbox
            .report()
            .imports.filter(({ status }) => status === 'NotFinished')
            .map(({ importId }) => importId);
    }

    private async finish(which: number, fails: boolean): Promise<void> {
        await this.sandbox.control({ finishRemovals: 'all' });
        const held = this.heldImports();
        const importId = which < 0 ? held.at(-1) : held[which % Math.max(1, held.length)];
        if (importId === undefined) return;
        this.tell(`import ${importId} ${fails ? 'fails' : 'finishes'}`);
        if (!fails) await this.noticeUnsubscribed(this.imports.get(importId) ?? this.everyAddress());
        await this.sandbox.control({ finish: importId, ...(fails ? { status: 'Failed' as const } : {}) });
    }

    private everyAddress(): string[] {
        return Array.from({ length: ADDRESSES }, (_, index) => this.people.address(index + 1));
    }

    /** A single call that adds somebody to the list who has unsubscribed from it, and whose unsubscribe was not read yet. */
    private async notice({ method, body }: Passing): Promise<void> {
        if (method !== 'PATCH') return;
        const { identifiers, lists } = JSON.parse(body) as SentImport;
        if (lists !== undefined && identifiers?.email !== undefined) await this.noticeUnsubscribed([identifiers.email]);
    }

    private async noticeUnsubscribed(addresses: readonly string[]): Promise<void> {
        const unsubscribed = new Set(await this.people.unsubscribedFromList());
        for (const address of addresses.map((each) => each.trim().toLowerCase())) {
            if (unsubscribed.has(address) && !(await this.isKnown(address))) this.unnoticed.add(address);
        }
    }

    /** True when the memory holds the list unsubscribe of an address. */
    private async isKnown(address: string): Promise<boolean> {
        const path = this.left ?? this.directory;
        const store = openStore(path);
        if (store !== undefined) return holds(store, address);
        if (!existsSync(path)) return false;
        const copy = join(this.folder, 'looked at');
        cpSync(path, copy, { recursive: true });
        const opened = await acquireStore(copy);
        try {
            return await holds(opened.store, address);
        } finally {
            await opened.release();
            rmSync(copy, { recursive: true });
        }
    }
}

async function holds(store: Store, address: string): Promise<boolean> {
    const end = `/${NEWSLETTER}/${addressHash(store.secret, address)}`;
    for await (const entries of store.entries(keysBelow('g/'))) if (entries.some(([key]) => key.endsWith(end))) return true;
    return false;
}

/** True when the memory says that a run of the reader was cut off. */
async function wasCutOff(directory: string): Promise<boolean> {
    const { store, release } = await acquireStore(directory);
    try {
        return (await new History(store, 'reader').cutOff()) !== null;
    } finally {
        await release();
    }
}
