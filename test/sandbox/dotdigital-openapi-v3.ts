import { type Answer, byEmail, type Calls } from './calls';

export const CONTACTS = 'dotdigital-contacts-service.json';
const CONFIGURATION = 'dotdigital-configuration-service.json';

/** Whom the calls are about; the first of them creates it. */
export const EMAIL = 'shape@example.com';
const CONTACT = {
    identifiers: { email: EMAIL, mobileNumber: '447123123123' },
    dataFields: { FIRSTNAME: 'Shape', BIRTHDAY: '1990-05-01', ORDERS: 3, VIP: true },
    lists: [1001],
    preferences: [{ id: 2, isOptedIn: true }],
    consentRecords: [
        {
            text: 'Yes',
            dateTimeConsented: '2026-01-01T00:00:00Z',
            url: 'https://shop.example/',
            ipAddress: '203.0.113.2',
            userAgent: 'Mozilla/5.0',
        },
    ],
};
const UNKNOWN_IMPORT = 'd7de900d-d337-43f6-b1e1-c8ec73e1a434';

/** File, call, path as the file writes it, status, and how the call is made. */
export type Row = readonly [string, string, string, number, (calls: Calls) => Promise<Answer>];

/** The v3 calls, one after the other: each finds what the calls before it left. */
export const V3_ROWS: readonly Row[] = [
    [CONTACTS, 'PATCH', '/contacts/v3/{identifier}/{value}', 201, (calls) => calls.patch(EMAIL, CONTACT)],
    [CONTACTS, 'PATCH', '/contacts/v3/{identifier}/{value}', 200, (calls) => calls.patch(EMAIL, CONTACT)],
    [CONTACTS, 'PATCH', '/contacts/v3/{identifier}/{value}', 400, (calls) => calls.patch(EMAIL, { dataFields: { NONE: 1 } })],
    [
        CONTACTS,
        'PATCH',
        '/contacts/v3/{identifier}/{value}',
        409,
        (calls) => calls.patch('ada.guest@example.org', { identifiers: { mobileNumber: '447123123123' } }),
    ],
    [CONTACTS, 'GET', '/contacts/v3/{identifier}/{value}', 200, (calls) => calls.get(`/contacts/v3/email/${EMAIL}`)],
    [CONTACTS, 'GET', '/contacts/v3/{identifier}/{value}', 404, (calls) => calls.get('/contacts/v3/email/none@example.com')],
    [CONTACTS, 'GET', '/contacts/v3/{identifier}/{value}', 400, (calls) => calls.get('/contacts/v3/email/none')],
    [
        CONTACTS,
        'PUT',
        '/contacts/v3/{identifier}/{value}',
        200,
        (calls) => calls.send('PUT', `/contacts/v3/email/${EMAIL}`, { identifiers: CONTACT.identifiers, lists: [1001] }),
    ],
    [
        CONTACTS,
        'POST',
        '/contacts/v3',
        201,
        (calls) => calls.send('POST', '/contacts/v3', { identifiers: { email: 'post@example.com' } }),
    ],
    [
        CONTACTS,
        'POST',
        '/contacts/v3',
        409,
        (calls) => calls.send('POST', '/contacts/v3', { identifiers: { email: 'post@example.com' } }),
    ],
    [CONTACTS, 'GET', '/contacts/v3', 200, (calls) => calls.get('/contacts/v3?limit=2')],
    [
        CONTACTS,
        'GET',
        '/contacts/v3',
        200,
        (calls) => calls.get('/contacts/v3?data-fields=[[ALL]]&include=channelProperties|lists|preferences|consentRecords'),
    ],
    [CONTACTS, 'GET', '/contacts/v3', 400, (calls) => calls.get('/contacts/v3?~modified=2022-08-01T00:00:00Z')],
    [
        CONTACTS,
        'PUT',
        '/contacts/v3/import',
        202,
        (calls) => calls.send('PUT', '/contacts/v3/import', { contacts: [byEmail('import@example.com')] }),
    ],
    [CONTACTS, 'PUT', '/contacts/v3/import', 400, (calls) => calls.send('PUT', '/contacts/v3/import', { contacts: [{}] })],
    [
        CONTACTS,
        'GET',
        '/contacts/v3/import/{importId}',
        200,
        async (calls) =>
            calls.get(
                `/contacts/v3/import/${await calls.startImport([byEmail('new@example.com'), byEmail(EMAIL), byEmail('bad@x@y'), byEmail('half@example.com', { dataFields: { NONE: 1 } })])}`,
            ),
    ],
    [CONTACTS, 'GET', '/contacts/v3/import/{importId}', 404, (calls) => calls.get(`/contacts/v3/import/${UNKNOWN_IMPORT}`)],
    [CONTACTS, 'GET', '/contacts/v3/import/{importId}', 400, (calls) => calls.get('/contacts/v3/import/123646')],
    [
        CONTACTS,
        'GET',
        '/contacts/v3/import/{importId}',
        200,
        async (calls) => {
            await calls.sandbox.control({ imports: 'hold' });
            return calls.get(`/contacts/v3/import/${await calls.startImport([byEmail('held@example.com')])}`);
        },
    ],
    [
        CONTACTS,
        'PUT',
        '/contacts/v3/import',
        429,
        async (calls) => {
            await calls.sandbox.control({ dotdigital: { activeImports: 25 } });
            return calls.send('PUT', '/contacts/v3/import', { contacts: [byEmail('import@example.com')] });
        },
    ],
    [
        CONTACTS,
        'POST',
        '/contacts/v3/delete',
        202,
        (calls) => calls.send('POST', '/contacts/v3/delete', [{ email: 'post@example.com' }]),
    ],
    [CONTACTS, 'POST', '/contacts/v3/delete', 400, (calls) => calls.send('POST', '/contacts/v3/delete', [])],
    [
        CONTACTS,
        'GET',
        '/contacts/v3/delete/{deleteId}',
        200,
        async (calls) => {
            const job = await calls.send('POST', '/contacts/v3/delete', [
                { email: 'new@example.com' },
                { email: 'none@example.com' },
            ]);
            return calls.get(`/contacts/v3/delete/${job.body['deleteId']}`);
        },
    ],
    [CONTACTS, 'GET', '/contacts/v3/delete/{deleteId}', 404, (calls) => calls.get(`/contacts/v3/delete/${UNKNOWN_IMPORT}`)],
    [
        CONFIGURATION,
        'POST',
        '/configuration/v3/customIdentifiers',
        201,
        (calls) => calls.send('POST', '/configuration/v3/customIdentifiers', { name: 'crm-id' }),
    ],
    [
        CONFIGURATION,
        'POST',
        '/configuration/v3/customIdentifiers',
        409,
        (calls) => calls.send('POST', '/configuration/v3/customIdentifiers', { name: 'crm-id' }),
    ],
    [
        CONFIGURATION,
        'GET',
        '/configuration/v3/customIdentifiers',
        200,
        (calls) => calls.get('/configuration/v3/customIdentifiers'),
    ],
    [
        CONTACTS,
        'DELETE',
        '/contacts/v3/{identifier}/{value}',
        200,
        (calls) => calls.send('DELETE', `/contacts/v3/email/ada.guest@example.org`),
    ],
    [
        CONTACTS,
        'DELETE',
        '/contacts/v3/{identifier}/{value}',
        404,
        (calls) => calls.send('DELETE', `/contacts/v3/email/ada.guest@example.org`),
    ],
];
