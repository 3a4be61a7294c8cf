import should from 'should';
import type { Summary } from '../../src/sync/summary';
import { type FlowOptions, type Mirror, mirrorFlow, probeNode, startMirror } from '../mirror/mirror';
import type { DeployType, FlowNode } from '../tools/node-red';
import { functionNode } from './function-node';

/** Of 300 people, those who end up on the list, and those who are offered to the flow: six are suppressed, three invalid. */
const DELIVERED = 210;
const OFFERED = 219;

describe('A deploy in the middle of a run loses nobody and doubles nobody', () => {
    let mirror: Mirror;
    beforeEach(async () => {
        mirror = await startMirror({
            sandbox: { size: 300 },
            limits: { importSize: 100, grace: 300 },
            reader: { batchSize: 30 },
        });
    });
    afterEach(() => mirror.stop());

    for (const type of ['full', 'flows'] as const) {
        it(`${type}: the run goes on by itself in the new nodes`, async () => {
            await whileImportsRun();
            await mirror.deploy({ upsert: { name: 'changed' } }, type);
            await letImportsEnd();
            everybodyIsIn(await mirror.summary());
            everybodyWasSentOnce();
            await nothingMoreIsSent();
        });
    }

    const changes: readonly (readonly [string, FlowOptions])[] = [
        ['the reader alone', { reader: { batchSize: 30, name: 'changed' } }],
        ['the upsert alone', { upsert: { name: 'changed' } }],
        ['reader and upsert', { reader: { batchSize: 30, name: 'changed' }, upsert: { name: 'changed' } }],
        ['the connection, and with it both', { connection: { name: 'changed' } }],
        ['a node of another branch', { more: [probeNode('more')] }],
    ];
    for (const [what, change] of changes) {
        it(`modified nodes: ${what}, while imports run`, async () => {
            await whileImportsRun();
            await deployNodes(change);
            await letImportsEnd();
            everybodyIsIn(await mirror.summary());
            everybodyWasSentOnce();
            mirror.nodeRed.messages('summary').should.have.length(1);
            await nothingMoreIsSent();
        });
    }

    it('modified nodes: the upsert alone, between an import and its answer', async () => {
        await mirror.control({
            faults: [{ service: 'dotdigital', method: 'PUT', path: '/import', kind: 'hangAfter', times: 3 }],
        });
        mirror.begin();
        await mirror.until('the imports', ({ imports }) => imports.length === 3);
        await deployNodes({ upsert: { name: 'changed' } });
        everybodyIsIn(await mirror.summary());
        sent().should.be.belowOrEqual(2 * DELIVERED);
        await nothingMoreIsSent();
    });

    it('modified nodes: a function that held batches which are lost with it', async () => {
        const slow = 'setTimeout(() => { node.send(msg); node.done(); }, msg.parts.index < 2 ? 0 : 600_000);';
        const reader = { batchSize: 30, inFlight: 2 };
        await mirror.deploy({ between: [functionNode('slow', slow)], reader });
        mirror.begin();
        await mirror.nodeRed.untilStatus('reader', /waits for function/);
        await deployNodes({ between: [functionNode('slow', 'return msg;')], reader });
        everybodyIsIn(await mirror.summary());
        everybodyWasSentOnce();
        await nothingMoreIsSent();
    });

    it('modified nodes: the reader alone, and a function that held batches sends them afterwards', async () => {
        const slow = functionNode('slow', 'setTimeout(() => { node.send(msg); node.done(); }, 400);');
        await mirror.deploy({ between: [slow] });
        mirror.begin();
        await mirror.nodeRed.until('batches', () => mirror.nodeRed.messages('batches').length >= 4);
        await deployNodes({ between: [slow], reader: { batchSize: 30, name: 'changed' } });
        everybodyIsIn(await mirror.summary());
        sent().should.equal(DELIVERED);
        const codes = mirror.nodeRed.messages('errors').map(({ error }) => (error as { code: string }).code);
        codes.should.containEql('runEnded');
        await nothingMoreIsSent();
    });

    it('modified nodes: a delay that held batches', async () => {
        const delay = (timeout: string) => ({
            id: 'delay',
            type: 'delay',
            z: 'tab',
            pauseType: 'delay',
            timeout,
            timeoutUnits: 'milliseconds',
            wires: [['upsert']],
        });
        await mirror.deploy({ between: [delay('600000')] });
        mirror.begin();
        await mirror.nodeRed.until('all batches', () => mirror.nodeRed.messages('batches').length === 8);
        await deployNodes({ between: [delay('1')] });
        everybodyIsIn(await mirror.summary());
        everybodyWasSentOnce();
    });

    it('modified nodes: the wires alone', async () => {
        await mirror.deploy({ between: [{ ...probeNode('gate'), hold: true, wires: [['upsert']] }] });
        mirror.begin();
        await mirror.nodeRed.until('batches', () => mirror.nodeRed.messages('gate').length === 4);
        const rewired = [
            { ...probeNode('gate'), hold: true, wires: [['detour']] },
            functionNode('detour', 'for (const record of msg.payload) record.lastName = "Detour"; return msg;'),
        ];
        await deployNodes({ between: rewired });
        const release = setInterval(() => mirror.nodeRed.release('gate'), 20);
        const summary = await mirror.summary().finally(() => clearInterval(release));
        everybodyIsIn(summary);
        everybodyWasSentOnce();
        const names = (await mirror.contacts()).map(({ dataFields }) => dataFields['LASTNAME']);
        [...new Set(names)].should.eql(['Detour']);
    });

    it('the upsert is taken away while imports run: what they did is confirmed', async () => {
        await whileImportsRun();
        const flow = mirror.nodeRed.red.nodes.getFlows().flows.filter(({ id }) => id !== 'upsert');
        const without = flow.map((node) => (node.id === 'reader' ? { ...node, wires: [['batches'], ['summary']] } : node));
        await mirror.nodeRed.deploy(without, 'nodes');
        await letImportsEnd();
        const { error, unconfirmed, inList, leftOutByFlow } = await mirror.summary();
        should({ error, unconfirmed, inList: inList + leftOutByFlow }).eql({ error: null, unconfirmed: 0, inList: DELIVERED });
        // Records whose address another member has too are offered once more, and nobody is there to take them.
        leftOutByFlow.should.be.belowOrEqual(9);
        sent().should.equal(DELIVERED);
        await mirror.deploy();
        everybodyIsIn(await mirror.run());
    });

    it('a reader whose settings were changed does not go on by itself, and what was on its way is not sent again', async () => {
        await whileImportsRun();
        const before = mirror.requests('PUT /contacts/v3/import');
        await mirror.deploy({ reader: { batchSize: 40 } }, 'full');
        await letImportsEnd();
        await mirror.deploy({ reader: { batchSize: 40 } }, 'full');
        await settledDown();
        mirror.nodeRed.messages('summary').should.have.length(0);
        mirror.requests('PUT /contacts/v3/import').should.equal(before);
        everybodyIsIn(await mirror.run());
        everybodyWasSentOnce();
    });

    it('in the middle of the removals', async () => {
        everybodyIsIn(await mirror.run());
        await mirror.control({ oro: { leave: 20 }, removals: 'hold' });
        mirror.begin();
        await mirror.until('the removal', ({ requests }) => requests['POST /v2/address-books/{id}/contacts/delete'] === 1);
        await deployNodes({ upsert: { name: 'changed' } });
        await mirror.control({ removals: 'auto', finishRemovals: 'all' });
        (await mirror.summary()).should.containEql({ error: null, left: 20, inList: DELIVERED - 20, unconfirmed: 0 });
        should(mirror.report().lists['1001']).equal(DELIVERED - 20);
        await nothingMoreIsSent(DELIVERED - 20);
    });

    it('five deploys in a row, of every kind', async () => {
        await mirror.control({ delays: { dotdigital: { requestMs: 10, importMs: 80 }, oro: { requestMs: 10 } } });
        mirror.begin();
        const kinds: DeployType[] = ['nodes', 'full', 'nodes', 'flows', 'nodes'];
        for (const [index, kind] of kinds.entries()) {
            await new Promise((resolve) => setTimeout(resolve, 70));
            await deploy({ upsert: { name: `changed ${index}` } }, kind);
        }
        everybodyIsIn(await mirror.summary());
        mirror.nodeRed.messages('summary').should.have.length(1);
        await nothingMoreIsSent();
    });

    it('a Node-RED that is stopped in good order goes on after the start', async () => {
        await whileImportsRun();
        await mirror.halt();
        await letImportsEnd();
        await mirror.restart();
        everybodyIsIn(await mirror.summary());
        everybodyWasSentOnce();
    });

    it('a deploy sends nothing when no run is on', async () => {
        everybodyIsIn(await mirror.run());
        await mirror.control({ oro: { change: 5, join: 5 } });
        const before = { ...mirror.report().requests };
        await deployNodes({ upsert: { name: 'changed' } });
        await mirror.deploy({ reader: { batchSize: 31 } }, 'full');
        await mirror.halt();
        await mirror.restart();
        await settledDown();
        mirror.report().requests.should.eql(before);
    });

    /** Three imports were taken and go on, and the upsert knows their ids; nine records are settled already. */
    async function whileImportsRun(): Promise<void> {
        await mirror.control({ imports: 'hold' });
        mirror.begin();
        await mirror.until('the imports', ({ imports }) => imports.length === 3);
        const before = asked();
        await mirror.until('questions about them', () => asked() > before + 9);
    }

    /** Only what was changed is stopped and started: credentials that are sent along would count as a change. */
    function deployNodes(change: FlowOptions): Promise<void> {
        return deploy(change, 'nodes');
    }

    function deploy(change: FlowOptions, type: DeployType): Promise<void> {
        const reader = { batchSize: 30, ...change.reader };
        const flow = mirrorFlow(mirror.sandbox, { ...change, reader });
        return mirror.nodeRed.deploy(
            flow.map(({ credentials: _, ...node }) => node as FlowNode),
            type,
        );
    }

    function asked(): number {
        return mirror.requests('GET /contacts/v3/import/{id}');
    }

    async function letImportsEnd(): Promise<void> {
        await mirror.control({ imports: 'auto', finish: 'all' });
    }

    /** Time for whatever might still be sent: the sandbox answers within a few milliseconds. */
    function settledDown(): Promise<void> {
        return new Promise((resolve) => setTimeout(resolve, 300));
    }

    /** Of what was on the way, nine records whose address another member has too may come twice: who speaks is looked at anew. */
    function everybodyWasSentOnce(): void {
        sent().should.be.within(DELIVERED, DELIVERED + 9);
    }

    function sent(): number {
        return mirror.report().imports.reduce((sum, { contacts }) => sum + contacts, 0);
    }

    function everybodyIsIn({
        error,
        complete,
        unconfirmed,
        leftOutByFlow,
        inList,
        suppressed,
        rejected,
        stillRejected,
    }: Summary) {
        const onList = mirror.report().lists['1001'];
        should({
            error,
            complete,
            unconfirmed,
            leftOutByFlow,
            inList,
            onList,
            refused: rejected + stillRejected + suppressed,
        }).eql({
            error: null,
            complete: true,
            unconfirmed: 0,
            leftOutByFlow: 0,
            inList: DELIVERED,
            onList: DELIVERED,
            refused: OFFERED - DELIVERED,
        });
    }

    async function nothingMoreIsSent(inList = DELIVERED): Promise<void> {
        const before = sent();
        (await mirror.run()).should.containEql({ batches: 0, left: 0, inList, error: null });
        sent().should.equal(before);
    }
});
