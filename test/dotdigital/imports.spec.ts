import should from 'should';
import { importStatus, MAX_ACTIVE_IMPORTS, MAX_IMPORT_BYTES, startImport } from '../../src/dotdigital/contacts';
import { failureOf } from '../http/failing';
import { type StandIn, standIn } from './stand-in';

const CONTACTS = [
    { matchIdentifier: 'email', identifiers: { email: 'jane.doe@emailsim.io' }, dataFields: { FIRSTNAME: 'Jäne' }, lists: [5] },
];
const ACCEPTED = { status: 202, body: { importId: 'd7de900d-d337-43f6-b1e1-c8ec73e1a434' } };

describe('An import', () => {
    let service: StandIn;
    afterEach(() => service.close());

    it('is started with contacts and returns its id', async () => {
        service = await standIn(() => ACCEPTED);
        (await startImport(service.dotdigital, CONTACTS, 'overwriteIfNotEmpty')).should.equal(
            'd7de900d-d337-43f6-b1e1-c8ec73e1a434',
        );
        should(service.calls[0]?.method).equal('PUT');
        should(service.calls[0]?.url).equal('/contacts/v3/import');
        JSON.parse(service.calls[0]?.body ?? '').should.deepEqual({ mergeOption: 'overwriteIfNotEmpty', contacts: CONTACTS });
    });

    it('is started the same with the finished JSON of its contacts', async () => {
        service = await standIn(() => ACCEPTED);
        await startImport(service.dotdigital, { json: Buffer.from(JSON.stringify(CONTACTS)) }, 'overwriteIfEmpty');
        await startImport(service.dotdigital, { json: JSON.stringify(CONTACTS) }, 'overwriteIfEmpty');
        for (const { body, headers } of service.calls) {
            JSON.parse(body).should.deepEqual({ mergeOption: 'overwriteIfEmpty', contacts: CONTACTS });
            should(headers['content-length']).equal(String(Buffer.byteLength(body)));
            should(headers['content-type']).equal('application/json');
        }
    });

    it('is started with a finished body as it is', async () => {
        service = await standIn(() => ACCEPTED);
        const json = '{"mergeOption":"overwrite","contacts":[]}';
        await startImport(service.dotdigital, { json }, 'overwriteIfEmpty');
        should(service.calls[0]?.body).equal(json);
    });

    it('may be as large as Dotdigital takes it', async () => {
        service = await standIn(({ body }) => ({ status: 202, body: { importId: String(body.length) } }));
        const json = Buffer.alloc(MAX_IMPORT_BYTES - 100, ' ');
        json.write('[');
        json.write(']', json.length - 1);
        (await startImport(service.dotdigital, { json }, 'overwrite')).should.equal('49999939');
    }).timeout(30_000);

    it('has to wait when too many are going on', async () => {
        service = await standIn(() => ({
            status: 429,
            body: { errorCode: 'contacts:tooManyActiveImports', description: 'wait' },
        }));
        const failure = await failureOf(startImport(service.dotdigital, CONTACTS, 'overwrite'));
        [failure.code, failure.retryable, failure.status].should.deepEqual(['tooManyActiveImports', true, 429]);
        service.calls.length.should.equal(1);
        MAX_ACTIVE_IMPORTS.should.equal(25);
    });

    it('reports what became of its contacts', async () => {
        service = await standIn(() => ({
            body: {
                importId: 'x',
                status: 'Finished',
                summary: {
                    newContacts: 1,
                    updatedContacts: 1,
                    globallySuppressed: 0,
                    invalidEntries: 1,
                    duplicateIdentifiers: 0,
                },
                created: [{ contactId: 1, identifiers: { email: 'a@b.c', mobileNumber: null, 'oro-id': 812 } }],
                updated: [{ contactId: 2, identifiers: { email: 'd@e.f' } }],
                failures: [
                    {
                        contactId: 12345,
                        matchIdentifier: 'email',
                        identifiers: { email: 'bob@x@y' },
                        failures: [{ failureCode: 'InvalidEmail', description: "Invalid value for 'email'" }],
                    },
                    { identifiers: {} },
                ],
            },
        }));
        (await importStatus(service.dotdigital, 'a/b')).should.deepEqual({
            status: 'finished',
            created: [{ contactId: 1, identifiers: { email: 'a@b.c', 'oro-id': '812' } }],
            updated: [{ contactId: 2, identifiers: { email: 'd@e.f' } }],
            failures: [
                {
                    contactId: 12345,
                    matchIdentifier: 'email',
                    identifiers: { email: 'bob@x@y' },
                    failures: [{ code: 'InvalidEmail', description: "Invalid value for 'email'" }],
                },
                { identifiers: {}, failures: [] },
            ],
            summary: { newContacts: 1, updatedContacts: 1, globallySuppressed: 0, invalidEntries: 1, duplicateIdentifiers: 0 },
        });
        should(service.calls[0]?.url).equal('/contacts/v3/import/a%2Fb');
    });

    const statuses: [string, string][] = [
        ['NotFinished', 'running'],
        ['finished', 'finished'],
        ['Failed', 'failed'],
        ['RejectedByWatchdog', 'rejectedByWatchdog'],
        ['ExceedsAllowedContactLimit', 'exceedsContactLimit'],
        ['InvalidFileFormat', 'failed'],
        ['NotAvailableInThisVersion', 'failed'],
        ['Unknown', 'unknown'],
        ['SomethingNew', 'running'],
    ];
    for (const [sent, status] of statuses) {
        it(`is ${status} while Dotdigital says ${sent}`, async () => {
            service = await standIn(() => ({ body: { importId: 'x', status: sent } }));
            (await importStatus(service.dotdigital, 'x')).should.deepEqual({
                status,
                created: [],
                updated: [],
                failures: [],
                summary: {},
            });
        });
    }

    it('is unknown when Dotdigital has forgotten it', async () => {
        service = await standIn(() => ({ status: 404, body: { errorCode: 'contacts:importNotFound' } }));
        (await importStatus(service.dotdigital, 'x')).status.should.equal('unknown');
    });
});
