import 'should';
import should from 'should';
import { type Sandbox, startSandbox } from '../../src/sandbox';
import { Calls } from './calls';

describe('the contacts of the sandbox Dotdigital', () => {
    let sandbox: Sandbox;
    let calls: Calls;

    before(async () => {
        sandbox = await startSandbox({ size: 20 });
        calls = new Calls(sandbox);
    });
    after(() => sandbox.stop());

    it('creates a contact by PATCH with 201 and updates it with 200', async () => {
        const created = await calls.patch('jane@example.com', { dataFields: { FIRSTNAME: 'Jane' }, lists: [1001] });
        created.status.should.equal(201);
        created.body['status'].should.equal('subscribed');
        created.body['identifiers'].should.deepEqual({ email: 'jane@example.com' });
        created.body['lists'].should.deepEqual([{ id: 1001, name: 'Oro newsletter', status: 'subscribed' }]);
        const updated = await calls.patch('jane@example.com', { dataFields: { lastname: 'Doe' } });
        updated.status.should.equal(200);
        updated.body['contactId'].should.equal(created.body['contactId']);
        updated.body['dataFields'].should.containEql({ FIRSTNAME: 'Jane', LASTNAME: 'Doe', GENDER: null });
        sandbox.report().lists['1001'].should.equal(1);
    });

    it('finds a contact whatever the capitals and blanks of its address', async () => {
        const { contactId } = await calls.contact(' JANE@Example.com ');
        (await calls.get(`/contacts/v3/contactId/${contactId}`)).body['identifiers'].should.deepEqual({
            email: 'jane@example.com',
        });
    });

    it('keeps + / % and quotes of an encoded address', async () => {
        for (const email of [
            'a+b@example.com',
            'a/b@example.com',
            'a%b@example.com',
            "o'neil@example.com",
            '"j doe"@example.com',
        ]) {
            (await calls.patch(email, {})).status.should.equal(201);
            (await calls.contact(email))['identifiers'].should.deepEqual({ email });
        }
    });

    it('clears with null by overwrite only, and fills empty fields only by overwrite-if-empty', async () => {
        await calls.patch('merge@example.com', { dataFields: { FIRSTNAME: 'Mia', ORDERS: 3, VIP: false } });
        await calls.patch(
            'merge@example.com',
            { dataFields: { FIRSTNAME: null, LASTNAME: '', ORDERS: 0 } },
            'overwrite-if-not-empty',
        );
        (await calls.contact('merge@example.com'))['dataFields'].should.containEql({
            FIRSTNAME: 'Mia',
            LASTNAME: null,
            ORDERS: 0,
            VIP: false,
        });
        await calls.patch(
            'merge@example.com',
            { dataFields: { FIRSTNAME: 'Eva', LASTNAME: 'Moll', VIP: true } },
            'overwrite-if-empty',
        );
        (await calls.contact('merge@example.com'))['dataFields'].should.containEql({
            FIRSTNAME: 'Mia',
            LASTNAME: 'Moll',
            VIP: false,
        });
        await calls.patch('merge@example.com', { dataFields: { FIRSTNAME: null } });
        (await calls.contact('merge@example.com'))['dataFields'].should.containEql({ FIRSTNAME: null, LASTNAME: 'Moll' });
    });

    it('changes the address of the contact with the given contactId and keeps the id', async () => {
        const { body } = await calls.patch('old@example.com', {});
        const answer = await calls.send('PATCH', `/contacts/v3/contactId/${body['contactId']}`, {
            identifiers: { email: 'new@example.com' },
        });
        answer.status.should.equal(200);
        answer.body['contactId'].should.equal(body['contactId']);
        (await calls.get('/contacts/v3/email/old%40example.com')).status.should.equal(404);
    });

    it("refuses another contact's address with 409", async () => {
        const { body } = await calls.patch('first@example.com', {});
        await calls.patch('second@example.com', {});
        const path = `/contacts/v3/contactId/${body['contactId']}`;
        const answer = await calls.send('PATCH', path, { identifiers: { email: 'SECOND@example.com' } });
        answer.status.should.equal(409);
        answer.body['errorCode'].should.equal('contacts:identifierConflict');
        (await calls.get(path)).body['identifiers'].should.deepEqual({ email: 'first@example.com' });
    });

    it('asks a new contact with verifiedDouble first', async () => {
        const { body } = await calls.patch('asked@example.com', {
            channelProperties: { email: { optInType: 'verifiedDouble' } },
            lists: [1003],
        });
        body['status'].should.equal('pendingOptIn');
        body['channelProperties']['email'].should.deepEqual({
            emailType: 'Html',
            optInType: 'VerifiedDouble',
            status: 'pendingOptIn',
        });
        body['lists'][0]['status'].should.equal('pending');
    });

    const refused: [string, unknown, string][] = [
        ['lists given as texts', { lists: ['1001'] }, "Invalid value for 'lists': an array of 1 to 100 integers is expected"],
        ['an empty array of lists', { lists: [] }, "Invalid value for 'lists': an array of 1 to 100 integers is expected"],
        ['a list that does not exist', { lists: [4711] }, 'The list 4711 does not exist'],
        ['an unknown data field', { dataFields: { SHOESIZE: '42' } }, "Unknown data field 'SHOESIZE'"],
        [
            'a text that is too long',
            { dataFields: { LASTNAME: 'x'.repeat(1001) } },
            "Invalid value for 'LASTNAME': at most 1000 characters",
        ],
        ['a number for a text', { dataFields: { LASTNAME: 7 } }, "Invalid value for 'LASTNAME': a text is expected"],
        ['a text for a date', { dataFields: { BIRTHDAY: 'soon' } }, "Invalid value for 'BIRTHDAY': an ISO 8601 date is expected"],
        ['a phone without country code', { identifiers: { mobileNumber: '0171 123456' } }, "Invalid value for 'mobileNumber'"],
        [
            'a status that cannot be sent',
            { channelProperties: { email: { status: 'hardBounced' } } },
            "Invalid value for 'channelProperties': email.status: one of subscribed, unsubscribed, suppressed is expected",
        ],
    ];
    for (const [what, body, description] of refused) {
        it(`refuses ${what} and writes nothing`, async () => {
            const answer = await calls.patch('refused@example.com', body);
            answer.status.should.equal(400);
            answer.body['description'].should.equal(description);
            (await calls.get('/contacts/v3/email/refused@example.com')).status.should.equal(404);
        });
    }

    it('refuses an address that is none, JSON that is none, and another media type', async () => {
        const invalid = await calls.patch('bob@x@y', {});
        invalid.status.should.equal(400);
        invalid.body['errorCode'].should.equal('contacts:invalidId');
        const path = '/contacts/v3/email/bob@example.com';
        (await calls.send('PATCH', path, '{"lists":')).body['errorCode'].should.equal('contacts:badJson');
        (await calls.send('PATCH', path, '{}', { 'content-type': 'text/plain' })).status.should.equal(415);
    });

    it('keeps dates, numbers and booleans typed', async () => {
        await calls.patch('typed@example.com', { dataFields: { BIRTHDAY: '1990-05-01', ORDERS: '12.5', VIP: 'True' } });
        (await calls.contact('typed@example.com'))['dataFields'].should.containEql({
            BIRTHDAY: '1990-05-01T00:00:00Z',
            ORDERS: 12.5,
            VIP: true,
        });
    });

    it('brings a deleted contact back with its id when it is written again', async () => {
        const { body } = await calls.patch('gone@example.com', { dataFields: { FIRSTNAME: 'Gone' }, lists: [1001] });
        const members = Number(sandbox.report().lists['1001']);
        (await calls.send('DELETE', '/contacts/v3/email/gone%40example.com')).body.should.deepEqual({
            contactId: body['contactId'],
        });
        (await calls.get('/contacts/v3/email/gone%40example.com')).status.should.equal(404);
        sandbox.report().lists['1001'].should.equal(members - 1);
        sandbox.report().deleted.should.equal(1);
        const back = await calls.patch('gone@example.com', {});
        back.status.should.equal(200);
        back.body['contactId'].should.equal(body['contactId']);
        back.body['dataFields'].should.containEql({ FIRSTNAME: 'Gone' });
        back.body['lists'].should.deepEqual([]);
    });

    it('creates by POST only, and replaces by PUT everything but the subscription', async () => {
        const contact = { identifiers: { email: 'post@example.com' }, dataFields: { FIRSTNAME: 'Post' }, lists: [1003] };
        (await calls.send('POST', '/contacts/v3', contact)).status.should.equal(201);
        (await calls.send('POST', '/contacts/v3', contact)).status.should.equal(409);
        await sandbox.control({ dotdigital: { unsubscribe: ['post@example.com'] } });
        const put = await calls.send('PUT', '/contacts/v3/email/post@example.com', {
            identifiers: contact.identifiers,
            dataFields: { LASTNAME: 'Put' },
        });
        put.body['dataFields'].should.containEql({ FIRSTNAME: null, LASTNAME: 'Put' });
        put.body['lists'].should.deepEqual([]);
        put.body['status'].should.equal('unsubscribed');
    });

    it('recognises a contact by a custom identifier once the account has it', async () => {
        (
            await calls.send('PATCH', '/contacts/v3/oro-id/812', { identifiers: { email: 'custom@example.com' } })
        ).status.should.equal(400);
        (await calls.send('POST', '/configuration/v3/customIdentifiers', { name: 'oro-id' })).status.should.equal(201);
        const created = await calls.send('PATCH', '/contacts/v3/oro-id/812', { identifiers: { email: 'custom@example.com' } });
        created.status.should.equal(201);
        (await calls.get('/contacts/v3/oro-id/812')).body['identifiers'].should.deepEqual({
            email: 'custom@example.com',
            'oro-id': '812',
        });
    });

    it('reads contacts by list and by modification in pages, in the order of their ids', async () => {
        await sandbox.control({ dotdigital: { addList: { id: 2000, name: 'Pages' } } });
        for (let index = 1; index <= 5; index++)
            await calls.patch(`page${index}@example.com`, { lists: [2000], dataFields: { ORDERS: index } });
        const found: string[] = [];
        let path: string | null = '/contacts/v3?~listId=2000&limit=2&data-fields=ORDERS&include=lists';
        let pages = 0;
        while (path) {
            const { body } = await calls.get(path);
            for (const item of body['_items']) found.push(`${item['identifiers']['email']} ${item['dataFields']['ORDERS']}`);
            const next = body['_links']['next'];
            path = next ? String(next['link']).slice(sandbox.dotdigitalUrl.length) : null;
            pages++;
        }
        pages.should.equal(3);
        found.should.deepEqual([
            'page1@example.com 1',
            'page2@example.com 2',
            'page3@example.com 3',
            'page4@example.com 4',
            'page5@example.com 5',
        ]);

        await sandbox.control({ clock: { advance: 3_600_000 } });
        const since = new Date(Date.now() + 3_000_000).toISOString();
        await calls.patch('page2@example.com', { dataFields: { ORDERS: 22 } });
        const { body } = await calls.get(`/contacts/v3?~modified=gte::${since}`);
        body['_items'].length.should.equal(1);
        should(body['_items'][0]['dataFields']).equal(undefined);
        (await calls.get('/contacts/v3?~modified=2024-01-01')).body['errorCode'].should.equal('contacts:invalidFilter');
    });
});
