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

/** One person for each way. */
const STOPPED = [1, 2, 3, 4, 6, 7, 8];

describe('Nobody is subscribed again', () => {
    let mirror: Mirror;

    beforeEach(async () => {
        mirror = await startMirror({ sandbox: { size: 40 } });
    });

    afterEach(async () => {
        nobodyHarmed(mirror);
        await mirror.stop();
    });

    /** Each of these people stops being mailed, in a way of their own. */
    async function stopMailing(ids: readonly number[]): Promise<void> {
        for (const [index, [, command]] of WAYS.entries()) {
            await mirror.control({ dotdigital: command(addressOf(ids[index] ?? 0)) });
        }
    }

    async function expectOnlyTheOthers(stopped: readonly number[], others: number): Promise<void> {
        const addresses = await mirror.addresses();
        addresses.should.have.length(others);
        for (const id of stopped) addresses.should.not.containEql(addressOf(id));
    }

    it('by an import', async () => {
        await stopMailing(STOPPED);
        const summary = await mirror.cleanRun();
        should(summary).match({ suppressed: 7, inList: 25 });
        await expectOnlyTheOthers(STOPPED, 25);
        const told = rejections(mirror).map(({ record, code, written, cause }) => [record.id, code, written, cause]);
        told.should.deepEqual(STOPPED.map((id) => [String(id), 'suppressed', false, 'suppressed']));
        mirror.requests('PUT /contacts/v3/import').should.equal(1);
    });

    it('by the few that are written one by one', async () => {
        await mirror.cleanRun();
        await mirror.control({ oro: { join: [5, 10, 15, 20, 25, 30, 35, 40] } });
        await stopMailing([10, 15, 20, 25, 30, 35, 40]);
        const summary = await mirror.cleanRun();
        should(summary).match({ suppressed: 7, inList: 33 });
        mirror.requests('PATCH /contacts/v3/email/{id}').should.equal(1);
        await expectOnlyTheOthers([10, 15, 20, 25, 30, 35, 40], 33);
    });

    for (const [way, command] of WAYS) {
        it(`by a message of one record: ${way}`, async () => {
            const email = addressOf(10);
            await mirror.control({ dotdigital: command(email) });
            mirror.nodeRed.send('upsert', { payload: { email: ` ${email.toUpperCase()}`, firstName: 'Max', lastName: 'M' } });
            const { payload } = await mirror.nodeRed.nextMessage('rejected');
            const told = (payload as Rejection[]).map(({ code, written, cause }) => [code, written, cause]);
            told.should.deepEqual([['suppressed', false, 'suppressed']]);
            await expectOnlyTheOthers([10], 0);
        });
    }

    it('by a message of many records', async () => {
        await stopMailing(STOPPED);
        const payload = [...STOPPED, 11, 12].map((id) => ({ email: addressOf(id), firstName: 'Max', lastName: 'M' }));
        mirror.nodeRed.send('upsert', { payload });
        const { result } = await mirror.nodeRed.nextMessage('accepted');
        should(result).match({ created: 2, suppressed: 7 });
        await expectOnlyTheOthers(STOPPED, 2);
    });

    it('when members change later', async () => {
        await mirror.cleanRun();
        await stopMailing(STOPPED);
        for (const id of STOPPED) await mirror.change(id, { firstName: 'Changed' });
        should(await mirror.cleanRun()).match({ suppressed: 7, inList: 25 });
        await expectOnlyTheOthers(STOPPED, 25);
    });

    it('when everyone is sent again, by the mode or since the settings changed', async () => {
        await mirror.cleanRun();
        await stopMailing(STOPPED);
        should(await mirror.cleanRun({ read: { mode: 'all' } })).match({ suppressed: 7, inList: 25 });
        await mirror.deploy({ upsert: { mergeOption: 'overwrite' } });
        should(await mirror.cleanRun()).match({ suppressed: 7, inList: 25, cause: 'settings' });
        await expectOnlyTheOthers(STOPPED, 25);
    });

    it('when it happens between the reading and the import', async () => {
        await mirror.deploy({ between: [{ id: 'hold', type: 'probe', z: 'tab', hold: true, wires: [['upsert']] }] });
        mirror.begin();
        await mirror.nodeRed.nextMessage('hold');
        await stopMailing(STOPPED);
        mirror.nodeRed.release('hold');
        should(await mirror.summary()).match({ suppressed: 7, inList: 25 });
        await expectOnlyTheOthers(STOPPED, 25);
    });

    it('when it happens between the reading and the writing of a few', async () => {
        await mirror.cleanRun();
        await mirror.deploy({ between: [{ id: 'hold', type: 'probe', z: 'tab', hold: true, wires: [['upsert']] }] });
        await mirror.control({ oro: { join: [5, 10] } });
        mirror.begin();
        await mirror.nodeRed.nextMessage('hold');
        await mirror.control({ dotdigital: { unsubscribe: [addressOf(5)] } });
        mirror.nodeRed.release('hold');
        should(await mirror.summary()).match({ suppressed: 1, inList: 33 });
        await expectOnlyTheOthers([5], 33);
    });

    it('when it happens while the few wait, since Dotdigital allows no more calls', async () => {
        await mirror.cleanRun();
        await mirror.control({
            oro: { join: [5, 10] },
            dotdigital: { addContacts: [{ email: addressOf(5), lists: [NEWSLETTER] }] },
            faults: [{ service: 'dotdigital', method: 'PATCH', path: '', status: 429, headers: { 'x-ratelimit-reset': '1' } }],
        });
        mirror.begin();
        await mirror.until('a call that is not allowed', ({ requests }) => requests['PATCH /contacts/v3/email/{id}'] === 1);
        await mirror.control({ dotdigital: { unsubscribeFromList: [{ listId: NEWSLETTER, email: addressOf(5) }] } });
        should(await mirror.summary()).match({ suppressed: 1, inList: 33 });
        await expectOnlyTheOthers([5], 33);
    });

    it('when it happens to the last of the few while the first one waits', async () => {
        await mirror.cleanRun();
        await mirror.control({
            oro: { join: [5, 10] },
            dotdigital: { addContacts: [{ email: addressOf(10), lists: [NEWSLETTER] }] },
            faults: [{ service: 'dotdigital', method: 'PATCH', path: '', status: 429, headers: { 'x-ratelimit-reset': '3' } }],
        });
        mirror.begin();
        await mirror.until('a call that is not allowed', ({ requests }) => requests['PATCH /contacts/v3/email/{id}'] === 1);
        await mirror.control({ dotdigital: { unsubscribeFromList: [{ listId: NEWSLETTER, email: addressOf(10) }] } });
        should(await mirror.summary()).match({ suppressed: 1, inList: 33 });
        await expectOnlyTheOthers([10], 33);
    });

    it('when it happens while an import waits for its start', async () => {
        await mirror.halt();
        await mirror.stop();
        mirror = await startMirror({ sandbox: { size: 40 }, limits: { slotWait: 50, pollAfter: [500] } });
        await mirror.control({
            dotdigital: { activeImports: 25, addContacts: [{ email: addressOf(21), lists: [NEWSLETTER] }] },
        });
        mirror.begin();
        await mirror.until('a start that is refused', ({ requests }) => (requests['PUT /contacts/v3/import'] ?? 0) > 0);
        await mirror.control({ dotdigital: { unsubscribeFromList: [{ listId: NEWSLETTER, email: addressOf(21) }] } });
        await mirror.control({ dotdigital: { activeImports: 0 } });
        should(await mirror.summary()).match({ suppressed: 1, inList: 31, unsubscribedAgain: 1 });
        await expectOnlyTheOthers([21], 31);
    });

    it('when the address changes in Oro, then or seven days later', async () => {
        await mirror.cleanRun();
        await stopMailing(STOPPED);
        for (const id of STOPPED) await mirror.change(id, { firstName: 'Changed' });
        should(await mirror.cleanRun()).match({ suppressed: 7 });
        for (const id of STOPPED) await mirror.change(id, { email: `moved${id}@example.com` });
        should(await mirror.cleanRun()).match({ suppressed: 7, inList: 25 });
        mirror.advance(8 * 24 * 3600 * 1000);
        should(await mirror.cleanRun()).match({ suppressed: 7, inList: 25 });
        await expectOnlyTheOthers(STOPPED, 25);
    });

    it('when the address changes before anybody noticed', async () => {
        await mirror.cleanRun();
        await stopMailing(STOPPED);
        for (const id of STOPPED) await mirror.change(id, { email: `moved${id}@example.com` });
        should(await mirror.cleanRun()).match({ suppressed: 7, inList: 25 });
        mirror.advance(8 * 24 * 3600 * 1000);
        should(await mirror.cleanRun()).match({ suppressed: 7, inList: 25 });
        await expectOnlyTheOthers(STOPPED, 25);
    });

    it('on another list that the same flow feeds from now on', async () => {
        await mirror.cleanRun();
        await mirror.control({ dotdigital: { unsubscribeFromList: [{ listId: 1002, email: addressOf(22) }] } });
        await mirror.deploy({ upsert: { lists: [NEWSLETTER, 1002].map((id) => ({ id: String(id), name: '' })) } });
        should(await mirror.cleanRun()).match({ suppressed: 1, inList: 31 });
        const addresses = await mirror.addresses(1002);
        addresses.should.containEql(addressOf(21)).and.not.containEql(addressOf(22));
    });

    it('when they left the audience and come back', async () => {
        await mirror.cleanRun();
        await stopMailing(STOPPED);
        await mirror.control({ oro: { leave: STOPPED } });
        should(await mirror.cleanRun()).match({ left: 7 });
        await mirror.control({ oro: { join: STOPPED } });
        should(await mirror.cleanRun()).match({ suppressed: 7, inList: 25 });
        await expectOnlyTheOthers(STOPPED, 25);
    });

    it('when they are offered again after seven days', async () => {
        await stopMailing(STOPPED);
        await mirror.cleanRun();
        const imports = mirror.requests('PUT /contacts/v3/import');
        mirror.advance(8 * 24 * 3600 * 1000);
        should(await mirror.cleanRun()).match({ suppressed: 7, inList: 25 });
        mirror.requests('PUT /contacts/v3/import').should.equal(imports);
        mirror.requests('PATCH /contacts/v3/email/{id}').should.equal(0);
    });

    it('but by themselves: they are written again once seven days have passed', async () => {
        await mirror.control({ dotdigital: { unsubscribe: [addressOf(21)] } });
        should(await mirror.cleanRun()).match({ suppressed: 1 });
        await mirror.control({ dotdigital: { resubscribe: [addressOf(21)] } });
        should(await mirror.cleanRun()).match({ suppressed: 1 });
        mirror.advance(8 * 24 * 3600 * 1000);
        should(await mirror.cleanRun()).match({ suppressed: 0, inList: 32 });
        await expectOnlyTheOthers([], 32);
    });

    it('and a soft bounce is no suppression', async () => {
        await mirror.control({ dotdigital: { suppress: [{ email: addressOf(21), reason: 'SoftBounced' }] } });
        should(await mirror.cleanRun()).match({ suppressed: 0, inList: 32 });
        (await mirror.addresses()).should.containEql(addressOf(21));
    });

    it('and whoever has not confirmed yet goes on being asked', async () => {
        await mirror.control({ dotdigital: { suppress: [{ email: addressOf(21), reason: 'PendingOptIn' }] } });
        should(await mirror.cleanRun()).match({ suppressed: 0, inList: 32 });
        const contact = await mirror.contact(addressOf(21));
        should(contact?.channelProperties?.email?.status).equal('pendingOptIn');
    });

    it('and nobody is created who was erased, by an import, one by one, or by a message', async () => {
        await erase(mirror, addressOf(21), addressOf(10), 'single@example.com');
        should(await mirror.cleanRun()).match({ rejectedReasons: { erased: 1 }, inList: 31 });
        await mirror.control({ oro: { join: [5, 10] } });
        should(await mirror.cleanRun()).match({ rejectedReasons: { erased: 1 }, inList: 32 });
        mirror.nodeRed.send('upsert', { payload: { email: 'Single@Example.com' } });
        await mirror.nodeRed.until('three rejections', () => rejections(mirror).length === 3);
        for (const email of [addressOf(21), addressOf(10), 'single@example.com']) {
            should(await mirror.contact(email)).be.undefined();
        }
    });
});
