import should from 'should';
import { addressOf, caught, nobodyHarmed } from '../consent/people';
import { type Mirror, type MirrorOptions, startMirror } from '../mirror/mirror';

const condition = (path: string, operator: string, value: string, valueType = 'str') => ({ path, operator, value, valueType });

/** What stands in a flow for the value of an environment variable. */
const variable = (name: string) => ['$', '{', name, '}'].join('');

describe('An audience', () => {
    let mirror: Mirror;

    afterEach(async () => {
        nobodyHarmed(mirror);
        await mirror.stop();
    });

    async function start(reader: Record<string, unknown>, options: MirrorOptions = {}): Promise<void> {
        mirror = await startMirror({ sandbox: { size: 40 }, ...options, reader });
    }

    it('of the customers of one group is mirrored from any Oro', async () => {
        await start(
            { audience: 'query', resource: 'customerusers', filter: [condition('customer.group', '=', '2')] },
            { sandbox: { size: 40, stock: true } },
        );
        // Customers 1 and 4 of four are in the group, and every fourth person works for each.
        should(await mirror.cleanRun()).match({ members: 20, joined: 20, inList: 20 });
        const addresses = await mirror.addresses();
        addresses.should.containEql(addressOf(1));
        addresses.should.containEql(addressOf(40));
        addresses.should.not.containEql(addressOf(2));
        await mirror.control({ oro: { change: [{ type: 'customers', id: '2', attributes: { group: '2' } }] } });
        should(await mirror.cleanRun()).match({ members: 30, joined: 10, inList: 30 });
        await mirror.control({ oro: { change: [{ type: 'customers', id: '2', attributes: { group: '3' } }] } });
        should(await mirror.cleanRun({ read: { allowLeaving: 10 } })).match({ members: 20, left: 10, inList: 20 });
        (await mirror.addresses()).should.have.length(20);
    });

    it('of who ordered in the last 90 days is resolved to the people, once each', async () => {
        await start(
            { audience: 'query', resource: 'orders', filter: [condition('createdAt', '>=', '90', 'daysAgo')] },
            { sandbox: { size: 300, stock: true } },
        );
        // Order n is n days old and of person 3n + 1: orders 1 to 89, of which the 50th is a guest's.
        const summary = await mirror.cleanRun();
        summary.members.should.equal(88);
        (await mirror.addresses()).should.have.length(summary.inList);
        await mirror.control({
            oro: { change: [{ type: 'orders', id: '95', attributes: { createdAt: '2099-01-01T00:00:00Z' } }] },
        });
        should(await mirror.cleanRun()).match({ members: 89, joined: 1 });
        await mirror.control({
            oro: {
                change: [{ type: 'orders', id: '96', attributes: { createdAt: '2099-01-01T00:00:00Z', customerUser: '4' } }],
            },
        });
        should(await mirror.cleanRun()).match({ members: 89, joined: 0, batches: 0 });
    });

    it('of a tag is mirrored, of contacts or of leads', async () => {
        await start({ audience: 'tag', listId: '1', resource: 'contacts' }, { sandbox: { size: 200 } });
        should(await mirror.cleanRun()).match({ members: 4, complete: true });
        await mirror.control({ oro: { change: [{ type: 'contacts', id: '2', attributes: { tags: ['1'] } }] } });
        should(await mirror.cleanRun()).match({ members: 5, joined: 1 });
        await mirror.control({ oro: { change: [{ type: 'contacts', id: '2', attributes: { tags: [] } }] } });
        should(await mirror.cleanRun()).match({ members: 4, left: 1 });
        await mirror.deploy({ reader: { audience: 'tag', listId: '1', resource: 'leads' } });
        should(await mirror.cleanRun()).match({ members: 2 });
    });

    it('of a tag that Oro cuts off at 1 000 loses nobody, takes nobody off and says why', async () => {
        await start({ audience: 'tag', listId: '3', resource: 'contacts' }, { sandbox: { size: 6800 } });
        const first = await mirror.run();
        should(first).match({ complete: false, members: 680, error: null });
        await mirror.nodeRed.untilStatus('reader', /over 1 000/);
        const before = (await mirror.addresses()).length;
        await mirror.control({ oro: { change: [{ type: 'contacts', id: '2', attributes: { tags: [] } }] } });
        should(await mirror.run()).match({ complete: false, left: 0, members: 679 });
        (await mirror.addresses()).should.have.length(before);
    });

    it('of a cut tag takes nobody off whose leaving is still to be done: they may have come back unseen', async () => {
        const reader = { audience: 'tag', listId: '3', resource: 'leads' };
        await start(reader, { sandbox: { size: 6800 }, limits: { retry: { attempts: 1, firstWait: 1 } } });
        // 680 contacts and 340 leads have the tag: without some of the contacts Oro names them all.
        const tagContacts = (tags: string[]) => ({
            change: Array.from({ length: 25 }, (_, index) => ({ type: 'contacts', id: String(index + 1), attributes: { tags } })),
        });
        const tagLead = (tags: string[]) => ({ change: [{ type: 'leads', id: '330', attributes: { tags } }] });
        await mirror.control({ oro: tagContacts([]) });
        should(await mirror.cleanRun()).match({ members: 340, inList: 340 });
        await mirror.control({ oro: tagLead([]), faults: [{ service: 'dotdigital', method: 'DELETE', path: '', status: 500 }] });
        should(await mirror.run()).match({ members: 339, left: 0 });
        // Nobody knows whether the removal that failed was carried out, until it can no longer be.
        mirror.advance(4 * 60 * 1000);
        await mirror.control({ oro: tagLead(['3']) });
        await mirror.control({ oro: tagContacts(['3']) });
        should(await mirror.run()).match({ complete: false, incomplete: 'tagTruncated', left: 0 });
        (await mirror.addresses()).should.have.length(340);
        await mirror.control({ oro: tagContacts([]) });
        should(await mirror.cleanRun()).match({ members: 340, inList: 340, left: 0 });
        (await mirror.addresses()).should.have.length(340);
    });

    it('of a cut tag still lets nobody stay on the list who opted out', async () => {
        await start(
            { audience: 'tag', listId: '3', resource: 'contacts', optOutField: 'noNewsletter' },
            { sandbox: { size: 6800 } },
        );
        await mirror.control({ oro: { change: [{ type: 'contacts', id: '3', attributes: { noNewsletter: false } }] } });
        await mirror.run();
        const before = (await mirror.addresses()).length;
        await mirror.control({ oro: { change: [{ type: 'contacts', id: '3', attributes: { noNewsletter: true } }] } });
        should(await mirror.run()).match({ complete: false, left: 1, optedOut: 1 });
        (await mirror.addresses()).should.have.length(before - 1);
    });

    it('of a segment is mirrored', async () => {
        await start({ audience: 'segment', listId: '101' });
        should(await mirror.cleanRun()).match({ members: 32, inList: 32 });
        await mirror.control({ oro: { leave: [1] } });
        should(await mirror.cleanRun()).match({ members: 31, left: 1 });
    });

    it('of a static list stays as the marketers froze it, unless the reader always rebuilds', async () => {
        await start({ listId: '2', listName: 'VIP customers' });
        should(await mirror.cleanRun()).match({ members: 2, inList: 2 });
        await mirror.control({ oro: { list: 2, join: [2, 3] } });
        should(await mirror.cleanRun()).match({ members: 2, joined: 0 });
        await mirror.deploy({ reader: { listId: '2', listName: 'VIP customers', rebuild: 'always' } });
        should(await mirror.cleanRun()).match({ members: 4, joined: 2 });
    });

    it('of a static list that was never refreshed says so, and takes nobody off', async () => {
        await start({ listId: '3', listName: 'Trade fair 2025' });
        should(await mirror.run()).match({ complete: false, members: 0, error: { code: 'listNeverRefreshed' } });
        const error = await caught(mirror);
        error.code.should.equal('listNeverRefreshed');
        error.message.should.match(/Trade fair 2025.*never refreshed.*Refresh list/);
        await mirror.deploy({ reader: { listId: '3', rebuild: 'always' } });
        should(await mirror.cleanRun()).match({ members: 1 });
    });

    it('of a dynamic list is rebuilt first, and is not where the reader never rebuilds', async () => {
        await start({});
        await mirror.cleanRun();
        await mirror.control({ oro: { join: [5] } });
        await mirror.deploy({ reader: { rebuild: 'never' } });
        should(await mirror.cleanRun()).match({ members: 32 });
        await mirror.deploy({ reader: {} });
        should(await mirror.cleanRun()).match({ members: 33, joined: 1 });
    });

    it('of a list that was picked by hand is mirrored, whatever the order in which it was picked', async () => {
        await start({ listId: '7', listName: 'Hand picked' });
        const { members } = await mirror.cleanRun();
        const picked = await mirror.addresses();
        picked.should.have.length(members);
        await mirror.control({ oro: { list: 7, join: [40, 38, 39] } });
        should(await mirror.cleanRun()).match({ members: members + 3, joined: 3, inList: members + 3 });
        (await mirror.addresses()).should.deepEqual([...picked, ...[38, 39, 40].map(addressOf)].sort());
        await mirror.control({ oro: { list: 7, leave: [39] } });
        should(await mirror.cleanRun()).match({ members: members + 2, left: 1 });
        (await mirror.addresses()).should.deepEqual([...picked, ...[38, 40].map(addressOf)].sort());
    });

    it('can be a list of contacts', async () => {
        await start({ listId: '4' }, { sandbox: { size: 200 } });
        const summary = await mirror.cleanRun();
        summary.members.should.equal(18);
        (await mirror.addresses()).should.have.length(summary.inList);
    });

    it('can be a list of leads', async () => {
        await start({ listId: '5' }, { sandbox: { size: 200 } });
        should(await mirror.cleanRun()).match({ members: 5, inList: 5 });
        (await mirror.addresses()).should.have.length(5);
    });

    it('can be a list of orders: the people behind them', async () => {
        await start({ listId: '6' }, { sandbox: { size: 80 } });
        // Orders 3, 13, 23 and 33 of 40.
        should(await mirror.cleanRun()).match({ members: 4 });
        (await mirror.addresses()).should.deepEqual([10, 40, 70, 20].map(addressOf).sort());
    });

    it('and its lists may be named instead of numbered', async () => {
        await start({ listId: 'Newsletter' }, { upsert: { lists: [{ id: 'Oro newsletter', name: '' }] } });
        should(await mirror.cleanRun()).match({ members: 32, inList: 32 });
        (await mirror.addresses()).should.have.length(32);
    });

    it('and everything about it may come from the environment', async () => {
        const names = { TEST_ORO_LIST: '1', TEST_LIST: '1001', TEST_FIELD: 'FULLNAME' };
        Object.assign(process.env, names);
        try {
            await start(
                { listId: variable('TEST_ORO_LIST') },
                {
                    upsert: {
                        lists: [{ id: variable('TEST_LIST'), name: '' }],
                        mapping: [{ from: 'firstName', fromType: 'record', to: variable('TEST_FIELD'), toType: 'String' }],
                    },
                },
            );
            const { oroUrl, dotdigitalUrl, credentials } = mirror.sandbox;
            Object.assign(process.env, {
                TEST_ORO: oroUrl,
                TEST_DOTDIGITAL: dotdigitalUrl,
                TEST_SECRET: credentials.oroClientSecret,
            });
            await mirror.deploy({
                connection: {
                    oroUrl: variable('TEST_ORO'),
                    dotdigitalUrl: variable('TEST_DOTDIGITAL'),
                    credentials: { ...credentials, oroClientSecret: variable('TEST_SECRET') },
                },
            });
            should(await mirror.cleanRun()).match({ members: 32, inList: 32 });
            should((await mirror.contact(addressOf(1)))?.dataFields['FULLNAME']).be.a.String();
        } finally {
            for (const name of Object.keys({ ...names, TEST_ORO: 0, TEST_DOTDIGITAL: 0, TEST_SECRET: 0 }))
                delete process.env[name];
        }
    });
});
