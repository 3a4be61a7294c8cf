import 'should';
import type { Summary } from '../../src/sync/summary';
import { addsUp, type FlowOptions, mirrorFlow, NEWSLETTER } from '../mirror/mirror';
import { type Child, startChild } from '../tools/child';
import type { DeployType, FlowNode } from '../tools/node-red';
import { type SandboxProcess, startSandboxProcess } from '../tools/sandbox-process';

/** People of the sandboxes of these tests. */
export const PEOPLE = 3000;

/**
 * What becomes of the main list of 3 000 people, with the names mapped. 66 of the 2 370 members are nobody's fault and nobody's
 * contact: 30 without e-mail, 90 second records of an address, 60 opted out, 30 with an invalid address, 6 suppressed.
 */
export const EVERYBODY = { members: 2370, withoutEmail: 30, duplicates: 90, optedOut: 60, suppressed: 6, inList: 2154 };
/** Members with an invalid address: refused once, and remembered. */
export const INVALID = 30;
/** Contacts of the account when everybody is in: eleven were there before who are not on the list. */
export const CONTACTS = 2165;

/** The limits of the Node-REDs of these tests: several imports for 3 000 people, asked for every 30 ms. */
export const LIMITS = { importSize: 500, pollAfter: [30], grace: 300, slotWait: 100, retry: { firstWait: 20, longestWait: 100 } };

/**
 * A Node-RED that can be killed, and services that run on meanwhile. The Node-RED serves all tests of a file; each test has a
 * sandbox of its own, so that its account and its memory begin anew.
 */
export class Stage {
    private summaries = 0;

    private constructor(
        readonly nodeRed: Child,
        private services: SandboxProcess | null,
    ) {}

    static async open(limits: Readonly<Record<string, unknown>> = {}): Promise<Stage> {
        return new Stage(await startChild({ settings: { oroDotdigitalLimits: { ...LIMITS, ...limits } } }), null);
    }

    get sandbox(): SandboxProcess {
        if (this.services === null) throw new Error('No play is on.');
        return this.services;
    }

    /** New services, and a flow that leads to them. */
    async play(options: FlowOptions = {}): Promise<void> {
        await this.services?.kill();
        this.services = await startSandboxProcess({ size: PEOPLE });
        await this.deploy(options);
    }

    async deploy(options: FlowOptions = {}, type: DeployType = 'full'): Promise<void> {
        await this.nodeRed.deploy(this.flow(options), type);
    }

    /** The standard flow with small batches. */
    flow(options: FlowOptions = {}): FlowNode[] {
        return mirrorFlow(this.sandbox, { ...options, reader: { batchSize: 200, ...options.reader } });
    }

    /** Starts a run. */
    async start(message: Record<string, unknown> = {}): Promise<void> {
        this.summaries = this.nodeRed.messages('summary').length;
        await this.nodeRed.send('reader', message);
    }

    /** The summary of the run that was started. */
    async summary(): Promise<Summary> {
        const before = this.summaries;
        const arrived = () => this.nodeRed.messages('summary')[before];
        await this.nodeRed.until('a summary', () => arrived() !== undefined, 15_000);
        return arrived()?.['payload'] as Summary;
    }

    /** One whole run. */
    async run(message: Record<string, unknown> = {}): Promise<Summary> {
        await this.start(message);
        return this.summary();
    }

    /** Waits until the services have seen something. */
    async until(what: string, holds: (report: Awaited<ReturnType<SandboxProcess['report']>>) => boolean): Promise<void> {
        for (const end = Date.now() + 8_000; Date.now() < end; ) {
            if (holds(await this.sandbox.report())) return;
            await new Promise((resolve) => setTimeout(resolve, 10));
        }
        throw new Error(`Waited in vain for ${what}.\n${this.nodeRed.describe()}`);
    }

    /** Kills Node-RED and starts it again. */
    async crash(): Promise<void> {
        await this.nodeRed.kill();
        await this.nodeRed.restart();
    }

    /** Records that imports carried, those that failed included. */
    async imported(): Promise<number> {
        return (await this.sandbox.report()).imports.reduce((sum, each) => sum + each.contacts, 0);
    }

    /**
     * Imports carried everybody once, but for `again` records more. Of what was on the way, the records whose address another
     * member has too may come twice: which of the two speaks for it is looked at anew.
     */
    async everybodyWasSentOnce(again = 0): Promise<void> {
        (await this.imported()).should.be.within(EVERYBODY.inList + again, EVERYBODY.inList + EVERYBODY.duplicates + again);
    }

    async close(): Promise<void> {
        await this.nodeRed.stop();
        await this.services?.kill();
    }
}

/** Everybody who can be is on the list, once, with the mapped fields; the summary says the same. */
export async function everybodyIsIn(stage: Stage, summary: Summary): Promise<void> {
    addsUp(summary);
    summary.should.containEql({ ...EVERYBODY, complete: true, error: null, unreadable: 0, leftOutByFlow: 0, unconfirmed: 0 });
    (summary.rejected + summary.stillRejected).should.equal(INVALID);
    const report = await stage.sandbox.report();
    report.should.containEql({
        contacts: CONTACTS,
        deleted: 0,
        statusSent: 0,
        resubscribed: [],
        listResubscribed: [],
        refused: [],
    });
    report.lists.should.have.property(String(NEWSLETTER), EVERYBODY.inList);
    const contacts = await stage.sandbox.contacts({ list: NEWSLETTER });
    const mapped = contacts.filter(({ dataFields }) => (dataFields as Record<string, unknown>)['FIRSTNAME'] !== undefined);
    mapped.length.should.equal(EVERYBODY.inList);
}

/** A further run finds everybody in step and sends nothing. */
export async function nothingIsLeftToSend(stage: Stage): Promise<void> {
    const before = await writes(stage);
    const summary = await stage.run();
    summary.should.containEql({ joined: 0, changed: 0, left: 0, batches: 0, inList: EVERYBODY.inList, stillRejected: INVALID });
    (await writes(stage)).should.eql(before);
}

/** Requests that change contacts or lists, by name. */
export async function writes(stage: Stage): Promise<Record<string, number>> {
    const { requests } = await stage.sandbox.report();
    return Object.fromEntries(Object.entries(requests).filter(([name]) => /^(PUT|PATCH|POST|DELETE) \/(contacts|v2)/.test(name)));
}
