import should from 'should';
import type { Summary } from '../../src/sync/summary';
import { addressOf, caught, nobodyHarmed, withMemory } from '../consent/people';
import { type FlowOptions, type Mirror, type MirrorOptions, startMirror } from '../mirror/mirror';

/** Reads that are sent as POST. */
const READS = new Set(['POST /oauth2-token', 'POST /admin/api/customerusers']);

/** Requests that write, by name, on either side. */
function writes(mirror: Mirror): Record<string, number> {
    const entries = Object.entries(mirror.report().requests);
    return Object.fromEntries(entries.filter(([name]) => !name.startsWith('GET ') && !READS.has(name)));
}

/** What the memory holds of records, addresses and contacts. */
function remembered(mirror: Mirror): Promise<string[]> {
    return withMemory(mirror, async (store) => {
        const keys: string[] = [];
        for await (const entries of store.entries({ from: '', to: '\uffff' })) for (const [key] of entries) keys.push(key);
        return keys.filter((key) => /^[li]\//.test(key));
    });
}

describe('A dry run', () => {
    let mirror: Mirror;

    beforeEach(async () => {
        // Somebody in Oro has refreshed the list: a dry run does not.
        mirror = await startMirror({ sandbox: { size: 40 } });
        await mirror.control({ oro: { rebuild: [101] } });
    });

    afterEach(async () => {
        nobodyHarmed(mirror);
        await mirror.stop();
    });

    const WAYS: readonly (readonly [string, FlowOptions, Record<string, unknown>])[] = [
        ['of the node', { upsert: { dryRun: true } }, {}],
        ['of the connection', { connection: { environment: 'dryRun' } }, {}],
        ['of the message', {}, { read: { dryRun: true } }],
    ];
    for (const [way, flow, message] of WAYS) {
        it(`${way} sends not one write request, and tells what would be written`, async () => {
            await mirror.deploy(flow);
            await mirror.control({
                dotdigital: { addContacts: [{ email: addressOf(1) }], unsubscribe: [addressOf(2)] },
                oro: { optOut: [3] },
            });
            await mirror.change(4, { email: 'nobody' });
            should(await mirror.cleanRun(message)).match({
                dryRun: true,
                members: 32,
                joined: 31,
                suppressed: 1,
                optedOut: 1,
                rejected: 1,
                inList: 29,
            });
            writes(mirror).should.deepEqual({});
            (await mirror.addresses()).should.deepEqual([]);
            (await remembered(mirror)).should.deepEqual([]);
            await mirror.nodeRed.untilStatus('reader', /^dry run · /);
            const { result } = await mirror.nodeRed.nextMessage('accepted');
            should(result).match({ rejected: 1, suppressed: 1, importIds: [] });
        });

        it(`${way} creates no missing data field, and does not fail for it`, async () => {
            const mapping = [{ from: 'firstName', fromType: 'record', to: 'NICK_NAME', toType: 'String' }];
            await mirror.deploy({ ...flow, upsert: { ...flow.upsert, mapping, createMissingFields: true } });
            should(await mirror.cleanRun(message)).match({ dryRun: true, inList: 32 });
            writes(mirror).should.deepEqual({});
        });

        it(`${way} tells who would leave, be taken off and be written again, and the next real run does it`, async () => {
            await mirror.cleanRun();
            await mirror.deploy(flow);
            await mirror.control({ oro: { leave: [1, 2], optOut: [3], join: [5] } });
            await mirror.control({ oro: { rebuild: [101] } });
            await mirror.change(4, { firstName: 'Changed' });
            const expected: Partial<Summary> = { members: 31, joined: 1, changed: 1, left: 3, optedOut: 1, held: 0, inList: 30 };
            const before = writes(mirror);
            const memory = await remembered(mirror);
            should(await mirror.cleanRun(message)).match({ ...expected, dryRun: true });
            writes(mirror).should.deepEqual(before);
            (await remembered(mirror)).should.deepEqual(memory);
            (await mirror.addresses()).should.have.length(32);
            await mirror.deploy({});
            should(await mirror.cleanRun()).match({ ...expected, dryRun: false });
            (await mirror.addresses()).should.have.length(30);
        });
    }

    it('of a message of one record writes nothing', async () => {
        await mirror.deploy({ upsert: { dryRun: true } });
        mirror.nodeRed.send('upsert', { payload: { email: 'max@example.com', firstName: 'Max' } });
        const { result } = await mirror.nodeRed.nextMessage('accepted');
        should(result).match({ created: 1, updated: 0 });
        mirror.nodeRed.send('upsert', { payload: { email: 'max@example.com', change: 'left' } });
        should((await mirror.nodeRed.nextMessage('accepted'))['result']).match({ removed: 1 });
        writes(mirror).should.deepEqual({});
    });
});

describe('A run', () => {
    let mirror: Mirror;

    async function start(options: MirrorOptions = {}): Promise<void> {
        mirror = await startMirror(options);
    }

    afterEach(async () => {
        nobodyHarmed(mirror);
        await mirror.stop();
    });

    it('of everyone sends everyone, each time, and says why', async () => {
        await start({ reader: { mode: 'all' } });
        should(await mirror.cleanRun()).match({ joined: 16, cause: 'all', inList: 16 });
        should(await mirror.cleanRun()).match({ changed: 16, unchanged: 0, cause: 'all', inList: 16 });
        mirror.requests('PUT /contacts/v3/import').should.equal(2);
        await mirror.deploy({ reader: {} });
        should(await mirror.cleanRun()).match({ unchanged: 16, cause: '', batches: 0 });
    });

    it('of everyone may be asked for by the message, for once', async () => {
        await start();
        await mirror.cleanRun();
        should(await mirror.cleanRun({ read: { mode: 'all' } })).match({ changed: 16, cause: 'all', overridden: ['mode'] });
        should(await mirror.cleanRun()).match({ unchanged: 16, cause: '', overridden: [] });
    });

    it('of everyone still takes off who left', async () => {
        await start({ reader: { mode: 'all' } });
        await mirror.cleanRun();
        await mirror.control({ oro: { leave: [1] } });
        should(await mirror.cleanRun()).match({ left: 1, inList: 15 });
        (await mirror.addresses()).should.have.length(15);
    });

    for (const [what, flow] of [
        ['a mapping', { upsert: { mapping: [{ from: 'firstName', fromType: 'record', to: 'FULLNAME', toType: 'String' }] } }],
        ['the merge option', { upsert: { mergeOption: 'overwrite' } }],
        ['the lists', { upsert: { lists: [{ id: '1002', name: 'VIP' }] } }],
        ['the extra fields', { reader: { fields: ['enabled'] } }],
    ] as const) {
        it(`after ${what} changed sends everyone again, once, and says why`, async () => {
            await start();
            await mirror.cleanRun();
            await mirror.deploy(flow);
            should(await mirror.cleanRun()).match({ changed: 16, unchanged: 0, cause: 'settings', inList: 16 });
            should(await mirror.cleanRun()).match({ changed: 0, unchanged: 16, cause: '', batches: 0 });
        });
    }

    it('after names, sizes or the order of lists changed sends nothing', async () => {
        const lists = [
            { id: '1001', name: 'Oro newsletter' },
            { id: '1002', name: 'VIP' },
        ];
        await start({ upsert: { lists } });
        await mirror.cleanRun();
        await mirror.deploy({
            reader: { name: 'Another name', batchSize: 7, inFlight: 2, maxLeavePercent: 50 },
            upsert: { name: 'Also', lists: [...lists].reverse() },
        });
        should(await mirror.cleanRun()).match({ unchanged: 16, cause: '', batches: 0 });
    });

    it('offers again what was rejected when it is asked to', async () => {
        await start();
        await mirror.control({
            importFaults: [{ email: addressOf(1), code: 'InvalidEmail', description: 'Not an address', times: 2 }],
        });
        should(await mirror.cleanRun()).match({ rejected: 1, inList: 15 });
        should(await mirror.cleanRun()).match({ stillRejected: 1, rejected: 0, batches: 0 });
        should(await mirror.cleanRun({ read: { retry: 'rejected' } })).match({
            stillRejected: 0,
            inList: 16,
            overridden: ['retry'],
        });
        (await mirror.addresses()).should.containEql(addressOf(1));
        should(await mirror.cleanRun()).match({ inList: 16, batches: 0 });
    });

    it('offers again what was rejected when the record changed', async () => {
        await start();
        await mirror.change(1, { email: 'nobody' });
        should(await mirror.cleanRun()).match({ rejected: 1 });
        await mirror.change(1, { email: 'somebody@example.com' });
        should(await mirror.cleanRun()).match({ joined: 1, inList: 16, stillRejected: 0 });
    });

    it('takes what is not said as it is described: changes, batches of 1 000, the safe merge option', async () => {
        await start({ sandbox: { size: 1500 } });
        await mirror.control({ dotdigital: { addContacts: [{ email: addressOf(1), dataFields: { LASTNAME: 'There' } }] } });
        await mirror.change(1, { lastName: '' });
        const { inList } = await mirror.run();
        const batches = mirror.nodeRed.messages('batches').map(({ payload, parts }) => [(payload as unknown[]).length, parts]);
        should(batches[0]).match([1000, { index: 0, len: 1000, type: 'array' }]);
        should(batches[1]?.[1]).match({ index: 1, count: 2 });
        should((await mirror.contact(addressOf(1)))?.dataFields['LASTNAME']).equal('There');
        should(await mirror.run()).match({ batches: 0, inList });
        await mirror.control({ oro: { leave: 200 } });
        should(await mirror.run()).match({ held: 0, left: 200 });
    });

    it('in which more than half is refused for one reason is stopped, and says so', async () => {
        await start({ sandbox: { size: 150 } });
        const change = Array.from({ length: 100 }, (_, index) => ({
            type: 'customerusers',
            id: String(index + 1),
            attributes: { email: `nobody-${index}` },
        }));
        await mirror.control({ oro: { change } });
        const summary = await mirror.run();
        should(summary).match({ complete: false, error: { code: 'tooManyRefused' }, left: 0 });
        summary.rejected.should.be.above(50);
        (await caught(mirror)).message.should.match(/More than half.*"invalidEmail".*output 2/);
        await mirror.nodeRed.untilStatus('reader', /^too many refused$/);
    });

    it('with an unknown word in the message is refused, and says which', async () => {
        await start();
        mirror.begin({ read: { mode: 'everything' } });
        const error = await caught(mirror);
        error.code.should.equal('messageInvalid');
        error.message.should.match(/mode/).and.not.match(/everything/);
    });
});
