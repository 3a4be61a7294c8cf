import should from 'should';
import { listAttributes } from '../../src/oro/attributes';
import { connectOro, type Oro } from '../../src/oro/client';
import { listCustomerGroups, searchCustomers } from '../../src/oro/customer-groups';
import {
    getMarketingList,
    listMarketingLists,
    manualMembers,
    removedMembers,
    unsubscribedMembers,
} from '../../src/oro/marketing-lists';
import { countOf, keysetPages, readByIds } from '../../src/oro/pages';
import { getSegment, listSegments, rebuildSegment, segmentMemberCount, segmentMembers } from '../../src/oro/segments';
import { listTags, taggedEntities } from '../../src/oro/tags';
import { signedInAs } from '../../src/oro/userprofile';
import { type Sandbox, startSandbox } from '../../src/sandbox';
import { everything, failureOf } from '../http/failing';
import { refusing, standIn } from './stand-in';

describe('Reading Oro (sandbox)', () => {
    let sandbox: Sandbox;
    let oro: Oro;

    before(async () => {
        sandbox = await startSandbox({ size: 1_000 });
        const { oroClientId: clientId, oroClientSecret: clientSecret } = sandbox.credentials;
        oro = connectOro({ url: sandbox.oroUrl, adminPrefix: 'admin', clientId, clientSecret, retry: { firstWait: 0 } });
    });

    after(async () => {
        oro.close();
        await sandbox.stop();
    });

    it('tells whom the connection is signed in as', async () => {
        const { userId, userName, organizationId, organizationName } = await signedInAs(oro);
        [userName, organizationName].should.deepEqual(['sandbox', 'Sandbox']);
        userId.should.match(/^\d+$/);
        organizationId.should.match(/^\d+$/);
    });

    it('lists marketing lists with their kind and what their members are', async () => {
        const lists = await listMarketingLists(oro);
        lists
            .slice(0, 7)
            .map(({ id, name, kind, resource, segmentId }) => [id, name, kind, resource, segmentId])
            .should.deepEqual([
                ['1', 'Newsletter', 'dynamic', 'customerusers', '101'],
                ['2', 'VIP customers', 'static', 'customerusers', '102'],
                ['3', 'Trade fair 2025', 'static', 'customerusers', '103'],
                ['4', 'Newsletter contacts', 'dynamic', 'contacts', '104'],
                ['5', 'Open leads', 'dynamic', 'leads', '105'],
                ['6', 'Abandoned carts', 'dynamic', 'orders', '106'],
                ['7', 'Hand picked', 'manual', 'customerusers', null],
            ]);
    });

    it('tells when a list was refreshed, and that another never was', async () => {
        should((await getMarketingList(oro, '2')).refreshedAt).match(/^\d{4}-\d\d-\d\dT/);
        should((await getMarketingList(oro, '3')).refreshedAt).be.null();
        should((await getSegment(oro, '103')).refreshedAt).be.null();
    });

    it('says so when there is no such list', async () => {
        (await failureOf(getMarketingList(oro, '999'))).code.should.equal('listNotFound');
        (await failureOf(getMarketingList(oro, 'Newsletter'))).code.should.equal('listNotFound');
        (await failureOf(rebuildSegment(oro, '999'))).code.should.equal('listNotFound');
    });

    it('lists segments', async () => {
        const segments = await listSegments(oro);
        segments.map(({ id }) => id).should.containDeep(['101', '102']);
        should(segments.find(({ id }) => id === '102')?.kind).equal('static');
    });

    it('reads the members of a dynamic list after a rebuild, page by page in the order of their ids', async () => {
        await rebuildSegment(oro, '101');
        (await segmentMemberCount(oro, '101')).should.equal(800);
        const pages = await everything(segmentMembers(oro, '101', { size: 300 }));
        pages
            .map(({ ids, complete }) => [ids.length, complete])
            .should.deepEqual([
                [300, false],
                [300, false],
                [200, true],
            ]);
        const ids = pages.flatMap((page) => page.ids);
        ids.should.deepEqual([...ids].sort((one, other) => one - other));
        new Set(ids).size.should.equal(800);
    });

    it('goes on behind a member that is known already', async () => {
        await rebuildSegment(oro, '101');
        const all = (await everything(segmentMembers(oro, '101'))).flatMap(({ ids }) => ids);
        const rest = (await everything(segmentMembers(oro, '101', { after: all[399] as number, size: 150 }))).flatMap(
            ({ ids }) => ids,
        );
        rest.should.deepEqual(all.slice(400));
    });

    it('reads an empty list as one empty, complete page', async () => {
        (await everything(segmentMembers(oro, '103'))).should.deepEqual([{ ids: [], complete: true }]);
    });

    it('reads who was removed, who unsubscribed and who was picked by hand', async () => {
        (await everything(removedMembers(oro, '1'))).flat().length.should.be.above(0);
        (await everything(unsubscribedMembers(oro, '1'))).flat().length.should.be.above(0);
        (await everything(manualMembers(oro, '7'))).flat().length.should.be.above(0);
    });

    it('reads records by their ids, with what belongs to them', async () => {
        const document = await readByIds(oro, 'customerusers', [3, 1, 2, 99_999], {
            fields: { customerusers: ['email', 'customer'], customers: ['name'] },
            include: ['customer'],
        });
        document.data
            .map(({ id }) => id)
            .sort()
            .should.deepEqual(['1', '2', '3']);
        should(document.data[0]?.attributes).have.only.keys('email');
        should(document.included?.every(({ type }) => type === 'customers')).be.true();
    });

    it('reads everybody by keyset and counts them', async () => {
        const pages = await everything(
            keysetPages(oro, 'customerusers', { fields: { customerusers: ['email'] } }, { size: 400 }),
        );
        pages.map(({ data }) => data.length).should.deepEqual([400, 400, 200]);
        (await countOf(oro, 'customerusers', {})).should.equal(1_000);
    });

    it('finds tags, and the records that carry one', async () => {
        (await listTags(oro, 'vip')).should.deepEqual([{ id: '1', name: 'VIP' }]);
        (await listTags(oro, '')).length.should.be.above(1);
        const { ids, truncated } = await taggedEntities(oro, '1', 'contacts');
        ids.length.should.be.above(0);
        truncated.should.be.false();
    });

    it('lists customer groups and finds customers', async () => {
        (await listCustomerGroups(oro)).map(({ name }) => name).should.deepEqual(['Wholesale', 'Retail', 'VIP']);
        const [first] = await searchCustomers(oro, '');
        should(first?.name).be.a.String();
        const found = await searchCustomers(oro, first?.name ?? '');
        found.should.containEql(first);
    });

    it('lists what can be read of people, with its kind', async () => {
        const attributes = await listAttributes(oro, 'customerusers');
        const kind = (path: string) => attributes.find((attribute) => attribute.path === path)?.kind;
        [
            kind('email'),
            kind('enabled'),
            kind('createdAt'),
            kind('customer'),
            kind('customer.name'),
            kind('userRoles'),
        ].should.deepEqual(['string', 'boolean', 'date', 'relation', 'string', undefined]);
    });

    it('goes on after the token has ended on the other side', async () => {
        await countOf(oro, 'customerusers', {});
        await sandbox.control({ oro: { expireTokens: true } });
        (await countOf(oro, 'customerusers', {})).should.equal(1_000);
    });
});

describe('Reading Oro', () => {
    it('notices that the records of a tag were cut off', async () => {
        const data = Array.from({ length: 1_000 }, (_, index) => ({
            type: index % 2 === 0 ? 'contacts' : 'leads',
            id: String(index),
        }));
        const shop = await standIn(() => ({ body: { data } }));
        const { ids, truncated } = await taggedEntities(shop.oro, '5', 'contacts');
        [ids.length, truncated].should.deepEqual([500, true]);
        await shop.close();
    });

    it('tells the user also when the role may not read organizations', async () => {
        const data = { type: 'userprofile', id: '2', attributes: { username: 'limited' } };
        const shop = await standIn(({ url }) =>
            url.includes('include') ? refusing(403, 'access denied exception') : { body: { data } },
        );
        (await signedInAs(shop.oro)).should.deepEqual({
            userId: '2',
            userName: 'limited',
            organizationId: '',
            organizationName: '',
        });
        await shop.close();
    });
});
