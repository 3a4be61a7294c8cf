import should from 'should';
import { countOf, keysetPages } from '../../src/oro/pages';
import { everything, failureOf } from '../http/failing';
import { queryOf, type StandIn, standIn } from './stand-in';

const NEXT = { next: 'https://oro.example/admin/api/customerusers?page%5Bnumber%5D=2' };
const person = (id: number) => ({ type: 'customerusers', id: String(id), attributes: { email: `${id}@example.com` } });
const page = (ids: number[], more: boolean) => ({ body: { data: ids.map(person), ...(more ? { links: NEXT } : {}) } });

describe('A read by keyset', () => {
    let shop: StandIn;
    afterEach(() => shop.close());

    it('asks for what is above the last id until there is no next page', async () => {
        shop = await standIn((_, count) =>
            count === 1 ? page([1, 4], true) : count === 2 ? page([7, 9], true) : page([], false),
        );
        const query = { fields: { customerusers: ['email'] }, filter: { enabled: 'true' } };
        const pages = await everything(keysetPages(shop.oro, 'customerusers', query, { size: 2 }));
        pages.map(({ data }) => data.map(({ id }) => id)).should.deepEqual([['1', '4'], ['7', '9'], []]);
        shop.calls.map(queryOf).should.deepEqual([
            { 'filter[enabled]': 'true', 'fields[customerusers]': 'email', sort: 'id', 'page[size]': '2' },
            { 'filter[enabled]': 'true', 'filter[id][gt]': '4', 'fields[customerusers]': 'email', sort: 'id', 'page[size]': '2' },
            { 'filter[enabled]': 'true', 'filter[id][gt]': '9', 'fields[customerusers]': 'email', sort: 'id', 'page[size]': '2' },
        ]);
    });

    it('speaks JSON:API without a charset', async () => {
        shop = await standIn(() => page([], false));
        await everything(keysetPages(shop.oro, 'customerusers', {}));
        should(shop.calls[0]?.headers.accept).equal('application/vnd.api+json');
    });

    it('takes pages of 5 000 unless told otherwise', async () => {
        shop = await standIn(() => page([], false));
        await everything(keysetPages(shop.oro, 'customerusers', {}));
        should(queryOf(shop.calls[0])['page[size]']).equal('5000');
    });

    it('goes on behind a key that is known already', async () => {
        shop = await standIn(() => page([], false), { pageSize: 100 });
        await everything(keysetPages(shop.oro, 'customerusers', {}, { after: 40 }));
        queryOf(shop.calls[0]).should.deepEqual({ 'filter[id][gt]': '40', sort: 'id', 'page[size]': '100' });
    });

    it('goes by another key, which is asked for too', async () => {
        const row = (id: number) => ({ type: 'segmentsnapshots', id: String(1000 - id), attributes: { integerEntityId: id } });
        shop = await standIn((_, count) => ({
            body: count === 1 ? { data: [row(3), row(5)], links: NEXT } : { data: [row(8)] },
        }));
        const query = { fields: { segmentsnapshots: ['createdAt'] } };
        await everything(keysetPages(shop.oro, 'segmentsnapshots', query, { key: 'integerEntityId', size: 2 }));
        queryOf(shop.calls[1]).should.deepEqual({
            'filter[integerEntityId][gt]': '5',
            'fields[segmentsnapshots]': 'createdAt,integerEntityId',
            sort: 'integerEntityId',
            'page[size]': '2',
        });
    });

    it('does not trust a short page: a shop may cap the size of pages', async () => {
        shop = await standIn((_, count) => (count === 1 ? page([1], true) : page([2], false)));
        (await everything(keysetPages(shop.oro, 'customerusers', {}, { size: 5000 }))).length.should.equal(2);
    });

    it('requests the next page while the last one is handled', async () => {
        let arrived: () => void = () => undefined;
        const second = new Promise<void>((resolve) => {
            arrived = resolve;
        });
        shop = await standIn((_, count) => {
            if (count === 2) {
                arrived();
            }
            return page([count], count < 2);
        });
        const pages = keysetPages(shop.oro, 'customerusers', {});
        await pages.next();
        await second;
        await pages.return();
        shop.calls.length.should.equal(2);
    });

    it('gives up when a page does not lead on', async () => {
        shop = await standIn(() => page([3], true));
        const failure = await failureOf(everything(keysetPages(shop.oro, 'customerusers', {})));
        [failure.code, failure.details['resource']].should.deepEqual(['pageStuck', 'customerusers']);
        shop.calls.length.should.equal(2);
    });

    it('gives up when an empty page claims that more follows', async () => {
        shop = await standIn(() => page([], true));
        (await failureOf(everything(keysetPages(shop.oro, 'customerusers', {})))).code.should.equal('pageStuck');
    });

    it('hands over the pages before a failure', async () => {
        shop = await standIn((_, count) =>
            count === 1 ? page([1], true) : { status: 403, body: { errors: [{ title: 'access denied exception' }] } },
        );
        const pages = keysetPages(shop.oro, 'customerusers', {});
        should((await pages.next()).value?.data.length).equal(1);
        (await failureOf(pages.next())).code.should.equal('missingRight');
    });

    it('ends when it is stopped', async () => {
        const stop = new AbortController();
        shop = await standIn((_, count) => {
            if (count === 2) {
                stop.abort();
                return 'hang';
            }
            return page([1], true);
        });
        (await failureOf(everything(keysetPages(shop.oro, 'customerusers', {}, {}, stop.signal)))).code.should.equal('aborted');
    });
});

describe('The number of records', () => {
    it('comes from the header for totals', async () => {
        const shop = await standIn(() => ({
            body: { data: [person(1)], links: NEXT },
            headers: { 'x-include-total-count': '20000' },
        }));
        (await countOf(shop.oro, 'customerusers', { enabled: 'true' })).should.equal(20_000);
        should(shop.calls[0]?.headers['x-include']).equal('totalCount');
        queryOf(shop.calls[0]).should.deepEqual({ 'filter[enabled]': 'true', 'page[size]': '1' });
        await shop.close();
    });
});
