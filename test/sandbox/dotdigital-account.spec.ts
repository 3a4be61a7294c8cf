import 'should';
import { type Sandbox, startSandbox } from '../../src/sandbox';
import { Calls } from './calls';

describe('the account of the sandbox Dotdigital', () => {
    let sandbox: Sandbox;
    let calls: Calls;

    beforeEach(async () => {
        sandbox = await startSandbox({ size: 20 });
        calls = new Calls(sandbox);
    });
    afterEach(() => sandbox.stop());

    it('tells its region as its own address', async () => {
        const endpoint = async (): Promise<string> => {
            const { body } = await calls.get('/v2/account-info');
            return String(Object.fromEntries(body['properties'].map(({ name, value }) => [name, value]))['ApiEndpoint']);
        };
        (await endpoint()).should.equal(`${sandbox.dotdigitalUrl}/`);
        await sandbox.control({ dotdigital: { endpoint: 'https://r3-api.dotdigital.com/', wrongRegion: true } });
        (await endpoint()).should.equal('https://r3-api.dotdigital.com/');
        const refused = await calls.get('/v2/address-books');
        refused.status.should.equal(403);
        refused.text.should.equal('Forbidden: Access is denied');
    });

    it('is another account in every new state', async () => {
        const other = await startSandbox({ size: 20 });
        try {
            const ids = [calls, new Calls(other)].map(async (one) => Number((await one.get('/v2/account-info')).body['id']));
            const [first, second] = await Promise.all(ids);
            Number(first).should.not.equal(second);
        } finally {
            await other.stop();
        }
    });

    it('refuses a wrong password with the words of v2, and without any in v3', async () => {
        const wrong = { authorization: `Basic ${Buffer.from('apiuser-sandbox@apiconnector.com:wrong').toString('base64')}` };
        const v2 = await calls.send('GET', '/v2/account-info', undefined, wrong);
        v2.status.should.equal(401);
        v2.body.should.deepEqual({ message: 'Authorization has been denied for this request.' });
        const v3 = await calls.send('GET', '/contacts/v3/email/a@example.com', undefined, wrong);
        v3.status.should.equal(401);
        v3.text.should.equal('');
    });

    it('counts contacts and tells the time as plain text', async () => {
        await sandbox.control({ clock: { set: '2027-01-02T03:04:05Z' } });
        (await calls.get('/v2/server-time')).text.should.match(/^2027-01-02 03:04:05\.\d{6}\+00:00$/);
        const count = await calls.get('/v2/contacts/count');
        count.text.should.equal('5');
        String(count.headers.get('content-type')).should.startWith('text/plain');
    });

    it('creates, renames and deletes lists', async () => {
        const created = await calls.send('POST', '/v2/address-books', { Name: 'Spring', Visibility: 'Public' });
        created.body.should.deepEqual({ id: 1004, name: 'Spring', visibility: 'Public', contacts: 0 });
        (await calls.send('PUT', '/v2/address-books/1004', { name: 'Summer' })).body['name'].should.equal('Summer');
        (await calls.send('DELETE', '/v2/address-books/1004')).status.should.equal(204);
        const gone = await calls.get('/v2/address-books/1004');
        gone.status.should.equal(404);
        gone.body['message'].should.match(/ERROR_ADDRESSBOOK_NOT_FOUND/);
    });

    it('refuses a list name that is taken, reserved or too long', async () => {
        for (const name of ['vip', 'Test', 'All Contacts', 'x'.repeat(129)])
            (await calls.send('POST', '/v2/address-books', { name })).status.should.equal(400, name.slice(0, 20));
    });

    it('pages lists in no useful order, each exactly once', async () => {
        for (let index = 0; index < 7; index++) await calls.send('POST', '/v2/address-books', { name: `Extra ${index}` });
        const ids: number[] = [];
        for (let skip = 0; skip < 12; skip += 4)
            for (const list of (await calls.get(`/v2/address-books?select=4&skip=${skip}`)).body) ids.push(Number(list['id']));
        ids.slice()
            .sort((one, other) => one - other)
            .should.deepEqual([1001, 1002, 1003, 1004, 1005, 1006, 1007, 1008, 1009, 1010]);
        ids.should.not.deepEqual([1001, 1002, 1003, 1004, 1005, 1006, 1007, 1008, 1009, 1010]);
        (await calls.get('/v2/address-books?select=1001')).status.should.equal(400);
    });

    it('takes contacts off a list, one at a time and by a job', async () => {
        const ids: number[] = [];
        for (const email of ['a@example.com', 'b@example.com', 'c@example.com'])
            ids.push(Number((await calls.patch(email, { lists: [1001] })).body['contactId']));
        const [a, b, c] = ids;
        (await calls.send('DELETE', `/v2/address-books/1001/contacts/${a}`)).status.should.equal(204);
        (await calls.send('DELETE', `/v2/address-books/1001/contacts/${a}`)).status.should.equal(404);
        sandbox.report().lists['1001'].should.equal(2);

        await sandbox.control({ removals: 'hold' });
        const job = await calls.send('POST', '/v2/address-books/1001/contacts/delete', [b, c]);
        job.status.should.equal(202);
        job.body['status'].should.equal('Started');
        const poll = `/v2/contacts/deletion/${job.body['id']}`;
        (await calls.get(poll)).body['Status'].should.equal('Started');
        sandbox.report().lists['1001'].should.equal(2);
        await sandbox.control({ finishRemovals: 'all' });
        (await calls.get(poll)).body['Status'].should.equal('Completed');
        sandbox.report().lists['1001'].should.equal(0);
        (await calls.get(`/contacts/v3/contactId/${b}`)).status.should.equal(200);
    });

    it('creates data fields and refuses those it cannot have', async () => {
        const created = await calls.send('POST', '/v2/data-fields', { name: 'shoe_size', type: 'Numeric' });
        created.status.should.equal(201);
        created.body.should.deepEqual({ name: 'SHOE_SIZE', type: 'Numeric', visibility: 'Private', defaultValue: null });
        const again = await calls.send('POST', '/v2/data-fields', { name: 'Shoe_Size', type: 'String' });
        again.body.should.deepEqual({ message: 'Field already exists. ERROR_NON_UNIQUE_DATAFIELD' });
        for (const body of [
            { name: 'A_NAME_OF_21_CHARACTE', type: 'String' },
            { name: 'with blank', type: 'String' },
            { name: 'Email', type: 'String' },
            { name: 'FINE', type: 'Text' },
        ])
            (await calls.send('POST', '/v2/data-fields', body)).status.should.equal(400, body.name);
        (await calls.send('DELETE', '/v2/data-fields/SHOE_SIZE')).body.should.deepEqual({ result: true, dependencies: null });
        (await calls.send('DELETE', '/v2/data-fields/FIRSTNAME')).body['result'].should.equal(false);
    });

    it('forgets the values of a removed data field', async () => {
        await calls.patch('a@example.com', { dataFields: { ORO_TAGS: '|vip|' } });
        await sandbox.control({ dotdigital: { removeDataField: 'ORO_TAGS' } });
        (await calls.patch('a@example.com', { dataFields: { ORO_TAGS: '|vip|' } })).status.should.equal(400);
        await sandbox.control({ dotdigital: { addDataField: { name: 'ORO_TAGS', type: 'String' } } });
        (await calls.contact('a@example.com'))['dataFields'].should.containEql({ ORO_TAGS: null });
    });

    it('keeps what a contact chose of the preferences', async () => {
        await calls.patch('a@example.com', { preferences: [{ id: 2, isOptedIn: true }] });
        const put = await calls.send('PUT', '/v2/contacts/a%40example.com/preferences', [
            { id: 1, isPreference: false, preferences: [{ id: 3, isPreference: true, isOptedIn: false }] },
        ]);
        put.status.should.equal(200);
        const chosen = (await calls.contact('a@example.com'))['preferences'];
        chosen
            .map(({ id, isOptedIn }) => [id, isOptedIn])
            .should.deepEqual([
                [2, true],
                [3, false],
            ]);
        const tree = (await calls.get('/v2/contact/a%40example.com/preferences')).body;
        tree[0]['preferences']?.map(({ isOptedIn }) => isOptedIn).should.deepEqual([true, false]);
    });

    it('counts calls for each tier, says how many are left, and refuses the next one', async () => {
        await sandbox.control({ rateLimit: { limit: { low: 1, medium: 5, high: 2 }, windowMs: 60_000, reset: 'seconds' } });
        const first = await calls.get('/v2/data-fields');
        String(first.headers.get('x-ratelimit-limit')).should.equal('2');
        String(first.headers.get('x-ratelimit-remaining')).should.equal('1');
        String(first.headers.get('x-ratelimit-scope')).should.equal('highCallRate');
        String(first.headers.get('x-ratelimit-reset')).should.equal('60');
        await calls.get('/v2/data-fields');
        const refused = await calls.get('/v2/data-fields');
        refused.status.should.equal(429);
        String(refused.headers.get('x-ratelimit-remaining')).should.equal('0');
        (await calls.get('/contacts/v3')).status.should.equal(200);
        await sandbox.control({ clock: { advance: 60_000 } });
        (await calls.get('/v2/data-fields')).status.should.equal(200);
    });

    it('says the reset as seconds or milliseconds since 1970', async () => {
        await sandbox.control({ rateLimit: { limit: 1, reset: 'epoch' } });
        const seconds = Number((await calls.get('/v2/data-fields')).headers.get('x-ratelimit-reset'));
        await sandbox.control({ rateLimit: { limit: 1, reset: 'epochMs' } });
        const milliseconds = Number((await calls.get('/v2/data-fields')).headers.get('x-ratelimit-reset'));
        seconds.should.be.within(1_000_000_000, 10_000_000_000);
        milliseconds.should.be.within(1_000_000_000_000, 10_000_000_000_000);
    });

    it('refuses by the flat scheme with 400 and without headers', async () => {
        await sandbox.control({ rateLimit: { scheme: 'flat', limit: 1, windowMs: 3_600_000 } });
        await calls.get('/v2/data-fields');
        const refused = await calls.get('/v2/account-info');
        refused.status.should.equal(400);
        refused.body['message'].should.match(/ERROR_APIUSAGE_EXCEEDED$/);
        (refused.headers.get('x-ratelimit-limit') === null).should.equal(true);
    });

    it('refuses paths and methods that do not exist, and says so in the report', async () => {
        (await calls.get('/v2/nothing')).status.should.equal(404);
        (await calls.get('/contacts/v3/lists/of/things')).status.should.equal(404);
        (await calls.send('PATCH', '/v2/address-books/1001', {})).status.should.equal(405);
        const { refused, requests } = sandbox.report();
        refused
            .map(({ method, path, status }) => `${method} ${path} ${status}`)
            .should.deepEqual([
                'GET /v2/nothing 404',
                'GET /contacts/v3/lists/of/things 404',
                'PATCH /v2/address-books/1001 405',
            ]);
        Number(requests['PATCH /v2/address-books/{id}']).should.equal(1);
    });

    it('deletes many contacts by a job', async () => {
        await calls.patch('a@example.com', {});
        const job = await calls.send('POST', '/contacts/v3/delete', [
            { email: 'a@example.com' },
            { email: 'unknown@example.com' },
        ]);
        job.status.should.equal(202);
        const { body } = await calls.get(`/contacts/v3/delete/${job.body['deleteId']}`);
        body['status'].should.equal('Finished');
        body['summary'].should.deepEqual({ requestedContacts: 2, deletedContacts: 1, unknownContacts: 1, invalidEntries: 0 });
        sandbox.report().deleted.should.equal(1);
    });
});
