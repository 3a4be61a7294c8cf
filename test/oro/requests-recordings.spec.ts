import should from 'should';
import { listAttributes } from '../../src/oro/attributes';
import type { Oro } from '../../src/oro/client';
import { listCustomerGroups, searchCustomers } from '../../src/oro/customer-groups';
import {
    getMarketingList,
    listMarketingLists,
    manualMembers,
    removedMembers,
    unsubscribedMembers,
} from '../../src/oro/marketing-lists';
import { countOf, keysetPages, oroDate, readByIds } from '../../src/oro/pages';
import { getSegment, listSegments, rebuildSegment, segmentMemberCount, segmentMembers } from '../../src/oro/segments';
import { listTags, taggedEntities } from '../../src/oro/tags';
import { signedInAs } from '../../src/oro/userprofile';
import { everything } from '../http/failing';
import type { Received } from '../http/listening';
import { referenceFolder, saySkipped } from '../http/reference';
import { type Known, knownFrom, queryPairs, recordingsIn, template } from './recordings';
import { standIn } from './stand-in';

/** Requests that were tried on the same shop without being recorded, and where that is written down. */
const TRIED = new Set([
    // oro-recordings/README.md: a resource of the same file as marketinglists; recorded as one record and as a refusal only.
    'GET /admin/api/segments',
    // oro-api.md, section 0.0: members by a key that survives a rebuild.
    '/admin/api/segmentsnapshots?filter[integerEntityId][gt]',
    // oro-api.md, section 2.5: recorded for customerusers, works for every resource with a search mapping.
    '/admin/api/customers?filter[searchText]',
    // oro-api.md, section 2.2: the id of every resource can be compared.
    '/admin/api/marketinglists?filter[id][gt]',
]);

const QUERY = {
    filter: { 'customer.group': '2', 'updatedAt[gte]': oroDate('2026-01-01T00:00:00.123Z') },
    fields: { customerusers: ['email', 'updatedAt', 'customer'], customers: ['name', 'group'], customergroups: ['name'] },
    include: ['customer.group'],
};

const CALLS: Readonly<Record<string, (oro: Oro) => Promise<unknown>>> = {
    signedInAs: (oro) => signedInAs(oro),
    listMarketingLists: (oro) => listMarketingLists(oro),
    getMarketingList: (oro) => getMarketingList(oro, '1'),
    listSegments: (oro) => listSegments(oro),
    getSegment: (oro) => getSegment(oro, '3'),
    rebuildSegment: (oro) => rebuildSegment(oro, '4'),
    segmentMembers: (oro) => everything(segmentMembers(oro, '3', { after: 12 })),
    segmentMemberCount: (oro) => segmentMemberCount(oro, '3'),
    removedMembers: (oro) => everything(removedMembers(oro, '2')),
    unsubscribedMembers: (oro) => everything(unsubscribedMembers(oro, '2')),
    manualMembers: (oro) => everything(manualMembers(oro, '4')),
    listTags: (oro) => listTags(oro, 'vip'),
    taggedEntities: (oro) => taggedEntities(oro, '1', 'contacts'),
    listCustomerGroups: (oro) => listCustomerGroups(oro),
    searchCustomers: (oro) => searchCustomers(oro, 'acme'),
    listAttributes: (oro) => listAttributes(oro, 'customerusers'),
    keysetPages: (oro) => everything(keysetPages(oro, 'customerusers', QUERY, { after: 3 })),
    countOf: (oro) => countOf(oro, 'customerusers', { customer: '2' }),
    readByIds: (oro) => readByIds(oro, 'customerusers', [1, 2], { fields: { customerusers: ['email'] } }),
};

/** What a request says that the recordings do not know. */
function unknownOf({ method, url, headers, body }: Received, known: Known): string[] {
    const path = template(url);
    const type = path.split('/')[3] ?? '';
    const operation = `${method} ${path}`;
    const unknown = known.paths.has(operation) || TRIED.has(operation) ? [] : [operation];
    for (const [name, value] of queryPairs(url)) {
        const of = /^fields\[(\w+)\]$/.exec(name)?.[1];
        const place = name.startsWith('filter') ? `${path}?${name}` : `?${name}`;
        if (of === undefined && !known.queryNames.has(place) && !TRIED.has(place)) {
            unknown.push(place);
        }
        if (of !== undefined || name === 'include') {
            const names = value.split(',').map((field) => `${of ?? type}.${field.split('.', 1)[0]}`);
            unknown.push(...names.filter((field) => !known.fields.has(field)));
        }
    }
    if (!path.includes('/rest/')) {
        should(headers.accept).equal('application/vnd.api+json');
        should(headers['content-type']).equal(body === '' ? undefined : 'application/vnd.api+json');
    }
    return unknown;
}

describe('Requests to OroCommerce and the recordings of a real one', () => {
    const folder = referenceFolder('oro-recordings');

    before(function () {
        if (folder === null) {
            saySkipped('the recordings of OroCommerce');
            this.skip();
        }
    });

    for (const [name, call] of Object.entries(CALLS)) {
        it(`${name} sends what a real shop was seen to answer`, async () => {
            const recordings = recordingsIn(folder ?? '');
            const known = knownFrom(recordings);
            // Type names of user profiles differ between request and answer; the recorded one asks for users.
            const fields = new Set([
                ...known.fields,
                ...[...known.fields].map((field) => field.replace('users.', 'userprofile.')),
            ]);
            const shop = await standIn(({ method, url, headers }) => {
                const reading = headers['x-http-method-override'] ?? method;
                const seen = recordings.find(
                    ({ request, response }) =>
                        response.status < 300 && request.method === reading && template(request.path) === template(url),
                );
                if (seen === undefined && TRIED.has(`${method} ${template(url)}`)) {
                    return { body: { data: [] } };
                }
                const { data, ...rest } = (seen?.response.body ?? {}) as { data?: unknown };
                return { status: seen?.response.status ?? 404, body: seen?.response.body && { ...rest, data, links: {} } };
            });
            await call(shop.oro);
            shop.calls.flatMap((request) => unknownOf(request, { ...known, fields })).should.deepEqual([]);
            shop.calls.length.should.be.above(0);
            await shop.close();
        });
    }

    it('asks for a token as it was recorded', async () => {
        const recorded = recordingsIn(folder ?? '').find(({ name }) => name === 'token-success-form');
        const shop = await standIn(() => ({ body: { data: { type: 'userprofile', id: '1' } } }));
        await signedInAs(shop.oro);
        should(shop.tokens[0]?.url).equal(recorded?.request.path);
        should(shop.tokens[0]?.headers['content-type']).equal(recorded?.request.headers['Content-Type']);
        const names = [...new URLSearchParams(shop.tokens[0]?.body).keys()];
        names.should.deepEqual([...new URLSearchParams(String(recorded?.request.body)).keys()]);
        await shop.close();
    });

    it('reads by ids with a body that was recorded', async () => {
        const recorded = recordingsIn(folder ?? '').find(({ name }) => name === 'customerusers-list-method-override');
        const shop = await standIn(() => ({ body: { data: [] } }));
        await readByIds(shop.oro, 'customerusers', [1, 2], { fields: { customerusers: ['email'] } });
        const body = JSON.parse(shop.calls[0]?.body ?? '') as object;
        // The recorded one was refused for its number alone.
        body.should.deepEqual({ ...(recorded?.request.body as object), page: { size: '2' } });
        await shop.close();
    });
});
