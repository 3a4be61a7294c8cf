import should from 'should';
import { accountInfo, contactCount } from '../../src/dotdigital/account';
import type { Dotdigital } from '../../src/dotdigital/client';
import { deleteContact, getContact, importStatus, readContacts, startImport, upsertContact } from '../../src/dotdigital/contacts';
import { createDataField, listDataFields } from '../../src/dotdigital/data-fields';
import { createList, getList, listLists, removalStatus, removeFromList, startRemoval } from '../../src/dotdigital/lists';
import { listPreferences } from '../../src/dotdigital/preferences';
import { suppressedSince, unsubscribe, unsubscribedFromListSince, unsubscribeFromList } from '../../src/dotdigital/suppressions';
import { everything } from '../http/failing';
import type { Received } from '../http/listening';
import { referenceFolder, saySkipped } from '../http/reference';
import { type Description, descriptionsIn, misfits, operationsFor } from './openapi';
import { standIn } from './stand-in';

const EMAIL = "o'hara+news/1@example.com";
const CONTACT = {
    identifiers: { email: EMAIL, 'oro-id': '812' },
    dataFields: { FIRSTNAME: 'Scarlett', VIP: true, ORDERS: 4, LASTNAME: null },
    channelProperties: { email: { optInType: 'single' } },
    lists: [1001],
};
const SELECTION = {
    listId: 5,
    modifiedSince: '2024-05-01T10:00:00.123Z',
    dataFields: ['FIRSTNAME'],
    include: ['channelProperties', 'lists'] as const,
};

const CALLS: Readonly<Record<string, (dotdigital: Dotdigital) => Promise<unknown>>> = {
    accountInfo: (dotdigital) => accountInfo(dotdigital),
    contactCount: (dotdigital) => contactCount(dotdigital),
    listLists: (dotdigital) => listLists(dotdigital),
    getList: (dotdigital) => getList(dotdigital, 5),
    createList: (dotdigital) => createList(dotdigital, { name: 'Spring', visibility: 'Private' }),
    removeFromList: (dotdigital) => removeFromList(dotdigital, 5, 7),
    startRemoval: (dotdigital) => startRemoval(dotdigital, 5, [7, 8]),
    removalStatus: (dotdigital) => removalStatus(dotdigital, '9133c58f-a756-46e1-8cff-bd90c6cdfb92'),
    getContact: (dotdigital) => getContact(dotdigital, 'email', EMAIL),
    upsertContact: (dotdigital) => upsertContact(dotdigital, 'email', EMAIL, CONTACT, 'overwriteIfEmpty'),
    startImport: (dotdigital) => startImport(dotdigital, [{ ...CONTACT, matchIdentifier: 'email' }], 'overwriteIfNotEmpty'),
    'startImport with finished JSON': (dotdigital) =>
        startImport(dotdigital, { json: JSON.stringify([{ ...CONTACT, matchIdentifier: 'email' }]) }, 'overwrite'),
    importStatus: (dotdigital) => importStatus(dotdigital, 'd7de900d-d337-43f6-b1e1-c8ec73e1a434'),
    readContacts: (dotdigital) => everything(readContacts(dotdigital, SELECTION)),
    deleteContact: (dotdigital) => deleteContact(dotdigital, 'email', EMAIL),
    listDataFields: (dotdigital) => listDataFields(dotdigital),
    createDataField: (dotdigital) => createDataField(dotdigital, { name: 'SHOE_SIZE', type: 'Numeric', visibility: 'Private' }),
    suppressedSince: (dotdigital) => everything(suppressedSince(dotdigital, '2024-05-01T10:00:00.123Z')),
    unsubscribedFromListSince: (dotdigital) => everything(unsubscribedFromListSince(dotdigital, 5, '2024-05-01T10:00:00.123Z')),
    unsubscribeFromList: (dotdigital) => unsubscribeFromList(dotdigital, 5, EMAIL),
    unsubscribe: (dotdigital) => unsubscribe(dotdigital, EMAIL),
    listPreferences: (dotdigital) => listPreferences(dotdigital),
};

/** Nothing when one of the descriptions fits, else what is wrong with each. */
function unknownOf({ method, url, body }: Received, descriptions: readonly Description[]): string[] {
    const { pathname, searchParams } = new URL(url, 'http://localhost');
    const verdicts = operationsFor(descriptions, method, pathname).map(({ description, operation }) => {
        const parameters = (operation.parameters ?? []).filter((parameter) => parameter.in === 'query');
        const wrong = [...searchParams].flatMap(([name, value]) => {
            const schema = parameters.find((parameter) => parameter.name === name)?.schema;
            const single = schema?.type === 'integer' ? Number(value) : schema?.type === 'array' ? value.split('|') : value;
            return schema === undefined
                ? [`query ${name} is not described`]
                : misfits(single, schema, description, `query ${name}`);
        });
        const schema = operation.requestBody?.content?.['application/json']?.schema;
        if (body === '') {
            return wrong;
        }
        // The v2 files wrap bodies that are arrays into a property which does not exist.
        const bare = schema?.properties?.['RAW_BODY'] ?? schema;
        return [...wrong, ...(bare === undefined ? ['the body is not described'] : misfits(JSON.parse(body), bare, description))];
    });
    if (verdicts.length === 0) {
        return [`${method} ${pathname} is not described`];
    }
    return verdicts.some((wrong) => wrong.length === 0) ? [] : verdicts.flat();
}

/** One answer that every call can read. */
const ANSWERS: Readonly<Record<string, unknown>> = {
    '/v2/contacts/count': '5',
    '/contacts/v3': { _items: [] },
};
const OBJECT = { id: 5, contactId: 7, importId: 'import', status: 'Finished' };
const LISTS = /\/address-books$|data-fields$|preferences$|-since\//;

describe("Requests to Dotdigital and Dotdigital's own descriptions", () => {
    const folder = referenceFolder('openapi');

    before(function () {
        if (folder === null) {
            saySkipped("Dotdigital's OpenAPI files");
            this.skip();
        }
    });

    for (const [name, call] of Object.entries(CALLS)) {
        it(`${name} sends what is described`, async () => {
            const descriptions = descriptionsIn(folder ?? '');
            const service = await standIn(({ method, url }) => {
                const { pathname } = new URL(url, 'http://localhost');
                const list = method === 'GET' && LISTS.test(pathname) ? [] : OBJECT;
                return { body: ANSWERS[pathname] ?? list, headers: { 'content-type': 'application/json' } };
            });
            await call(service.dotdigital);
            service.received.flatMap((request) => unknownOf(request, descriptions)).should.deepEqual([]);
            service.received.length.should.be.above(name === 'accountInfo' ? 0 : 1);
            await service.close();
        });
    }

    it('would be found out when they were not', () => {
        const descriptions = descriptionsIn(folder ?? '');
        const request = {
            method: 'PUT',
            headers: {},
            url: '/contacts/v3/import?x=1',
            body: '{"mergeOption":"skip","contacts":[],"more":1}',
        };
        unknownOf(request, descriptions).should.containDeep(['query x is not described', 'body.more is not described']);
        should(unknownOf({ ...request, url: '/contacts/v3/imports' }, descriptions)).deepEqual([
            'PUT /contacts/v3/imports is not described',
        ]);
    });
});
