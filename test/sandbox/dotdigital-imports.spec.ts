import 'should';
import { type Sandbox, startSandbox } from '../../src/sandbox';
import { byEmail, Calls } from './calls';

describe('the imports of the sandbox Dotdigital', () => {
    let sandbox: Sandbox;
    let calls: Calls;

    beforeEach(async () => {
        sandbox = await startSandbox({ size: 20 });
        calls = new Calls(sandbox);
    });
    afterEach(() => sandbox.stop());

    it('reports who was created and who was updated', async () => {
        const first = await calls.import([byEmail('jane@example.com', { dataFields: { FIRSTNAME: 'Jane' }, lists: [1001] })]);
        first['status'].should.equal('Finished');
        first['summary'].should.deepEqual({
            newContacts: 1,
            updatedContacts: 0,
            globallySuppressed: 0,
            invalidEntries: 0,
            duplicateIdentifiers: 0,
        });
        first['created'][0]['identifiers'].should.deepEqual({ email: 'jane@example.com' });
        const second = await calls.import([byEmail('JANE@example.com'), byEmail('joe@example.com')]);
        second['updated'].should.deepEqual(first['created']);
        second['created'].length.should.equal(1);
        const report = sandbox.report();
        report.lists['1001'].should.equal(1);
        report.largestImport.should.equal(2);
        report.imports.map(({ contacts, status }) => `${contacts} ${status}`).should.deepEqual(['1 Finished', '2 Finished']);
    });

    it('takes effect when it finishes, not when it is accepted', async () => {
        await calls.patch('jane@example.com', { dataFields: { FIRSTNAME: 'Jane' } });
        await sandbox.control({ imports: 'hold' });
        const older = await calls.startImport([byEmail('jane@example.com', { dataFields: { FIRSTNAME: 'Older' } })]);
        const newer = await calls.startImport([byEmail('jane@example.com', { dataFields: { FIRSTNAME: 'Newer' } })]);
        (await calls.importStatus(older)).should.deepEqual({ importId: older, status: 'NotFinished' });
        (await calls.contact('jane@example.com'))['dataFields']['FIRSTNAME'].should.equal('Jane');
        ((await sandbox.control({ finish: newer })) as object).should.deepEqual({ finished: [newer] });
        (await calls.contact('jane@example.com'))['dataFields']['FIRSTNAME'].should.equal('Newer');
        await sandbox.control({ finish: 'next' });
        (await calls.contact('jane@example.com'))['dataFields']['FIRSTNAME'].should.equal('Older');
    });

    it('writes nothing when it is ended as failed', async () => {
        await sandbox.control({ imports: 'hold' });
        for (const status of ['Failed', 'RejectedByWatchdog', 'ExceedsAllowedContactLimit'] as const) {
            const id = await calls.startImport([byEmail('jane@example.com')]);
            await sandbox.control({ finish: 'all', status });
            (await calls.importStatus(id))['status'].should.equal(status);
        }
        (await calls.get('/contacts/v3/email/jane@example.com')).status.should.equal(404);
    });

    it('lands by itself though nobody asks for it', async () => {
        await calls.startImport([byEmail('jane@example.com')]);
        (await calls.get('/contacts/v3/email/jane@example.com')).status.should.equal(404);
        await sandbox.control({ clock: { advance: 2000 } });
        (await calls.get('/contacts/v3/email/jane@example.com')).status.should.equal(200);
    });

    it('takes as long as it is told', async () => {
        await sandbox.control({ delays: { dotdigital: { importMs: 60_000 } } });
        const id = await calls.startImport([byEmail('jane@example.com')]);
        await sandbox.control({ clock: { advance: 30_000 } });
        (await calls.importStatus(id))['status'].should.equal('NotFinished');
        await sandbox.control({ clock: { advance: 30_000 } });
        (await calls.importStatus(id))['status'].should.equal('Finished');
    });

    it('writes the rest and names the failure of each contact', async () => {
        const report = await calls.import([
            byEmail('bob@x@y', { lists: [1001] }),
            byEmail('good@example.com', { lists: [1001] }),
            byEmail('GOOD@example.com', { dataFields: { FIRSTNAME: 'Twice' } }),
            byEmail('long@example.com', { dataFields: { FIRSTNAME: 'Lou', LASTNAME: 'x'.repeat(1001) }, lists: [1001] }),
            byEmail('field@example.com', { dataFields: { SHOESIZE: '42' } }),
            byEmail('phone@example.com', { identifiers: { email: 'phone@example.com', mobileNumber: '0171123456' } }),
            { matchIdentifier: 'contactId', identifiers: { contactId: 1, email: 'unknown@example.com' } },
            { matchIdentifier: 'mobileNumber', identifiers: { email: 'nomobile@example.com' } },
        ]);
        report['failures']
            .map((failure) => [
                failure['identifiers']['email'],
                failure['failures'][0]['failureCode'],
                failure['failures'][0]['description'],
            ])
            .should.deepEqual([
                ['bob@x@y', 'invalidEmail', "Invalid value for 'email'"],
                ['GOOD@example.com', 'duplicateIdentifier', "Duplicate identifier detected for email 'GOOD@example.com'"],
                ['long@example.com', 'apiSchemaViolation', "Invalid value for 'LASTNAME': at most 1000 characters"],
                ['field@example.com', 'apiSchemaViolation', "Unknown data field 'SHOESIZE'"],
                ['phone@example.com', 'invalidPhoneNumber', "Invalid value for 'mobileNumber'"],
                ['unknown@example.com', 'invalidContactId', "Invalid value for 'contactId'"],
                ['nomobile@example.com', 'noValidIdentifiers', "The identifier 'mobileNumber' has no value"],
            ]);
        report['created']
            .map(({ identifiers }) => identifiers['email'])
            .should.deepEqual(['good@example.com', 'long@example.com', 'field@example.com']);
        report['summary'].should.deepEqual({
            newContacts: 3,
            updatedContacts: 0,
            globallySuppressed: 0,
            invalidEntries: 4,
            duplicateIdentifiers: 1,
        });
        sandbox.report().lists['1001'].should.equal(2);
        (await calls.contact('long@example.com'))['dataFields'].should.containEql({ FIRSTNAME: 'Lou', LASTNAME: null });
    });

    it('changes an address by contactId, but not to one that another contact has', async () => {
        const { body } = await calls.patch('old@example.com', { dataFields: { FIRSTNAME: 'Ann' } });
        await calls.patch('taken@example.com', {});
        const contactId = body['contactId'];
        const refused = await calls.import([
            { matchIdentifier: 'contactId', identifiers: { contactId, email: 'taken@example.com' } },
        ]);
        refused['failures'].should.deepEqual([
            {
                contactId,
                matchIdentifier: 'contactId',
                identifiers: { contactId: String(contactId), email: 'taken@example.com' },
                failures: [
                    {
                        failureCode: 'duplicateIdentifier',
                        description: "Duplicate identifier detected for email 'taken@example.com'",
                    },
                ],
            },
        ]);
        const changed = await calls.import([
            { matchIdentifier: 'contactId', identifiers: { contactId, email: 'new@example.com' } },
        ]);
        changed['updated'].should.deepEqual([{ contactId, identifiers: { email: 'new@example.com' } }]);
        (await calls.contact('new@example.com'))['dataFields'].should.containEql({ FIRSTNAME: 'Ann' });
    });

    it('reports the faults it is told to, each once, with and without writing the contact', async () => {
        const description = 'Suppressed by the whole platform';
        await sandbox.control({
            importFaults: [
                { email: 'never@example.com', code: 'globallySuppressed', description },
                { email: 'partly@example.com', code: 'consentRecordsNotApplied', description, written: true },
            ],
        });
        const contacts = [byEmail('never@example.com'), byEmail('partly@example.com')];
        const report = await calls.import(contacts);
        report['created'].length.should.equal(1);
        report['failures']
            .map(({ failures }) => failures[0]['failureCode'])
            .should.deepEqual(['globallySuppressed', 'consentRecordsNotApplied']);
        report['summary']['globallySuppressed'].should.equal(1);
        (await calls.import(contacts))['failures'].should.deepEqual([]);
    });

    const refused: [string, unknown, string, string][] = [
        ['no contacts', { contacts: [] }, 'contacts:noContactsSpecified', 'You must specify 1 or more contacts to be imported!'],
        [
            'a missing matchIdentifier',
            { contacts: [{ identifiers: { email: 'a@example.com' } }] },
            'contacts:badRequest',
            'The MatchIdentifier field is required.',
        ],
        [
            'missing identifiers',
            { contacts: [{ matchIdentifier: 'email' }] },
            'contacts:badRequest',
            'The Identifiers field is required.',
        ],
        [
            'lists given as texts',
            { contacts: [byEmail('a@example.com', { lists: ['1001'] })] },
            'contacts:badRequest',
            "Invalid value for 'lists': an array of 1 to 100 integers is expected",
        ],
        [
            'a merge option of the single call',
            { mergeOption: 'overwrite-if-empty', contacts: [byEmail('a@example.com')] },
            'contacts:badRequest',
            "The merge option 'overwrite-if-empty' is invalid",
        ],
        ['JSON that is none', '{"contacts":[', 'contacts:badJson', 'The request JSON is badly formed'],
    ];
    for (const [what, body, code, description] of refused) {
        it(`refuses ${what} as a whole`, async () => {
            const answer = await calls.send('PUT', '/contacts/v3/import', body);
            answer.status.should.equal(400);
            answer.body['errorCode'].should.equal(code);
            answer.body['description'].should.equal(description);
            sandbox.report().imports.should.deepEqual([]);
        });
    }

    it('accepts 25 imports at a time and the next one when one has ended', async () => {
        await sandbox.control({ imports: 'hold', dotdigital: { activeImports: 23 } });
        await calls.startImport([byEmail('a@example.com')]);
        await calls.startImport([byEmail('b@example.com')]);
        const answer = await calls.send('PUT', '/contacts/v3/import', { contacts: [byEmail('c@example.com')] });
        answer.status.should.equal(429);
        answer.body['errorCode'].should.equal('contacts:tooManyActiveImports');
        await sandbox.control({ finish: 'next' });
        await calls.startImport([byEmail('c@example.com')]);
    });

    it('refuses a body of more than 50 MB', async () => {
        const answer = await calls.send(
            'PUT',
            '/contacts/v3/import',
            JSON.stringify({ contacts: [byEmail('a@example.com', { filler: 'x'.repeat(50_000_000) })] }),
        );
        answer.status.should.equal(413);
    }).timeout(20_000);

    it('knows its own imports only', async () => {
        (await calls.get('/contacts/v3/import/123646')).body['errorCode'].should.equal('contacts:invalidId');
        (await calls.get('/contacts/v3/import/d7de900d-d337-43f6-b1e1-c8ec73e1a434')).body['errorCode'].should.equal(
            'contacts:importNotFound',
        );
    });
});
