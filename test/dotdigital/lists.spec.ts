import should from 'should';
import { createDataField, listDataFields } from '../../src/dotdigital/data-fields';
import { isoDate } from '../../src/dotdigital/dates';
import { createList, getList, listLists, removalStatus, removeFromList, startRemoval } from '../../src/dotdigital/lists';
import { suppressedSince, unsubscribedFromListSince } from '../../src/dotdigital/suppressions';
import { everything, failureOf } from '../http/failing';
import type { Received } from '../http/listening';
import { type StandIn, standIn } from './stand-in';

const list = (id: number) => ({ id, name: `List ${id}`, visibility: 'Private', contacts: 5 });
const LIST_NOT_FOUND = { status: 404, body: { message: 'Address book not found. ERROR_ADDRESSBOOK_NOT_FOUND' } };

function rows<T>(total: number, row: (index: number) => T): (request: Received) => { body: T[] } {
    return ({ url }) => {
        const query = new URL(url, 'http://localhost').searchParams;
        const skip = Number(query.get('skip'));
        const end = Math.min(total, skip + Number(query.get('select')));
        return { body: Array.from({ length: Math.max(0, end - skip) }, (_, index) => row(skip + index)) };
    };
}

describe('Lists', () => {
    let service: StandIn;
    afterEach(() => service.close());

    it('are read page by page, each once, up to the first page that is not full', async () => {
        service = await standIn(rows(2_350, list));
        const lists = await listLists(service.dotdigital);
        lists.length.should.equal(2_350);
        new Set(lists.map(({ id }) => id)).size.should.equal(2_350);
        service.calls
            .map(({ url }) => url)
            .should.deepEqual([
                '/v2/address-books?select=1000&skip=0',
                '/v2/address-books?select=1000&skip=900',
                '/v2/address-books?select=1000&skip=1800',
            ]);
    });

    it('are not read for ever when the service does not skip', async () => {
        service = await standIn(() => ({ body: Array.from({ length: 1_000 }, (_, id) => list(id)) }));
        (await failureOf(listLists(service.dotdigital))).code.should.equal('pageStuck');
        service.calls.length.should.equal(2);
    });

    it('are found by id or not at all', async () => {
        service = await standIn((_, count) => (count === 1 ? { body: list(5) } : LIST_NOT_FOUND));
        should(await getList(service.dotdigital, 5)).deepEqual(list(5));
        should(await getList(service.dotdigital, 6)).be.null();
    });

    it('are created once: a failure is not repeated', async () => {
        service = await standIn((_, count) => (count === 1 ? { body: list(5) } : { status: 503, body: {} }));
        (await createList(service.dotdigital, { name: 'List 5', visibility: 'Private' })).id.should.equal(5);
        JSON.parse(service.calls[0]?.body ?? '').should.deepEqual({ name: 'List 5', visibility: 'Private' });
        await failureOf(createList(service.dotdigital, { name: 'List 6', visibility: 'Private' }));
        service.calls.length.should.equal(2);
    });

    it('let go of a contact, also when it is not on them', async () => {
        service = await standIn((_, count) =>
            count === 1 ? { status: 204 } : { status: 404, body: { message: 'ERROR_CONTACT_NOT_FOUND' } },
        );
        await removeFromList(service.dotdigital, 5, 7);
        await removeFromList(service.dotdigital, 5, 7);
        service.calls
            .map(({ method, url }) => `${method} ${url}`)
            .should.deepEqual(['DELETE /v2/address-books/5/contacts/7', 'DELETE /v2/address-books/5/contacts/7']);
    });

    it('let go of many contacts by a job, whose answer may be written with capitals', async () => {
        service = await standIn((_, count) =>
            count === 1
                ? { status: 202, body: { id: 'job', status: 'Started' } }
                : { body: { Id: 'job', Status: count === 2 ? 'Started' : 'Completed' } },
        );
        (await startRemoval(service.dotdigital, 5, [7, 8])).should.equal('job');
        should(service.calls[0]?.body).equal('[7,8]');
        (await removalStatus(service.dotdigital, 'job')).should.equal('Started');
        (await removalStatus(service.dotdigital, 'job')).should.equal('Completed');
    });
});

