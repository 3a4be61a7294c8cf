import should from 'should';
import type { Rejection } from '../../src/runtime/upsert/work';
import type { ControlCommand } from '../../src/sandbox';
import { type Mirror, NEWSLETTER, startMirror } from '../mirror/mirror';
import { addressOf, erase, nobodyHarmed } from './people';

/** How somebody stops being mailed in Dotdigital. */
const WAYS: readonly (readonly [string, (email: string) => ControlCommand['dotdigital']])[] = [
    ['unsubscribed in the account', (email) => ({ unsubscribe: [email] })],
    ['unsubscribed from the list', (email) => ({ unsubscribeFromList: [{ listId: NEWSLETTER, email }] })],
    ['suppressed by hand', (email) => ({ suppress: [{ email, reason: 'Suppressed' }] })],
    ['bounced', (email) => ({ suppress: [{ email, reason: 'HardBounced' }] })],
    ['complained', (email) => ({ suppress: [{ email, reason: 'IspComplained' }] })],
    ['complained to Dotdigital', (email) => ({ suppress: [{ email, reason: 'DirectComplaint' }] })],
    ['suppressed with the domain', (email) => ({ suppress: [{ email, reason: 'DomainSuppression' }] })],
];

/** Records at output 2 by their reason. */
function rejections(mirror: Mirror): readonly Rejection[] {
    return mirror.nodeRed.messages('rejected').flatMap(({ payload }) => payload as Rejection[]);
}

