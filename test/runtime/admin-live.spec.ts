import 'should';
import { type Sandbox, startSandbox } from '../../src/sandbox';
import { type NodeRedProcess, startNodeRed } from '../editor/node-red-process';
import { ask, reader, typedConnection } from './admin-requests';

describe('live lists and previews', () => {
    let nodeRed: NodeRedProcess;
    let sandbox: Sandbox;

    before(async () => {
        [nodeRed, sandbox] = await Promise.all([startNodeRed(), startSandbox({ size: 200 })]);
    });

    after(() => Promise.all([nodeRed.stop(), sandbox.stop()]));

    const live = (what: string, more: Record<string, unknown> = {}) =>
        ask(nodeRed.url, `live/${what}`, { connection: typedConnection(sandbox), ...more });
    const preview = (changes: Record<string, unknown>) =>
        ask(nodeRed.url, 'preview', { connection: typedConnection(sandbox), reader: reader(changes) });
    const requests = (name: string) => sandbox.report().requests[name] ?? 0;

    it('lists marketing lists with kind, what their members are, and how many where that is known', async () => {
        const { body } = await live('oro-lists');
        const lists = body.items?.map(({ name, kind, resource, members }) => ({ name, kind, resource, members }));
        lists?.should.containDeep([
            { name: 'VIP customers', kind: 'static', resource: 'customerusers', members: 10 },
            { name: 'Trade fair 2025', kind: 'static', resource: 'customerusers', members: null },
            { name: 'Open leads', kind: 'dynamic', resource: 'leads' },
        ]);
    });

    it('lists groups, customers, tags and attributes of Oro', async () => {
        (await live('oro-groups')).body.items?.map(({ name }) => name).should.containDeep(['Wholesale', 'Retail', 'VIP']);
        (await live('oro-customers', { search: '' })).body.items?.length.should.be.above(0);
        (await live('oro-tags')).body.items?.length.should.be.above(0);
        const attributes = (await live('oro-attributes', { resource: 'customerusers' })).body.items;
        attributes?.should.containDeep([
            { path: 'firstName', kind: 'string' },
            { path: 'enabled', kind: 'boolean' },
        ]);
    });

    it('lists lists and data fields of Dotdigital', async () => {
        (await live('dotdigital-lists')).body.items?.should.containDeep([{ id: 1001, name: 'Oro newsletter' }]);
        (await live('dotdigital-data-fields')).body.items?.should.containDeep([{ name: 'BIRTHDAY', type: 'Date' }]);
    });

    it('asks a service once in a minute, and again when it is told to', async () => {
        await live('dotdigital-data-fields');
        const before = requests('GET /v2/data-fields');
        await live('dotdigital-data-fields');
        requests('GET /v2/data-fields').should.equal(before);
        await live('dotdigital-data-fields', { refresh: true });
        requests('GET /v2/data-fields').should.equal(before + 1);
    });

    it('creates a data field, and the next list holds it', async () => {
        const connection = typedConnection(sandbox);
        const made = await ask(nodeRed.url, 'data-fields', { connection, name: 'NEW_FIELD', type: 'Numeric' });
        made.body.should.deepEqual({ name: 'NEW_FIELD', type: 'Numeric' });
        (await live('dotdigital-data-fields')).body.items?.should.containDeep([{ name: 'NEW_FIELD', type: 'Numeric' }]);
        const again = await ask(nodeRed.url, 'data-fields', { connection, name: 'NEW_FIELD', type: 'Numeric' });
        again.body.error?.code.should.equal('dataFieldExists');
    });

    it('creates a list', async () => {
        const { body } = await ask(nodeRed.url, 'lists', { connection: typedConnection(sandbox), name: 'From the dialog' });
        body['name']?.should.equal('From the dialog');
        (await live('dotdigital-lists')).body.items?.should.containDeep([{ id: body['id'], name: 'From the dialog' }]);
    });

    it('creates nothing for a connection that writes nothing', async () => {
        const connection = typedConnection(sandbox, { environment: 'dryRun' });
        const { body } = await ask(nodeRed.url, 'lists', { connection, name: 'Never' });
        body.error?.code.should.equal('writesNothing');
        (await live('dotdigital-lists', { refresh: true })).body.items?.some(({ name }) => name === 'Never').should.be.false();
    });

    it('shows five people of a list, and builds a dynamic one that was never built', async () => {
        const { body } = await preview({ listId: '1' });
        body.members?.should.equal(160);
        body.people?.length.should.equal(5);
        Object.keys(body.people?.[0] ?? {}).should.containDeep(['type', 'id', 'email', 'firstName', 'lastName']);
    });

    it('says that a static list was never refreshed instead of showing nobody', async () => {
        (await preview({ listId: '3' })).body.error?.code.should.equal('listNeverRefreshed');
    });

    it('shows the people behind a list of orders', async () => {
        const { body } = await preview({ listId: '6', resource: 'orders' });
        body.people?.every(({ type }) => type === 'customerusers').should.be.true();
        body.people?.length.should.be.above(0);
    });

    it('shows people of a filter on an Oro that does not expose its lists', async () => {
        const group = (await live('oro-groups')).body.items?.find(({ name }) => name === 'VIP');
        await sandbox.control({ oro: { stock: true } });
        try {
            (await live('oro-lists', { refresh: true })).body.error?.code.should.equal('listsNotExposed');
            const filter = [{ path: 'customer.group', operator: 'eq', value: String(group?.['id']), valueType: 'id' }];
            const { body } = await preview({ audience: 'query', filter });
            body.people?.length.should.equal(5);
            body.members?.should.be.above(5);
        } finally {
            await sandbox.control({ oro: { stock: false } });
        }
    });

    it('names the filter that Oro refuses', async () => {
        const filter = [{ path: 'firstName', operator: 'contains', value: 'a', valueType: 'str' }];
        const { body } = await preview({ audience: 'query', filter });
        body.error?.code.should.equal('filterNotSupported');
    });

    it('answers within seconds when a service is out of order', async () => {
        await sandbox.control({ faults: [{ service: 'dotdigital', path: '/v2/address-books', status: 503, times: 50 }] });
        try {
            const { body } = await live('dotdigital-lists', { refresh: true });
            body.error?.code.should.equal('serviceUnavailable');
            body.error?.values['service']?.should.equal('Dotdigital');
        } finally {
            await sandbox.control({ clearFaults: true });
        }
    }).timeout(15_000);
});
