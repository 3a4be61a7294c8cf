import should from 'should';
import { listMarketingLists } from '../../src/oro/marketing-lists';
import { keysetPages, type Query } from '../../src/oro/pages';
import { rebuildSegment } from '../../src/oro/segments';
import { signedInAs } from '../../src/oro/userprofile';
import { everything, failureOf } from '../http/failing';
import type { Answer } from '../http/listening';
import { refusing, type StandIn, standIn } from './stand-in';

const PAGE = '<!DOCTYPE html><html lang="en"><title>An Error Occurred</title></html>';

describe('A refusal of OroCommerce', () => {
    let shop: StandIn;
    afterEach(() => shop.close());

    const people = async (answer: Answer, query: Query = {}) => {
        shop = await standIn(() => answer);
        return failureOf(everything(keysetPages(shop.oro, 'customerusers', query)));
    };

    it('is a missing right, named by its resource', async () => {
        const failure = await people(refusing(403, 'access denied exception', 'No access to this type of entities.'));
        failure.code.should.equal('missingRight');
        should(failure.status).equal(403);
        should(failure.details['resource']).equal('customerusers');
        failure.message.should.containEql('customerusers');
    });

    it('is a filter that does not exist, named by its parameter', async () => {
        const failure = await people(
            refusing(400, 'filter constraint', 'The filter is not supported.', 'filter[updatedAt][gte]'),
        );
        failure.code.should.equal('filterNotSupported');
        should(failure.details['parameter']).equal('filter[updatedAt][gte]');
    });

    it('is an order that does not exist', async () => {
        const failure = await people(refusing(400, 'sort constraint', 'Sorting by "x" field is not supported.', 'sort'));
        [failure.code, failure.details['parameter']].should.deepEqual(['filterNotSupported', 'sort']);
    });

    it('is a resource that this Oro does not have', async () => {
        const failure = await people(refusing(404, 'entity type constraint', 'Unknown entity type: customerusers.'));
        [failure.code, failure.details['resource']].should.deepEqual(['resourceUnknown', 'customerusers']);
    });

    it('is the stock configuration when marketing lists are not shown', async () => {
        shop = await standIn(() => refusing(404, 'resource not accessible exception', 'The resource is not accessible.'));
        const failure = await failureOf(listMarketingLists(shop.oro));
        failure.code.should.equal('listsNotExposed');
        failure.message.should.containEql('examples/oro');
    });

    it('is the Web API that is switched off', async () => {
        shop = await standIn(() => refusing(404, 'not found http exception'));
        (await failureOf(signedInAs(shop.oro))).code.should.equal('webApiOff');
    });

    it('is a wrong admin path', async () => {
        shop = await standIn(() => ({ status: 404, body: { code: 404 } }), { adminPrefix: 'backend' });
        (await failureOf(signedInAs(shop.oro))).code.should.equal('wrongAdminPrefix');
        should(shop.calls[0]?.url).equal('/backend/api/userprofile?include=organization');
    });

    it('is no such segment', async () => {
        shop = await standIn(() => ({ status: 404 }));
        (await failureOf(rebuildSegment(shop.oro, '9'))).code.should.equal('listNotFound');
    });

    it('is a missing right to rebuild a list', async () => {
        shop = await standIn(() => ({ status: 403, body: { code: 403 } }));
        const failure = await failureOf(rebuildSegment(shop.oro, '9'));
        [failure.code, failure.details['resource']].should.deepEqual(['missingRight', 'marketinglists']);
    });

    it('is maintenance, which the API answers with 415 and a page, and which is waited out', async () => {
        shop = await standIn((_, count) => (count === 1 ? { status: 415, body: PAGE } : { body: { data: [] } }));
        const pages = await everything(keysetPages(shop.oro, 'customerusers', {}));
        pages.should.deepEqual([{ data: [] }]);
        shop.calls.length.should.equal(2);
    });

    it('is never read as an empty list', async () => {
        (await people({ body: PAGE })).code.should.equal('htmlAnswer');
        await shop.close();
        (await people({ status: 200 })).code.should.equal('badAnswer');
        await shop.close();
        (await people({ body: {} })).code.should.equal('badAnswer');
    });
});
