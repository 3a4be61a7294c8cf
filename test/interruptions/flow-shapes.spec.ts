import should from 'should';
import { startSandbox } from '../../src/sandbox';
import type { Summary } from '../../src/sync/summary';
import {
    addsUp,
    connectionNode,
    type FlowOptions,
    type Mirror,
    probeNode,
    readerNode,
    startMirror,
    upsertNode,
} from '../mirror/mirror';
import type { Message } from '../tools/node-red';
import { functionNode } from './function-node';

/** Of the 237 members of the main list among 300 people, those who are offered: with an e-mail, not opted out, one for each address. */
const OFFERED = 219;
/** Of those, six are suppressed in Dotdigital and three have an invalid address. */
const DELIVERED = 210;

describe('Between list reader and upsert', () => {
    let mirror: Mirror;
    let list = 2000;
    before(async () => {
        mirror = await startMirror({ sandbox: { size: 300 }, limits: { importSize: 100, grace: 300 } });
    });
    after(() => mirror.stop());

    it('a function that changes records in place works', async () => {
        await play({
            between: [functionNode('change', 'for (const record of msg.payload) record.lastName = "Same"; return msg;')],
        });
        delivered(await run());
        const names = (await mirror.contacts({ list })).map((contact) => contact.dataFields['LASTNAME']);
        [...new Set(names)].should.eql(['Same']);
    });

    it('a function that returns a new message with the payload alone works', async () => {
        await play({ between: [functionNode('only', 'return { payload: msg.payload };')] });
        delivered(await run());
        stepped(await run());
    });

    it('a function that sends later, and never says that it has finished, works', async () => {
        await play({
            between: [functionNode('later', 'setTimeout(() => node.send(msg), 50); return null;')],
        });
        delivered(await run());
    });

    it('split, a function for each record, and join work', async () => {
        await play({
            between: [
                {
                    id: 'split',
                    type: 'split',
                    z: 'tab',
                    splt: '\\n',
                    spltType: 'str',
                    arraySplt: 1,
                    arraySpltType: 'len',
                    property: 'payload',
                    wires: [['each']],
                },
                functionNode('each', 'msg.payload.lastName = "Each"; return msg;', ['join']),
                {
                    id: 'join',
                    type: 'join',
                    z: 'tab',
                    mode: 'auto',
                    build: 'array',
                    property: 'payload',
                    propertyType: 'msg',
                    wires: [['upsert']],
                },
            ],
        });
        delivered(await run());
        stepped(await run());
    });

    it('split without join works: single records are gathered into imports', async () => {
        await play({
            between: [
                {
                    id: 'split',
                    type: 'split',
                    z: 'tab',
                    splt: '\\n',
                    spltType: 'str',
                    arraySplt: 1,
                    arraySpltType: 'len',
                    property: 'payload',
                    wires: [['upsert']],
                },
            ],
        });
        const before = mirror.report().imports.length;
        delivered(await run());
        (mirror.report().imports.length - before).should.be.belowOrEqual(4);
        stepped(await run());
    });

    it('link nodes to another tab and back work', async () => {
        await play({
            between: [{ id: 'out', type: 'link out', z: 'tab', mode: 'link', links: ['away'], wires: [] }],
            more: [
                { id: 'other', type: 'tab', label: 'Other' },
                { id: 'away', type: 'link in', z: 'other', links: ['out'], wires: [['home']] },
                { id: 'home', type: 'link out', z: 'other', mode: 'link', links: ['back'], wires: [] },
                { id: 'back', type: 'link in', z: 'tab', links: ['home'], wires: [['upsert']] },
            ],
        });
        delivered(await run());
        stepped(await run());
    });

    it('a link call to a shared function works', async () => {
        await play({
            between: [
                {
                    id: 'call',
                    type: 'link call',
                    z: 'tab',
                    links: ['called'],
                    linkType: 'static',
                    timeout: '30',
                    wires: [['upsert']],
                },
            ],
            more: [
                { id: 'called', type: 'link in', z: 'tab', links: [], wires: [['work']] },
                functionNode('work', 'for (const record of msg.payload) record.firstName = "Called"; return msg;', ['return']),
                { id: 'return', type: 'link out', z: 'tab', mode: 'return', links: [], wires: [] },
            ],
        });
        delivered(await run());
    });

    it('an upsert that is reached by a link call works', async () => {
        await play({
            between: [
                {
                    id: 'call',
                    type: 'link call',
                    z: 'tab',
                    links: ['called'],
                    linkType: 'static',
                    timeout: '30',
                    wires: [['after']],
                },
            ],
            upsert: { wires: [['return'], ['rejected']] },
            more: [
                { id: 'called', type: 'link in', z: 'tab', links: [], wires: [['upsert']] },
                { id: 'return', type: 'link out', z: 'tab', mode: 'return', links: [], wires: [] },
                probeNode('after'),
            ],
        });
        delivered(await run());
        stepped(await run());
    });

    it('a subflow with a function and the upsert inside works', async () => {
        await play({
            between: [{ id: 'instance', type: 'subflow:sub', z: 'tab', wires: [['accepted']] }],
            more: [
                {
                    id: 'sub',
                    type: 'subflow',
                    name: 'Write',
                    in: [{ x: 0, y: 0, wires: [{ id: 'inner' }] }],
                    out: [{ x: 0, y: 0, wires: [{ id: 'innerUpsert', port: 0 }] }],
                },
                { ...functionNode('inner', 'return msg;', ['innerUpsert']), z: 'sub' },
                { ...upsertNode('innerUpsert', [[], []], { lists: [{ id: String(list + 1), name: '' }] }), z: 'sub' },
            ],
        });
        delivered(await run());
        stepped(await run());
    });

    it('records that a function drops are counted, and the run ends without waiting for them', async () => {
        await play({
            between: [
                functionNode('drop', 'msg.payload = msg.payload.filter((record) => Number(record.id) % 2 === 0); return msg;'),
            ],
        });
        const first = await run();
        first.leftOutByFlow.should.be.within(90, 130);
        (first.leftOutByFlow + first.inList + first.rejected + first.suppressed).should.equal(OFFERED);
        first.unconfirmed.should.equal(0);
        should(mirror.report().lists[list]).equal(first.inList);
        const second = await run();
        second.should.containEql({ leftOutByFlow: first.leftOutByFlow, inList: first.inList, unconfirmed: 0 });
    });

    it('batches that a function drops as a whole are counted', async () => {
        await play({ between: [functionNode('drop', 'return null;')] });
        (await run()).should.containEql({ leftOutByFlow: OFFERED, inList: 0, unconfirmed: 0, error: null });
    });

    it('a function that throws makes its batch fail, which is offered again, and the others arrive', async () => {
        await play({
            between: [
                functionNode(
                    'fail',
                    'if (msg.parts.index === 1 && !flow.get("once")) { flow.set("once", true); throw new Error("no"); } return msg;',
                ),
            ],
        });
        const first = await run();
        first.should.containEql({ unconfirmed: 30, leftOutByFlow: 0 });
        delivered(await run());
    });

    it('a join over several batches does not stop the run, however small the window', async () => {
        await play({
            reader: { inFlight: 1 },
            between: [
                {
                    id: 'join',
                    type: 'join',
                    z: 'tab',
                    mode: 'custom',
                    build: 'array',
                    property: 'payload',
                    propertyType: 'msg',
                    count: '4',
                    joiner: '',
                    joinerType: 'str',
                    timeout: '',
                    wires: [['upsert']],
                },
            ],
        });
        delivered(await run());
        stepped(await run());
    });

    it('what a join keeps because it waits for more is not waited for, and is offered again', async () => {
        await play({
            reader: { inFlight: 2 },
            between: [
                {
                    id: 'join',
                    type: 'join',
                    z: 'tab',
                    mode: 'custom',
                    build: 'array',
                    property: 'payload',
                    propertyType: 'msg',
                    count: '3',
                    joiner: '',
                    joinerType: 'str',
                    timeout: '',
                    wires: [['upsert']],
                },
            ],
        });
        // Six batches of 30 complete two joins. 30 and 9 records wait, and complete the next join with the first of the next run.
        const first = await run();
        first.should.containEql({ unconfirmed: 39, error: null, complete: true });
        mirror.nodeRed
            .statuses(reader())
            .some(({ text = '' }) => text.includes('join'))
            .should.be.true();
        const second = await run();
        second.should.containEql({ unconfirmed: 9, joined: 39, inList: 201, error: null });
    });

    it('a batch node and a sort of the whole sequence do not stop the run', async () => {
        await play({
            reader: { inFlight: 1 },
            between: [
                {
                    id: 'sort',
                    type: 'sort',
                    z: 'tab',
                    target: 'payload',
                    targetType: 'seq',
                    msgKey: '$number(parts.index)',
                    msgKeyType: 'jsonata',
                    order: 'descending',
                    as_num: true,
                    wires: [['upsert']],
                },
            ],
        });
        delivered(await run());
    });

    it('a delay that lets one batch pass at a time holds nothing up for good', async () => {
        await play({
            reader: { inFlight: 1 },
            between: [
                {
                    id: 'delay',
                    type: 'delay',
                    z: 'tab',
                    pauseType: 'rate',
                    timeout: '1',
                    timeoutUnits: 'seconds',
                    rate: '20',
                    nbRateUnits: '1',
                    rateUnits: 'second',
                    randomFirst: '1',
                    randomLast: '5',
                    randomUnits: 'seconds',
                    drop: false,
                    allowrate: false,
                    outputs: 1,
                    wires: [['upsert']],
                },
            ],
        });
        delivered(await run());
    });

    it('at most so many batches are on the way as the reader says', async () => {
        await play({
            reader: { inFlight: 2, batchSize: 10 },
            between: [
                functionNode(
                    'slow',
                    `const now = (flow.get('now') || 0) + 1;
                     flow.set('now', now);
                     flow.set('most', Math.max(flow.get('most') || 0, now));
                     setTimeout(() => { flow.set('now', flow.get('now') - 1); node.send({ ...msg, most: flow.get('most') }); node.done(); }, 10);`,
                ),
            ],
        });
        delivered(await run());
        const most = mirror.nodeRed.messages('accepted').map((message) => Number(message['most'] ?? 0));
        Math.max(...most).should.equal(2);
    });

    it('nothing that writes: the run goes through and confirms on sending', async () => {
        await play({ between: [probeNode('end')] });
        (await run()).should.containEql({ inList: OFFERED, unconfirmed: 0, leftOutByFlow: 0 });
        (await run()).should.containEql({ joined: 0, batches: 0 });
    });

    it('with "remember as done: when sent" a batch is confirmed although nobody wrote it', async () => {
        await play({ reader: { confirm: 'sent' }, between: [functionNode('drop', 'return null;')] });
        (await run()).should.containEql({ leftOutByFlow: 0, unconfirmed: 0 });
        (await run()).should.containEql({ joined: 0, batches: 0 });
    });

    it('two upserts both get everything', async () => {
        const other = list + 500;
        await mirror.control({ dotdigital: { addList: { name: 'Other', id: other } } });
        await play({
            between: [functionNode('both', 'return msg;', ['upsert', 'second'])],
            more: [upsertNode('second', [['accepted'], ['rejected']], { lists: [{ id: String(other), name: 'Other' }] })],
        });
        delivered(await run());
        should(mirror.report().lists[other]).equal(DELIVERED);
        stepped(await run());
    });

    it('two upserts of different accounts are refused: contacts have other ids in each of them', async () => {
        const other = await startSandbox({ size: 100 });
        try {
            await play({
                between: [functionNode('both', 'return msg;', ['upsert', 'second'])],
                more: [
                    connectionNode('elsewhere', other),
                    upsertNode('second', [['accepted'], ['rejected']], { connection: 'elsewhere' }),
                ],
            });
            mirror.begin({}, reader());
            await mirror.nodeRed.until('a red status', () => mirror.nodeRed.status(reader()).fill === 'red');
            const { error } = mirror.nodeRed.messages('errors').at(-1) as { error: { code: string } };
            error.code.should.equal('severalAccounts');
            other.report().imports.should.have.length(0);
            should(mirror.report().lists[list]).equal(0);
        } finally {
            await other.stop();
        }
    });

    it('one upsert behind another gets what the first accepted', async () => {
        const other = list + 500;
        await mirror.control({ dotdigital: { addList: { name: 'Other', id: other } } });
        await play({
            upsert: { wires: [['second'], ['rejected']] },
            more: [upsertNode('second', [['accepted'], ['rejected']], { lists: [{ id: String(other), name: 'Other' }] })],
        });
        delivered(await run());
        should(mirror.report().lists[other]).equal(DELIVERED);
        stepped(await run());
    });

    it('a message loop works', async () => {
        await play({
            between: [
                {
                    ...functionNode(
                        'loop',
                        'msg.rounds = (msg.rounds || 0) + 1; return msg.rounds < 3 ? [msg, null] : [null, msg];',
                    ),
                    outputs: 2,
                    wires: [['loop'], ['upsert']],
                },
            ],
        });
        delivered(await run());
    });

    it('a loop from Catch back to the upsert delivers what failed at first', async () => {
        await play({
            more: [
                { id: 'again', type: 'catch', z: 'tab', scope: ['upsert'], wires: [['wait']] },
                {
                    id: 'wait',
                    type: 'delay',
                    z: 'tab',
                    pauseType: 'delay',
                    timeout: '50',
                    timeoutUnits: 'milliseconds',
                    wires: [['upsert']],
                },
            ],
        });
        await mirror.control({ imports: 'hold' });
        mirror.begin({}, reader());
        await mirror.until('the imports', ({ imports }) => imports.filter(({ status }) => status === 'NotFinished').length === 3);
        await mirror.control({ finish: 'next', status: 'Failed' });
        await mirror.control({ imports: 'auto', finish: 'all' });
        delivered(await summary());
    });

    it('a function that sets change to "left" takes people off the list', async () => {
        await play({});
        delivered(await run());
        await play(
            {
                between: [
                    functionNode(
                        'off',
                        'for (const record of msg.payload) if (Number(record.id) > 280) record.change = "left"; return msg;',
                    ),
                ],
            },
            false,
        );
        const people = await run({ read: { mode: 'all' } });
        people.leftOutByFlow.should.be.within(10, 20);
        people.inList.should.equal(DELIVERED - people.leftOutByFlow);
        should(mirror.report().lists[list]).equal(people.inList);
        mirror.report().deleted.should.equal(0);
        (await run()).should.containEql({ leftOutByFlow: people.leftOutByFlow, inList: people.inList, batches: 0 });
    });

    it('two readers share one upsert', async () => {
        await play({
            more: [
                readerNode(`second${list + 1}`, [['upsert'], ['summary']], { listId: '4', listName: 'Contacts', batchSize: 10 }),
            ],
        });
        mirror.begin({}, reader());
        mirror.begin({}, `second${list}`);
        const both = [await summary(), await summary()];
        both.map(({ unconfirmed, error }) => ({ unconfirmed, error })).should.eql([
            { unconfirmed: 0, error: null },
            { unconfirmed: 0, error: null },
        ]);
        both.map(({ inList }) => inList)
            .sort()
            .should.eql([DELIVERED, 26]);
        // Two of the contacts have the address of a customer user.
        should(mirror.report().lists[list]).equal(DELIVERED + 26 - 2);
    });

    it('two readers of the same people behind a function that returns the payload alone keep them apart', async () => {
        await play({
            between: [functionNode('only', 'return { payload: msg.payload };')],
            more: [readerNode(`second${list + 1}`, [['only'], ['summary']], { batchSize: 30 })],
        });
        mirror.begin({}, reader());
        mirror.begin({}, `second${list}`);
        delivered(await summary());
        delivered(await summary());
    });

    function reader(): string {
        return `reader${list}`;
    }

    /** Deploys a flow with a memory and a list of its own. */
    async function play(options: FlowOptions, fresh = true): Promise<void> {
        if (fresh) {
            list++;
            await mirror.control({ dotdigital: { addList: { name: `List ${list}`, id: list } } });
        }
        await mirror.deploy({
            ...options,
            reader: { id: reader(), batchSize: 30, ...options.reader },
            upsert: { lists: [{ id: String(list), name: '' }], ...options.upsert },
        });
    }

    function run(message: Message = {}): Promise<Summary> {
        mirror.begin(message, reader());
        return summary();
    }

    async function summary(): Promise<Summary> {
        const { payload } = await mirror.nodeRed.nextMessage('summary', 12_000);
        addsUp(payload as Summary);
        return payload as Summary;
    }

    function delivered({ error, complete, unconfirmed, leftOutByFlow, inList }: Summary): void {
        const onList = mirror.report().lists[list];
        should({ error, complete, unconfirmed, leftOutByFlow, inList, onList }).eql({
            error: null,
            complete: true,
            unconfirmed: 0,
            leftOutByFlow: 0,
            inList: DELIVERED,
            onList: DELIVERED,
        });
    }

    function stepped({ error, joined, changed, batches, inList }: Summary): void {
        should({ error, joined, changed, batches, inList }).eql({
            error: null,
            joined: 0,
            changed: 0,
            batches: 0,
            inList: DELIVERED,
        });
    }
});
