import should from 'should';
import { type Mirror, NEWSLETTER, startMirror } from '../mirror/mirror';
import { addressOf, caught, nobodyHarmed } from './people';

describe('Who opted out in Oro', () => {
    let mirror: Mirror;

    beforeEach(async () => {
        mirror = await startMirror({ sandbox: { size: 40 } });
    });

    afterEach(async () => {
        nobodyHarmed(mirror);
        await mirror.stop();
    });

    /** So many are on the list, and this one is not. */
    async function expectOnList(members: number, without: string): Promise<void> {
        const addresses = await mirror.addresses();
        addresses.should.have.length(members);
        addresses.should.not.containEql(without);
    }

    it('is not written', async () => {
        await mirror.control({ oro: { optOut: [1, 2] } });
        should(await mirror.cleanRun()).match({ members: 32, optedOut: 2, inList: 30 });
        should(await mirror.contact(addressOf(1))).be.undefined();
    });

    it('is taken off the list, and stays a contact', async () => {
        await mirror.cleanRun();
        await mirror.control({ oro: { optOut: [1, 2] } });
        should(await mirror.cleanRun()).match({ optedOut: 2, inList: 30, left: 2 });
        (await mirror.addresses()).should.have.length(30);
        should((await mirror.contact(addressOf(1)))?.status).equal('subscribed');
        should(await mirror.cleanRun()).match({ optedOut: 2, inList: 30, left: 0, batches: 0 });
    });

    it('is taken off the list when they were on it before the memory existed', async () => {
        await mirror.control({
            dotdigital: { addContacts: [1, 2, 3].map((id) => ({ email: addressOf(id).toUpperCase(), lists: [NEWSLETTER] })) },
            oro: { optOut: [1, 2] },
        });
        should(await mirror.cleanRun()).match({ optedOut: 2, inList: 30, left: 2, cause: 'newMemory' });
        const addresses = await mirror.addresses();
        addresses.should.have.length(30);
        addresses.map((address) => address.toLowerCase()).should.not.containEql(addressOf(1));
    });

    it('is taken off the list although Dotdigital does not count its contacts yet', async () => {
        const list = { id: NEWSLETTER, name: 'Oro newsletter', visibility: 'Private', contacts: 0 };
        await mirror.control({
            dotdigital: { addContacts: [{ email: addressOf(1), lists: [NEWSLETTER] }] },
            oro: { optOut: [1] },
            faults: [{ service: 'dotdigital', path: '^/v2/address-books(\\?|$)', times: 99, status: 200, body: [list] }],
        });
        should(await mirror.cleanRun()).match({ optedOut: 1, inList: 31, left: 1 });
        await expectOnList(31, addressOf(1));
    });

    it('is taken off the list even when more opt out than may leave', async () => {
        await mirror.cleanRun();
        await mirror.control({ oro: { optOut: 25 } });
        should(await mirror.cleanRun()).match({ optedOut: 25, inList: 7, left: 25, held: 0 });
        (await mirror.addresses()).should.have.length(7);
    });

    it('is taken off the list when all of them opt out', async () => {
        await mirror.cleanRun();
        await mirror.control({ oro: { optOut: 32 } });
        should(await mirror.cleanRun()).match({ optedOut: 32, inList: 0, left: 32, held: 0 });
        (await mirror.addresses()).should.deepEqual([]);
    });

    it('is taken off the list while others who left are held', async () => {
        await mirror.cleanRun();
        await mirror.control({ oro: { optOut: [1], leave: [21, 22, 23, 24, 26, 27, 28, 29, 31, 32, 33, 34, 36] } });
        should(await mirror.cleanRun()).match({ optedOut: 1, left: 1, held: 13 });
        (await mirror.addresses()).should.have.length(31);
    });

    it('is taken off the list together with everybody who has the same address', async () => {
        await mirror.cleanRun();
        await mirror.change(2, { email: ` ${addressOf(1).toUpperCase()}` });
        await mirror.control({ oro: { optOut: [1] } });
        should(await mirror.cleanRun()).match({ members: 32, optedOut: 1, duplicates: 1, inList: 30 });
        await expectOnList(30, addressOf(1));
    });

    it('keeps others with that address off the list, too, when nobody was written yet', async () => {
        await mirror.change(2, { email: addressOf(1) });
        await mirror.control({ oro: { optOut: [1] } });
        should(await mirror.cleanRun()).match({ members: 32, optedOut: 1, duplicates: 1, inList: 30 });
        should(await mirror.contact(addressOf(1))).be.undefined();
    });

    it('is written again when they take it back', async () => {
        await mirror.control({ oro: { optOut: [1] } });
        await mirror.cleanRun();
        await mirror.control({ oro: { resubscribe: [1] } });
        should(await mirror.cleanRun()).match({ optedOut: 0, inList: 32, joined: 1 });
    });

    it('says so with a field of the record where the reader is told which', async () => {
        await mirror.deploy({ reader: { optOutField: 'noNewsletter' } });
        await mirror.control({
            oro: { change: [{ type: 'customerusers', id: '1', attributes: { noNewsletter: true } }] },
        });
        should(await mirror.cleanRun()).match({ optedOut: 1, inList: 31 });
        await mirror.control({
            oro: { change: [{ type: 'customerusers', id: '2', attributes: { noNewsletter: true } }] },
        });
        should(await mirror.cleanRun()).match({ optedOut: 2, inList: 30, left: 1 });
        await expectOnList(30, addressOf(2));
    });

    it('cannot be told by a field that is no yes/no field: that is an error before anything is written', async () => {
        await mirror.deploy({ reader: { optOutField: 'birthday' } });
        should(await mirror.run()).match({ complete: false, inList: 0, error: { code: 'settingsInvalid' } });
        (await caught(mirror)).message.should.match(/optOutField: "birthday" of customerusers is no yes\/no field/);
        mirror.requests('PUT /contacts/v3/import').should.equal(0);
    });

    it('is taken off the list although Oro does not return the record', async () => {
        await mirror.cleanRun();
        await mirror.control({ oro: { optOut: [1], hide: [{ type: 'customerusers', id: '1' }] } });
        should(await mirror.cleanRun()).match({ optedOut: 1, unreadable: 0, inList: 31, left: 1 });
        (await mirror.addresses()).should.have.length(31);
    });

    it('is taken off the list although the address is gone', async () => {
        await mirror.cleanRun();
        await mirror.control({ oro: { optOut: [1] } });
        await mirror.control({ oro: { change: [{ type: 'customerusers', id: '1', attributes: { email: '' } }] } });
        should(await mirror.cleanRun()).match({ optedOut: 1, left: 1 });
        (await mirror.addresses()).should.have.length(31);
    });

    it('is taken off the list although the address changed in the same moment', async () => {
        await mirror.cleanRun();
        await mirror.control({ oro: { optOut: [1] } });
        await mirror.change(1, { email: 'moved@example.com' });
        should(await mirror.cleanRun()).match({ optedOut: 1, left: 1 });
        (await mirror.addresses()).should.have.length(31);
    });

    it('is taken off the list although they had been left out by the flow', async () => {
        await mirror.control({ dotdigital: { addContacts: [{ email: addressOf(1), lists: [NEWSLETTER] }] } });
        const leaveOut = 'msg.payload = msg.payload.filter((record) => record.id !== "1"); return msg;';
        await mirror.deploy({
            between: [{ id: 'fn', type: 'function', z: 'tab', func: leaveOut, outputs: 1, wires: [['upsert']] }],
        });
        should(await mirror.cleanRun()).match({ leftOutByFlow: 1, inList: 31 });
        await mirror.control({ oro: { optOut: [1] } });
        await mirror.deploy({});
        should(await mirror.cleanRun()).match({ optedOut: 1, inList: 31 });
        await expectOnList(31, addressOf(1));
    });
});
