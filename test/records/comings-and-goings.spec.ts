import should from 'should';
import { addressOf, nobodyHarmed } from '../consent/people';
import { type Mirror, startMirror } from '../mirror/mirror';

for (const [how, singly] of [
    ['one by one', 5],
    ['by imports', 0],
] as const) {
    describe(`Comings and goings, written ${how}`, () => {
        let mirror: Mirror;

        beforeEach(async () => {
            mirror = await startMirror({ limits: { singly } });
            should(await mirror.cleanRun()).match({ inList: 16 });
        });

        afterEach(async () => {
            nobodyHarmed(mirror);
            await mirror.stop();
        });

        async function idOf(email: string): Promise<number | undefined> {
            return (await mirror.contact(email))?.contactId;
        }

        /** So many are on the list, and this one is not. */
        async function expectOnList(members: number, without: string): Promise<void> {
            const addresses = await mirror.addresses();
            addresses.should.have.length(members);
            addresses.should.not.containEql(without);
        }

        it('a changed address: the contact keeps its id', async () => {
            const before = await idOf(addressOf(1));
            await mirror.change(1, { email: 'moved@example.com' });
            should(await mirror.cleanRun()).match({ changed: 1, inList: 16, left: 0 });
            should(await idOf('moved@example.com')).equal(before);
            should(await mirror.contact(addressOf(1))).be.undefined();
            // Five contacts of whom Oro knows nothing were there before.
            mirror.report().contacts.should.equal(16 + 5);
            should(await mirror.cleanRun()).match({ batches: 0, inList: 16 });
        });

        it('an address that changed only in its capitals: nothing is moved', async () => {
            const before = await idOf(addressOf(1));
            await mirror.change(1, { email: ` ${addressOf(1).toUpperCase()} ` });
            should(await mirror.cleanRun()).match({ inList: 16, left: 0 });
            should(await idOf(addressOf(1))).equal(before);
        });

        it('an address that another contact has already: that one stands for the record, the old one leaves the list', async () => {
            await mirror.control({ dotdigital: { addContacts: [{ email: 'there@example.com' }] } });
            const there = await idOf('there@example.com');
            await mirror.change(1, { email: 'there@example.com', firstName: 'Moved' });
            should(await mirror.cleanRun()).match({ inList: 16, left: 1 });
            should(await idOf('there@example.com')).equal(there);
            should((await mirror.contact('there@example.com'))?.dataFields['FIRSTNAME']).equal('Moved');
            await expectOnList(16, addressOf(1));
            should(await mirror.cleanRun()).match({ batches: 0, inList: 16 });
        });

        it('two people who swap their addresses', async () => {
            const change = [
                { type: 'customerusers', id: '1', attributes: { email: addressOf(2), firstName: 'One' } },
                { type: 'customerusers', id: '2', attributes: { email: addressOf(1), firstName: 'Two' } },
            ];
            await mirror.control({ clock: { advance: 1000 } });
            await mirror.control({ oro: { change } });
            should(await mirror.cleanRun()).match({ inList: 16, left: 0 });
            should((await mirror.contact(addressOf(1)))?.dataFields['FIRSTNAME']).equal('Two');
            should((await mirror.contact(addressOf(2)))?.dataFields['FIRSTNAME']).equal('One');
            (await mirror.addresses()).should.have.length(16);
            should(await mirror.cleanRun()).match({ batches: 0, inList: 16 });
        });

        it('a record that left and came back is the same contact, on the list again', async () => {
            const before = await idOf(addressOf(1));
            await mirror.control({ oro: { leave: [1] } });
            should(await mirror.cleanRun()).match({ left: 1, inList: 15 });
            (await mirror.addresses()).should.have.length(15);
            await mirror.control({ oro: { join: [1] } });
            should(await mirror.cleanRun()).match({ joined: 1, inList: 16 });
            (await mirror.addresses()).should.have.length(16);
            should(await idOf(addressOf(1))).equal(before);
        });

        it('a record that left and came back before anybody looked travels not at all', async () => {
            await mirror.control({ oro: { leave: [1] } });
            await mirror.control({ oro: { join: [1] } });
            should(await mirror.cleanRun()).match({ batches: 0, inList: 16 });
        });

        it('a record that is gone from Oro leaves the list by the contact that is kept for it', async () => {
            await mirror.control({ oro: { remove: [{ type: 'customerusers', id: '1' }] } });
            should(await mirror.cleanRun()).match({ members: 15, left: 1, inList: 15 });
            await expectOnList(15, addressOf(1));
            should((await mirror.contact(addressOf(1)))?.status).equal('subscribed');
        });

        it('a record that is gone leaves the list although Dotdigital has another address for the contact', async () => {
            await mirror.control({ dotdigital: { changeAddress: [{ email: addressOf(1), to: 'by-hand@example.com' }] } });
            await mirror.control({ oro: { remove: [{ type: 'customerusers', id: '1' }] } });
            should(await mirror.cleanRun()).match({ left: 1, inList: 15 });
            await expectOnList(15, 'by-hand@example.com');
        });

        it('somebody who was removed by hand in Oro leaves the list', async () => {
            await mirror.control({ oro: { takeOff: [1] } });
            should(await mirror.cleanRun()).match({ members: 15, left: 1, inList: 15 });
            (await mirror.addresses()).should.have.length(15);
            await mirror.control({ oro: { putBack: [1] } });
            should(await mirror.cleanRun()).match({ members: 16, joined: 1, inList: 16 });
        });

        it('somebody who loses the address leaves the list, and is back with a new one', async () => {
            await mirror.change(1, { email: '' });
            should(await mirror.cleanRun()).match({ members: 16, withoutEmail: 1, left: 1, inList: 15 });
            (await mirror.addresses()).should.have.length(15);
            await mirror.change(1, { email: addressOf(1) });
            should(await mirror.cleanRun()).match({ withoutEmail: 0, inList: 16 });
            (await mirror.addresses()).should.have.length(16);
        });

        it('nobody leaves the list where the node is told so', async () => {
            await mirror.deploy({ upsert: { onLeave: 'nothing' } });
            await mirror.control({ oro: { leave: [1, 2] } });
            should(await mirror.cleanRun()).match({ inList: 14 });
            (await mirror.addresses()).should.have.length(16);
        });
    });
}
