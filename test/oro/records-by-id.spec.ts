import should from 'should';
import { readByIds } from '../../src/oro/pages';
import { failureOf } from '../http/failing';
import { queryOf, refusing, type StandIn, standIn } from './stand-in';

const QUERY = { fields: { customerusers: ['email', 'customer'] }, include: ['customer'] };
const person = (id: string) => ({ type: 'customerusers', id });

describe('Reading records by their ids', () => {
    let shop: StandIn;
    afterEach(() => shop.close());

    it('puts the ids into the body of a single request, all values as texts', async () => {
        shop = await standIn(() => ({ body: { data: [person('40'), person('41')] } }));
        const { data } = await readByIds(shop.oro, 'customerusers', [40, 41], QUERY);
        data.length.should.equal(2);
        const { method, url, headers, body } = shop.calls[0] ?? {};
        should(method).equal('POST');
        should(url).equal('/admin/api/customerusers');
        should(headers?.['x-http-method-override']).equal('GET');
        should(headers?.['content-type']).equal('application/vnd.api+json');
        JSON.parse(body ?? '').should.deepEqual({
            filter: { id: '40,41' },
            fields: { customerusers: 'email,customer' },
            include: 'customer',
            page: { size: '2' },
        });
    });

    it('sends nothing when there is nothing to read', async () => {
        shop = await standIn(() => ({ body: { data: [] } }));
        (await readByIds(shop.oro, 'customerusers', [], QUERY)).should.deepEqual({ data: [] });
        shop.oro.requests.should.equal(0);
    });

    it('is repeated after a failure of the service', async () => {
        shop = await standIn((_, count) => (count === 1 ? { status: 502, body: {} } : { body: { data: [person('1')] } }));
        (await readByIds(shop.oro, 'customerusers', [1], {})).data.length.should.equal(1);
    });

    it('falls back to addresses of 500 ids where the override is not known, and remembers it', async () => {
        shop = await standIn((request) => {
            if (request.method === 'POST') {
                return refusing(400, 'request data constraint', 'The primary data object should exist');
            }
            const data = (queryOf(request)['filter[id]'] ?? '').split(',').map(person);
            return { body: { data, included: [{ type: 'customers', id: '1' }] } };
        });
        const ids = Array.from({ length: 1_200 }, (_, index) => index + 1);
        const document = await readByIds(shop.oro, 'customerusers', ids, QUERY);
        document.data.map(({ id }) => Number(id)).should.deepEqual(ids);
        should(document.included).deepEqual([{ type: 'customers', id: '1' }]);
        shop.calls.map(({ method }) => method).should.deepEqual(['POST', 'GET', 'GET', 'GET']);
        queryOf(shop.calls[3])['page[size]']?.should.equal('200');
        await readByIds(shop.oro, 'customerusers', [1], QUERY);
        should(shop.calls[4]?.method).equal('GET');
    });

    it('does not fall back for ever because of a query that is wrong in itself', async () => {
        let wrong = true;
        shop = await standIn(() =>
            wrong ? refusing(400, 'filter constraint', 'The filter is not supported.', 'filter[x]') : { body: { data: [] } },
        );
        (await failureOf(readByIds(shop.oro, 'customerusers', [1], { filter: { x: '1' } }))).code.should.equal(
            'filterNotSupported',
        );
        wrong = false;
        await readByIds(shop.oro, 'customerusers', [1], {});
        should(shop.calls.at(-1)?.method).equal('POST');
    });

    it('does not fall back when rights are missing', async () => {
        shop = await standIn(() => refusing(403, 'access denied exception'));
        (await failureOf(readByIds(shop.oro, 'customerusers', [1], {}))).code.should.equal('missingRight');
        shop.calls.length.should.equal(1);
    });
});