describe('Nobody is subscribed again', () => {
    let mirror: Mirror;

    beforeEach(async () => {
        mirror = await startMirror({ sandbox: { size: 40 } });
    });

    afterEach(async () => {
        nobodyHarmed(mirror);
        await mirror.stop();
    });

    it('by an import: whoever unsubscribed, was suppressed, bounced or complained', async () => {
        const ids = [1, 2, 3, 4, 6, 7, 8];
        for (const [index, [, command]] of WAYS.entries()) {
            await mirror.control({ dotdigital: command(addressOf(ids[index] ?? 0)) });
        }
        const summary = await mirror.cleanRun();
        summary.suppressed.should.equal(7);
        summary.inList.should.equal(25);
        const addresses = await mirror.addresses();
        addresses.length.should.equal(25);
        for (const id of ids) addresses.should.not.containEql(addressOf(id));
        rejections(mirror)
            .map(({ record, code, written, cause }) => [record.id, code, written, cause])
            .should.deepEqual(ids.map((id) => [String(id), 'suppressed', false, 'suppressed']));
        mirror.requests('PUT /contacts/v3/import').should.equal(1);
    });

    for (const [way, command] of WAYS) {
        it(`by the few that are written one by one: ${way}`, async () => {
            await mirror.cleanRun();
            const joined = [5, 10, 15];
            await mirror.control({ dotdigital: command(addressOf(10)), oro: { join: joined } });
            const summary = await mirror.cleanRun();
            summary.suppressed.should.equal(1);
            mirror.requests('PATCH /contacts/v3/email/{id}').should.equal(2);
            (await mirror.addresses()).should.containEql(addressOf(5)).and.not.containEql(addressOf(10));
        });

        it(`by a message of one record: ${way}`, async () => {
            const email = addressOf(10);
            await mirror.control({ dotdigital: command(email) });
            mirror.nodeRed.send('upsert', { payload: { email: ` ${email.toUpperCase()}`, firstName: 'Max', lastName: 'M' } });
            const { payload } = await mirror.nodeRed.nextMessage('rejected');
            (payload as Rejection[])
                .map(({ code, written, cause }) => [code, written, cause])
                .should.deepEqual([['suppressed', false, 'suppressed']]);
            (await mirror.addresses()).should.deepEqual([]);
        });

        it(`when a member changes later: ${way}`, async () => {
            await mirror.cleanRun();
            await mirror.control({ dotdigital: command(addressOf(21)) });
            await mirror.change(21, { firstName: 'Changed' });
            const summary = await mirror.cleanRun();
            summary.suppressed.should.equal(1);
            summary.inList.should.equal(31);
            (await mirror.addresses()).length.should.equal(31);
        });

        it(`when everyone is sent again: ${way}`, async () => {
            await mirror.cleanRun();
            await mirror.control({ dotdigital: command(addressOf(21)) });
            (await mirror.cleanRun({ read: { mode: 'all' } })).suppressed.should.equal(1);
            await mirror.deploy({ upsert: { mergeOption: 'overwrite' } });
            (await mirror.cleanRun()).suppressed.should.equal(1);
            (await mirror.addresses()).length.should.equal(31);
        });

        it(`between the reading and the import: ${way}`, async () => {
            const hold = { id: 'hold', type: 'probe', z: 'tab', hold: true, wires: [['upsert']] };
            await mirror.deploy({ between: [hold] });
            mirror.begin();
            await mirror.nodeRed.nextMessage('hold');
            await mirror.control({ dotdigital: command(addressOf(21)) });
            mirror.nodeRed.release('hold');
            const summary = await mirror.summary();
            summary.suppressed.should.equal(1);
            (await mirror.addresses()).length.should.equal(31);
        });

        it(`when the address changes in Oro: ${way}`, async () => {
            await mirror.cleanRun();
            await mirror.control({ dotdigital: command(addressOf(21)) });
            await mirror.change(21, { firstName: 'Changed' });
            (await mirror.cleanRun()).suppressed.should.equal(1);
            await mirror.change(21, { email: 'moved@example.com' });
            (await mirror.cleanRun()).suppressed.should.equal(1);
            (await mirror.addresses()).length.should.equal(31);
        });

        it(`when the address changes before anybody noticed: ${way}`, async () => {
            await mirror.cleanRun();
            await mirror.control({ dotdigital: command(addressOf(21)) });
            await mirror.change(21, { email: 'moved@example.com' });
            await mirror.cleanRun();
            (await mirror.addresses()).length.should.equal(31);
        });

        it(`when the list is another one: ${way}`, async () => {
            await mirror.cleanRun();
            await mirror.control({ dotdigital: command(addressOf(21)) });
            await mirror.control({ dotdigital: { unsubscribeFromList: [{ listId: 1002, email: addressOf(22) }] } });
            await mirror.deploy({ upsert: { lists: [{ id: '1002', name: 'VIP' }] } });
            await mirror.cleanRun();
            (await mirror.addresses(1002)).should.not.containEql(addressOf(22));
        });

        it(`when the person is offered again after seven days: ${way}`, async () => {
            await mirror.control({ dotdigital: command(addressOf(21)) });
            (await mirror.cleanRun()).suppressed.should.equal(1);
            const imports = mirror.requests('PUT /contacts/v3/import');
            mirror.advance(8 * 24 * 3600 * 1000);
            (await mirror.cleanRun()).suppressed.should.equal(1);
            mirror.requests('PUT /contacts/v3/import').should.equal(imports);
            mirror.requests('PATCH /contacts/v3/email/{id}').should.equal(0);
        });
    }

    it('not even who subscribed again by themselves, until it is asked after seven days', async () => {
        await mirror.control({ dotdigital: { unsubscribe: [addressOf(21)] } });
        (await mirror.cleanRun()).suppressed.should.equal(1);
        await mirror.control({ dotdigital: { resubscribe: [addressOf(21)] } });
        (await mirror.cleanRun()).suppressed.should.equal(1);
        mirror.advance(8 * 24 * 3600 * 1000);
        const summary = await mirror.cleanRun();
        should({ suppressed: summary.suppressed, inList: summary.inList }).deepEqual({ suppressed: 0, inList: 32 });
        (await mirror.addresses()).should.containEql(addressOf(21));
    });

    it('and who bounced softly is no suppression', async () => {
        await mirror.control({ dotdigital: { suppress: [{ email: addressOf(21), reason: 'SoftBounced' }] } });
        (await mirror.cleanRun()).inList.should.equal(32);
        (await mirror.addresses()).should.containEql(addressOf(21));
    });

    it('and who was not asked yet keeps waiting for the answer', async () => {
        await mirror.control({ dotdigital: { suppress: [{ email: addressOf(21), reason: 'PendingOptIn' }] } });
        (await mirror.cleanRun()).inList.should.equal(32);
        const contact = await mirror.contact(addressOf(21));
        should(contact?.channelProperties?.email?.status).equal('pendingOptIn');
    });

    it('who was erased: by an import, one by one, by a message', async () => {
        await erase(mirror, addressOf(21), addressOf(10), 'single@example.com');
        const summary = await mirror.cleanRun();
        summary.rejectedReasons.should.deepEqual({ erased: 1 });
        await mirror.control({ oro: { join: [5, 10] } });
        (await mirror.cleanRun()).rejectedReasons.should.deepEqual({ erased: 1 });
        mirror.nodeRed.send('upsert', { payload: { email: 'Single@Example.com' } });
        await mirror.nodeRed.until('three rejections', () => rejections(mirror).length === 3);
        for (const email of [addressOf(21), addressOf(10), 'single@example.com']) {
            should(await mirror.contact(email)).be.undefined();
        }
    });
});