describe('Suppressions', () => {
    let service: StandIn;
    afterEach(() => service.close());

    const suppression = (id: number) => ({
        suppressedContact: { id, email: `${id}@example.com`, optInType: 'Unknown', dataFields: null, status: 'Unsubscribed' },
        dateRemoved: '2020-01-01 09:40:18.527000+00:00',
        reason: 'HardBounced',
    });

    it('are read since a date in whole seconds, with dates that everybody can read', async () => {
        service = await standIn(() => ({ body: [suppression(25)] }));
        const pages = await everything(suppressedSince(service.dotdigital, '2024-05-01T00:00:00.999Z'));
        pages.should.deepEqual([
            [
                {
                    contactId: 25,
                    email: '25@example.com',
                    status: 'Unsubscribed',
                    reason: 'HardBounced',
                    at: '2020-01-01T09:40:18.527Z',
                },
            ],
        ]);
        should(service.calls[0]?.url).equal('/v2/contacts/suppressed-since/2024-05-01T00%3A00%3A00Z?select=1000&skip=0');
    });

    it('are not lost when a row goes away between two pages', async () => {
        let total = 1_500;
        service = await standIn((request) => {
            // Ten of the first rows are gone at the second page: the rest moves up.
            const gone = 1_500 - total;
            const answer = rows(total, (index) => suppression(index + gone))(request);
            total = 1_490;
            return answer;
        });
        const all = (await everything(suppressedSince(service.dotdigital, '2024-05-01T00:00:00Z'))).flat();
        all.map(({ contactId }) => contactId).should.deepEqual(Array.from({ length: 1_500 }, (_, id) => id));
    });

    it('keep both reasons of one contact', async () => {
        service = await standIn(() => ({
            body: [suppression(1), { ...suppression(1), reason: 'Unsubscribed' }, suppression(1)],
        }));
        const all = (await everything(suppressedSince(service.dotdigital, '2024-05-01T00:00:00Z'))).flat();
        all.map(({ reason }) => reason).should.deepEqual(['HardBounced', 'Unsubscribed']);
    });

    it('of one list say so when there is no such list', async () => {
        service = await standIn(() => LIST_NOT_FOUND);
        (await failureOf(everything(unsubscribedFromListSince(service.dotdigital, 9, '2024-05-01')))).code.should.equal(
            'listNotFound',
        );
        should(service.calls[0]?.url).startWith('/v2/address-books/9/contacts/unsubscribed-since/2024-05-01T00%3A00%3A00Z?');
    });

    it('have dates in one form', () => {
        isoDate('2020-01-01T09:40:18.527Z').should.equal('2020-01-01T09:40:18.527Z');
        isoDate('2020-01-01 11:40:18+02:00').should.equal('2020-01-01T09:40:18.000Z');
        isoDate('').should.equal('');
    });
});

describe('Data fields', () => {
    let service: StandIn;
    afterEach(() => service.close());

    it('are listed', async () => {
        service = await standIn(() => ({
            body: [{ name: 'FIRSTNAME', type: 'String', visibility: 'Public', defaultValue: null }],
        }));
        (await listDataFields(service.dotdigital)).should.deepEqual([
            { name: 'FIRSTNAME', type: 'String', visibility: 'Public' },
        ]);
    });

    it('cannot be created twice', async () => {
        service = await standIn(() => ({ status: 400, body: { message: 'Field already exists. ERROR_NON_UNIQUE_DATAFIELD' } }));
        const failure = await failureOf(
            createDataField(service.dotdigital, { name: 'VIP', type: 'Boolean', visibility: 'Private' }),
        );
        failure.code.should.equal('dataFieldExists');
    });
});
