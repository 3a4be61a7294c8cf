import should from 'should';
import { contactCount } from '../../src/dotdigital/account';
import { connectDotdigital, type Dotdigital } from '../../src/dotdigital/client';
import { getContact, importStatus, readContacts, startImport, upsertContact } from '../../src/dotdigital/contacts';
import { createDataField, listDataFields } from '../../src/dotdigital/data-fields';
import { createList, getList, listLists, removalStatus, removeFromList, startRemoval } from '../../src/dotdigital/lists';
import { listPreferences } from '../../src/dotdigital/preferences';
import { suppressedSince, unsubscribe, unsubscribedFromListSince, unsubscribeFromList } from '../../src/dotdigital/suppressions';
import { type Sandbox, startSandbox } from '../../src/sandbox';
import { everything, failureOf } from '../http/failing';

describe('Writing to Dotdigital (sandbox)', () => {
    let sandbox: Sandbox;
    let dotdigital: Dotdigital;

    before(async () => {
        sandbox = await startSandbox({ size: 100 });
        const { dotdigitalUser: user, dotdigitalPassword: password } = sandbox.credentials;
        dotdigital = await connectDotdigital({ url: sandbox.dotdigitalUrl, user, password, retry: { firstWait: 0 } });
    });

    after(async () => {
        dotdigital.close();
        await sandbox.stop();
    });

    const onList = (listId: number) => (sandbox.report() as unknown as { lists: Record<string, number> }).lists[listId];

    it('creates a contact with an odd address on a list, updates it and takes it off', async () => {
        const email = "o'hara+news/1%2@example.com";
        const write = { identifiers: { email }, dataFields: { FIRSTNAME: 'Scarlett' }, lists: [1001] };
        const first = await upsertContact(dotdigital, 'email', email, write, 'overwriteIfNotEmpty');
        first.created.should.be.true();
        should(onList(1001)).equal(1);
        const second = await upsertContact(
            dotdigital,
            'email',
            email,
            { ...write, dataFields: { FIRSTNAME: '' } },
            'overwriteIfNotEmpty',
        );
        second.created.should.be.false();
        should((await getContact(dotdigital, 'email', email))?.dataFields?.['FIRSTNAME']).equal('Scarlett');
        await removeFromList(dotdigital, 1001, first.contact.contactId);
        await removeFromList(dotdigital, 1001, first.contact.contactId);
        should(onList(1001)).equal(0);
    });

    it('imports contacts, reports the bad one, and takes the others off by a job', async () => {
        const contact = (email: string) => ({ matchIdentifier: 'email', identifiers: { email }, lists: [1003] });
        const before = onList(1003) ?? 0;
        const importId = await startImport(
            dotdigital,
            ['one@example.com', 'two@example.com', 'no address'].map(contact),
            'overwriteIfNotEmpty',
        );
        const { status, created, failures } = await importStatus(dotdigital, importId);
        status.should.equal('finished');
        created.map(({ identifiers }) => identifiers['email']).should.deepEqual(['one@example.com', 'two@example.com']);
        failures.map((failure) => failure.identifiers['email']).should.deepEqual(['no address']);
        should(onList(1003)).equal(before + 2);
        const job = await startRemoval(
            dotdigital,
            1003,
            created.map(({ contactId }) => contactId),
        );
        for (let polls = 0; polls < 5 && (await removalStatus(dotdigital, job)) === 'Started'; polls += 1) {
            should(polls).be.below(4);
        }
        should(onList(1003)).equal(before);
    });

    it('says that an import is unknown', async () => {
        (await importStatus(dotdigital, 'd7de900d-d337-43f6-b1e1-c8ec73e1a434')).status.should.equal('unknown');
    });

    it('reads the contacts of a list through several pages', async () => {
        const pages = await everything(
            readContacts(dotdigital, { listId: 1002, include: ['channelProperties', 'lists'], limit: 2 }),
        );
        pages.length.should.be.above(1);
        const subscribed = pages
            .flat()
            .filter(({ lists }) => lists?.some(({ id, status }) => id === 1002 && status === 'subscribed'));
        should(onList(1002)).equal(subscribed.length);
        should(pages[0]?.[0]?.channelProperties?.email?.status).be.a.String();
        (await contactCount(dotdigital)).should.be.above(pages.flat().length);
    });

    it('lists and creates lists, data fields and preferences', async () => {
        const { id } = await createList(dotdigital, { name: 'Spring', visibility: 'Private' });
        should(await getList(dotdigital, id)).deepEqual({ id, name: 'Spring', visibility: 'Private', contacts: 0 });
        (await listLists(dotdigital)).map((list) => list.id).should.containEql(id);
        should(await getList(dotdigital, 4_711)).be.null();
        const field = { name: 'SHOESIZE', type: 'Numeric', visibility: 'Private' } as const;
        await createDataField(dotdigital, field);
        (await listDataFields(dotdigital)).should.containDeep([field]);
        (await failureOf(createDataField(dotdigital, field))).code.should.equal('dataFieldExists');
        (await listPreferences(dotdigital)).length.should.be.above(0);
    });

    it('tells who unsubscribed from a list and who from everything', async () => {
        const email = 'leaving@example.com';
        const { contact } = await upsertContact(
            dotdigital,
            'email',
            email,
            { identifiers: { email }, lists: [1001] },
            'overwrite',
        );
        await unsubscribeFromList(dotdigital, 1001, email);
        const ofList = (await everything(unsubscribedFromListSince(dotdigital, 1001, '2020-01-01T00:00:00.000Z'))).flat();
        ofList.map(({ contactId }) => contactId).should.containEql(contact.contactId);
        await unsubscribe(dotdigital, email);
        const all = (await everything(suppressedSince(dotdigital, '2020-01-01T00:00:00.000Z'))).flat();
        should(all.find(({ contactId }) => contactId === contact.contactId)?.reason).equal('Unsubscribed');
    });

    it('waits for the rate limit instead of being refused', async () => {
        await sandbox.control({ rateLimit: { scheme: 'tiered', limit: 2, windowMs: 1_000, reset: 'seconds' } });
        for (let call = 0; call < 4; call += 1) {
            await getList(dotdigital, 1001);
        }
        await sandbox.control({ rateLimit: { scheme: 'none' } });
        const { refused } = sandbox.report() as unknown as { refused: { status: number }[] };
        refused.filter(({ status }) => status === 429).length.should.equal(0);
    });
});
