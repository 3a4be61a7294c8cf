import should from 'should';
import { type Mirror, NEWSLETTER, startMirror } from '../mirror/mirror';
import { addressOf, nobodyHarmed } from './people';

interface Email {
    readonly optInType?: string;
    readonly status?: string;
}

describe('The opt-in type', () => {
    let mirror: Mirror;

    beforeEach(async () => {
        mirror = await startMirror({ sandbox: { size: 40 }, upsert: { optInType: 'verifiedDouble' } });
        await mirror.control({ dotdigital: { addContacts: [1, 10, 20].map((id) => ({ email: addressOf(id) })) } });
    });

    afterEach(async () => {
        nobodyHarmed(mirror);
        await mirror.stop();
    });

    async function email(address: string): Promise<Email | undefined> {
        return (await mirror.contact(address))?.channelProperties?.email;
    }

    it('is sent for new contacts of an import, and for no contact that was there', async () => {
        await mirror.cleanRun();
        should(await email(addressOf(2))).match({ optInType: 'VerifiedDouble', status: 'pendingOptIn' });
        should(await email(addressOf(1))).match({ optInType: 'Unknown', status: 'subscribed' });
        should((await mirror.contact(addressOf(1)))?.dataFields['FIRSTNAME']).be.a.String();
    });

    it('is not sent for a contact that came into the account between two imports', async () => {
        await mirror.cleanRun();
        await mirror.control({
            dotdigital: { addContacts: [{ email: addressOf(5) }] },
            oro: { join: [5, 10, 15, 20, 25, 30, 35, 40] },
        });
        await mirror.cleanRun();
        should(await email(addressOf(5))).match({ optInType: 'Unknown', status: 'subscribed' });
        should(await email(addressOf(15))).match({ optInType: 'VerifiedDouble', status: 'pendingOptIn' });
    });

    it('is sent for new contacts of the few that are written one by one, and for no contact that was there', async () => {
        await mirror.cleanRun();
        await mirror.control({ oro: { join: [10, 15] } });
        await mirror.cleanRun();
        should(await email(addressOf(10))).match({ optInType: 'Unknown', status: 'subscribed' });
        should(await email(addressOf(15))).match({ optInType: 'VerifiedDouble', status: 'pendingOptIn' });
    });

    it('is not sent again for somebody who is known', async () => {
        await mirror.cleanRun();
        await mirror.control({ dotdigital: { resubscribe: [addressOf(2)] } });
        await mirror.change(2, { firstName: 'Changed' });
        await mirror.cleanRun();
        should((await mirror.contact(addressOf(2)))?.dataFields['FIRSTNAME']).equal('Changed');
        should(await email(addressOf(2))).match({ status: 'subscribed' });
    });

    it('is sent for a message of one new contact, and not for one that was there', async () => {
        mirror.nodeRed.send('upsert', { payload: [{ email: addressOf(10) }, { email: addressOf(15) }] });
        await mirror.nodeRed.nextMessage('accepted');
        should(await email(addressOf(10))).match({ optInType: 'Unknown', status: 'subscribed' });
        should(await email(addressOf(15))).match({ optInType: 'VerifiedDouble', status: 'pendingOptIn' });
    });
});

describe('A contact that is recognised by its phone number', () => {
    let mirror: Mirror;

    before(async () => {
        mirror = await startMirror({
            upsert: { identifiers: [{ from: 'phone', fromType: 'record', to: 'mobileNumber' }], optInType: 'single' },
        });
    });

    after(async () => {
        nobodyHarmed(mirror);
        await mirror.stop();
    });

    for (const [way, command] of [
        ['the account', (email: string) => ({ unsubscribe: [email] })],
        ['the list', (email: string) => ({ unsubscribeFromList: [{ listId: NEWSLETTER, email }] })],
    ] as const) {
        it(`is not subscribed again when it unsubscribed from ${way}`, async () => {
            const email = `${way.replace(' ', '-')}@example.com`;
            const phone = way === 'the list' ? '+44 7123 123456' : '+44 7123 123457';
            mirror.nodeRed.send('upsert', { payload: { email, phone } });
            await mirror.nodeRed.nextMessage('accepted');
            await mirror.control({ dotdigital: command(email) });
            mirror.nodeRed.send('upsert', { payload: { phone } });
            const { payload } = await mirror.nodeRed.nextMessage('rejected');
            should(payload).match([{ code: 'suppressed', written: false }]);
            (await mirror.addresses()).should.not.containEql(email);
        });
    }

    it('is created when nobody has the number', async () => {
        mirror.nodeRed.send('upsert', { payload: { phone: '+44 7123 999999' } });
        const { result } = await mirror.nodeRed.nextMessage('accepted');
        should(result).match({ created: 1, updated: 0 });
    });
});
