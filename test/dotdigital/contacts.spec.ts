import should from 'should';
import { deleteContact, getContact, readContacts, upsertContact } from '../../src/dotdigital/contacts';
import { everything, failureOf } from '../http/failing';
import { type StandIn, standIn } from './stand-in';

const CONTACT = { contactId: 35212311, status: 'subscribed', identifiers: { email: 'someone@emailsim.io' }, somethingNew: true };
const NOT_FOUND = {
    status: 404,
    body: { errorCode: 'contacts:contactNotFound', description: 'The following contacts could not be found' },
};

describe('A contact', () => {
    let service: StandIn;
    afterEach(() => service.close());

    it('is found by any identifier, whatever characters it holds', async () => {
        service = await standIn(() => ({ body: CONTACT }));
        should(await getContact(service.dotdigital, 'email', "a+b/c%d'e@example.com")).deepEqual(CONTACT);
        should(service.calls[0]?.url).equal("/contacts/v3/email/a%2Bb%2Fc%25d'e%40example.com");
    });

    it('is nobody when it does not exist', async () => {
        service = await standIn(() => NOT_FOUND);
        should(await getContact(service.dotdigital, 'email', 'nobody@example.com')).be.null();
        (await deleteContact(service.dotdigital, 'contactId', 1)).should.be.false();
    });

    it('is not taken for nobody when a web page answers', async () => {
        service = await standIn(() => ({ status: 404, body: '<html>Not found</html>' }));
        (await failureOf(getContact(service.dotdigital, 'email', 'a@example.com'))).code.should.equal('htmlAnswer');
    });

    it('is updated with the merge option in the spelling of this call', async () => {
        service = await standIn(() => ({ status: 200, body: CONTACT }));
        const write = { identifiers: { email: 'a@example.com' }, dataFields: { FIRSTNAME: 'A', LASTNAME: null }, lists: [5] };
        const { created, contact } = await upsertContact(service.dotdigital, 'contactId', 35212311, write, 'overwriteIfNotEmpty');
        created.should.be.false();
        contact.contactId.should.equal(35_212_311);
        should(service.calls[0]?.method).equal('PATCH');
        should(service.calls[0]?.url).equal('/contacts/v3/contactId/35212311?merge-option=overwrite-if-not-empty');
        JSON.parse(service.calls[0]?.body ?? '').should.deepEqual(write);
    });

    it('is created with status 201', async () => {
        service = await standIn(() => ({ status: 201, body: CONTACT }));
        const { created } = await upsertContact(service.dotdigital, 'email', 'a@example.com', { identifiers: {} }, 'overwrite');
        created.should.be.true();
    });

    it('is in conflict when an identifier belongs to somebody else, without a word about whose', async () => {
        const description = "The id value 'jane.doe@emailsim.io' for the identifier 'email' already exists.";
        service = await standIn(() => ({ status: 409, body: { errorCode: 'contacts:identifierConflict', description } }));
        const call = upsertContact(service.dotdigital, 'email', 'a@example.com', { identifiers: {} }, 'overwrite');
        const failure = await failureOf(call);
        [failure.code, failure.details['reason']].should.deepEqual(['conflict', 'contacts:identifierConflict']);
        `${failure.message} ${JSON.stringify(failure.details)}`.should.not.containEql('jane');
        service.calls.length.should.equal(1);
    });

    it('is written again after a failure of the service', async () => {
        service = await standIn((_, count) => (count === 1 ? { status: 502, body: {} } : { status: 200, body: CONTACT }));
        await upsertContact(service.dotdigital, 'email', 'a@example.com', { identifiers: {} }, 'overwrite');
        service.calls.length.should.equal(2);
    });
});

describe('Reading contacts', () => {
    let service: StandIn;
    afterEach(() => service.close());

    const page = (ids: number[], marker?: string) => ({
        body: {
            _links: {
                self: { marker: '' },
                ...(marker === undefined ? {} : { next: { marker, link: 'https://elsewhere.example' } }),
            },
            _items: ids.map((contactId) => ({ contactId, identifiers: {} })),
        },
    });
    const queries = () => service.calls.map(({ url }) => Object.fromEntries(new URL(url, 'http://localhost').searchParams));

    it('repeats the filters with each marker until there is no next page', async () => {
        service = await standIn((_, count) => (count === 1 ? page([1, 2], 'abc=') : page([3])));
        const selection = {
            listId: 5,
            modifiedSince: '2024-05-01T12:00:00.999+02:00',
            dataFields: ['FIRSTNAME', 'LASTNAME'],
            include: ['channelProperties', 'lists'] as const,
            limit: 2,
        };
        const pages = await everything(readContacts(service.dotdigital, selection));
        pages.map((contacts) => contacts.map(({ contactId }) => contactId)).should.deepEqual([[1, 2], [3]]);
        const filters = {
            'data-fields': 'FIRSTNAME|LASTNAME',
            include: 'channelProperties|lists',
            '~modified': 'gte::2024-05-01T10:00:00Z',
            '~listId': '5',
            limit: '2',
        };
        queries().should.deepEqual([filters, { ...filters, marker: 'abc=' }]);
    });

    it('asks for the largest pages and for nothing else by itself', async () => {
        service = await standIn(() => page([]));
        (await everything(readContacts(service.dotdigital, {}))).should.deepEqual([[]]);
        queries().should.deepEqual([{ limit: '5000' }]);
    });

    it('goes on behind a page that is empty', async () => {
        service = await standIn((_, count) => (count === 1 ? page([], 'abc') : page([3])));
        (await everything(readContacts(service.dotdigital, {}))).length.should.equal(2);
    });

    it('gives up when a page leads to itself', async () => {
        service = await standIn(() => page([1], 'abc'));
        (await failureOf(everything(readContacts(service.dotdigital, {})))).code.should.equal('pageStuck');
        service.calls.length.should.equal(2);
    });

    it('never takes an odd answer for an empty page', async () => {
        service = await standIn(() => ({ body: {} }));
        (await failureOf(everything(readContacts(service.dotdigital, {})))).code.should.equal('badAnswer');
    });
});
