import { EMAIL, type Row } from './dotdigital-openapi-v3';

const WHOLE_V2 = 'dotdigital-v2-api-swagger.json';
const LISTS = 'Dotdigital-dotdigital-lists-address-books-2.0.0-resolved.yaml';
const DATA_FIELDS = 'Dotdigital-dotdigital-contact-data-fields-2.0.0-resolved-1.yaml';
const SUBSCRIPTIONS = 'Dotdigital-dotdigital-preferences-and-subscriptions-2.0.0-resolved.yaml';
const EMAIL_CONTACTS = 'Dotdigital-dotdigital-email-contacts-2.0.0-resolved.yaml';
const ACCOUNTS = 'accounts-and-utilities.yaml';
const SEGMENTS = 'segments.yaml';

/** The v2 calls, after the v3 ones, one after the other. */
export const V2_ROWS: readonly Row[] = [
    [ACCOUNTS, 'GET', '/v2/account-info', 200, (calls) => calls.get('/v2/account-info')],
    [ACCOUNTS, 'GET', '/v2/server-time', 200, (calls) => calls.get('/v2/server-time')],
    [EMAIL_CONTACTS, 'GET', '/v2/contacts/count', 200, (calls) => calls.get('/v2/contacts/count')],
    [SEGMENTS, 'GET', '/v2/segments', 200, (calls) => calls.get('/v2/segments')],
    [LISTS, 'GET', '/v2/address-books', 200, (calls) => calls.get('/v2/address-books?select=10&skip=0')],
    [WHOLE_V2, 'GET', '/v2/address-books', 200, (calls) => calls.get('/v2/address-books')],
    [LISTS, 'GET', '/v2/address-books/public', 200, (calls) => calls.get('/v2/address-books/public')],
    [LISTS, 'GET', '/v2/address-books/private', 200, (calls) => calls.get('/v2/address-books/private')],
    [LISTS, 'POST', '/v2/address-books', 200, (calls) => calls.send('POST', '/v2/address-books', { name: 'Shape' })],
    [LISTS, 'GET', '/v2/address-books/{id}', 200, (calls) => calls.get('/v2/address-books/1004')],
    [WHOLE_V2, 'GET', '/v2/address-books/{id}', 200, (calls) => calls.get('/v2/address-books/1004')],
    [LISTS, 'PUT', '/v2/address-books/{id}', 200, (calls) => calls.send('PUT', '/v2/address-books/1004', { name: 'Shapes' })],
    [
        LISTS,
        'POST',
        '/v2/address-books/{id}/contacts/unsubscribe',
        200,
        (calls) => calls.send('POST', '/v2/address-books/1001/contacts/unsubscribe', { email: EMAIL }),
    ],
    [
        // The topic's own file describes this answer as an object whose sample is a text; the whole v2 file has only the account's feed.
        WHOLE_V2,
        'GET',
        '/v2/contacts/suppressed-since/{date}',
        200,
        (calls) => calls.get('/v2/address-books/1001/contacts/unsubscribed-since/2020-01-01'),
    ],
    [
        LISTS,
        'POST',
        '/v2/address-books/{id}/contacts/resubscribe',
        200,
        (calls) => calls.send('POST', '/v2/address-books/1001/contacts/resubscribe', { unsubscribedContact: { email: EMAIL } }),
    ],
    [
        LISTS,
        'POST',
        '/v2/address-books/{id}/contacts/resubscribe-with-no-challenge',
        200,
        (calls) =>
            calls.send('POST', '/v2/address-books/1001/contacts/resubscribe-with-no-challenge', {
                unsubscribedContact: { email: EMAIL },
            }),
    ],
    [
        LISTS,
        'DELETE',
        '/v2/address-books/{addressBookId}/contacts/{contactId}',
        204,
        async (calls) => calls.send('DELETE', `/v2/address-books/1001/contacts/${(await calls.contact(EMAIL))['contactId']}`),
    ],
    [
        LISTS,
        'POST',
        '/v2/address-books/{addressBookId}/contacts/delete',
        202,
        (calls) => calls.send('POST', '/v2/address-books/1002/contacts/delete', [1, 2]),
    ],
    [
        LISTS,
        'POST',
        '/v2/address-books/{addressBookId}/contacts/delete-all',
        202,
        (calls) => calls.send('POST', '/v2/address-books/1003/contacts/delete-all'),
    ],
    [
        EMAIL_CONTACTS,
        'GET',
        '/v2/contacts/deletion/{deletionRequestId}',
        200,
        async (calls) => {
            const job = await calls.send('POST', '/v2/address-books/1002/contacts/delete', [1]);
            return calls.get(`/v2/contacts/deletion/${job.body['id']}`);
        },
    ],
    [LISTS, 'DELETE', '/v2/address-books/{id}', 204, (calls) => calls.send('DELETE', '/v2/address-books/1004')],
    [DATA_FIELDS, 'GET', '/v2/data-fields', 200, (calls) => calls.get('/v2/data-fields')],
    [
        DATA_FIELDS,
        'POST',
        '/v2/data-fields',
        201,
        (calls) => calls.send('POST', '/v2/data-fields', { name: 'SHAPE', type: 'Date' }),
    ],
    [WHOLE_V2, 'DELETE', '/v2/data-fields/{name}', 200, (calls) => calls.send('DELETE', '/v2/data-fields/SHAPE')],
    [DATA_FIELDS, 'DELETE', '/v2/data-fields/{name}', 200, (calls) => calls.send('DELETE', '/v2/data-fields/FIRSTNAME')],
    [
        SUBSCRIPTIONS,
        'POST',
        '/v2/contacts/unsubscribe',
        200,
        (calls) => calls.send('POST', '/v2/contacts/unsubscribe', { email: EMAIL }),
    ],
    [
        SUBSCRIPTIONS,
        'GET',
        '/v2/contacts/suppressed-since/{date}',
        200,
        (calls) => calls.get('/v2/contacts/suppressed-since/2020-01-01'),
    ],
    [
        WHOLE_V2,
        'GET',
        '/v2/contacts/suppressed-since/{date}',
        200,
        (calls) => calls.get('/v2/contacts/suppressed-since/2020-01-01'),
    ],
    [
        SUBSCRIPTIONS,
        'GET',
        '/v2/contacts/unsubscribed-since/{date}',
        200,
        (calls) => calls.get('/v2/contacts/unsubscribed-since/2020-01-01'),
    ],
    [
        SUBSCRIPTIONS,
        'POST',
        '/v2/contacts/resubscribe',
        200,
        (calls) => calls.send('POST', '/v2/contacts/resubscribe', { unsubscribedContact: { email: EMAIL } }),
    ],
    [
        WHOLE_V2,
        'POST',
        '/v2/contacts/resubscribe-with-no-challenge',
        200,
        (calls) => calls.send('POST', '/v2/contacts/resubscribe-with-no-challenge', { unsubscribedContact: { email: EMAIL } }),
    ],
    [
        WHOLE_V2,
        'PUT',
        '/v2/contacts/suppress-contacts',
        200,
        (calls) =>
            calls.send('PUT', '/v2/contacts/suppress-contacts', [{ id: 123 }, { email: EMAIL }, { email: 'none@example.com' }]),
    ],
    [SUBSCRIPTIONS, 'GET', '/v2/preferences', 200, (calls) => calls.get('/v2/preferences')],
    [
        SUBSCRIPTIONS,
        'POST',
        '/v2/preferences',
        200,
        (calls) =>
            calls.send('POST', '/v2/preferences', { publicName: 'Contact method', privateName: 'method', isPreference: true }),
    ],
    [
        SUBSCRIPTIONS,
        'GET',
        '/v2/contacts/{contactIdentifier}/preferences',
        200,
        (calls) => calls.get(`/v2/contacts/${encodeURIComponent(EMAIL)}/preferences`),
    ],
];
