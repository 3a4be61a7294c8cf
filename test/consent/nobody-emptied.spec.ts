import { rmSync } from 'node:fs';
import { join } from 'node:path';
import should from 'should';
import { type Mirror, NEWSLETTER, startMirror } from '../mirror/mirror';
import { addressOf, caught, nobodyHarmed } from './people';

const WRITES = /^(PUT|PATCH|DELETE|POST) \/(contacts\/v3|v2)\//;

/** Number of requests that write into Dotdigital. */
function writes(mirror: Mirror): number {
    const counts = Object.entries(mirror.report().requests).filter(([name]) => WRITES.test(name));
    return counts.reduce((sum, [, count]) => sum + count, 0);
}

/** Ordinary members of the main list, the last ones first. */
const LAST = [39, 38, 37, 36, 34, 33, 32, 31, 29, 28, 27, 26, 24];

describe('Nobody is taken off the list and nobody is emptied', () => {
    let mirror: Mirror;

    beforeEach(async () => {
        mirror = await startMirror({ sandbox: { size: 40 }, limits: { retry: { attempts: 2, firstWait: 1 } } });
        should(await mirror.cleanRun()).match({ inList: 32 });
    });

    afterEach(async () => {
        nobodyHarmed(mirror);
        await mirror.stop();
    });

    it('by a member whose record Oro does not return', async () => {
        const hide = [1, 2, 3].map((id) => ({ type: 'customerusers', id: String(id) }));
        await mirror.control({ oro: { hide } });
        const before = writes(mirror);
        should(await mirror.cleanRun()).match({ members: 32, unreadable: 3, inList: 29, left: 0 });
        writes(mirror).should.equal(before);
        (await mirror.addresses()).should.have.length(32);
        await mirror.control({ oro: { show: hide } });
        should(await mirror.cleanRun()).match({ unreadable: 0, inList: 32, batches: 0 });
    });

    it('by all members not being returned', async () => {
        await mirror.control({
            oro: { hide: Array.from({ length: 40 }, (_, index) => ({ type: 'customerusers', id: String(index + 1) })) },
        });
        should(await mirror.cleanRun()).match({ members: 32, unreadable: 32, left: 0, held: 0 });
        (await mirror.addresses()).should.have.length(32);
    });

    it('by an attribute that vanished: it is an error before anything is written', async () => {
        await mirror.control({ oro: { removeAttribute: { type: 'customerusers', name: 'lastName' }, leave: 3 } });
        const before = writes(mirror);
        const summary = await mirror.run();
        should(summary).match({ complete: false, left: 0, error: { code: 'fieldMissing' } });
        writes(mirror).should.equal(before);
        const error = await caught(mirror);
        error.code.should.equal('fieldMissing');
        error.message.should.match(/did not return "lastName" of customerusers.*renamed or removed.*Nothing was written/);
        should((await mirror.contact(addressOf(1)))?.dataFields['LASTNAME']).be.a.String();
        (await mirror.addresses()).should.have.length(32);
    });

    it('by more people leaving than allowed: they are held until they are released', async () => {
        await mirror.control({ oro: { leave: LAST } });
        should(await mirror.cleanRun()).match({ members: 19, held: 13, left: 0, inList: 19 });
        await mirror.nodeRed.untilStatus('reader', /13 would leave: held/);
        should(await mirror.cleanRun({ read: { allowLeaving: 12 } })).match({ held: 13, left: 0, overridden: ['allowLeaving'] });
        (await mirror.addresses()).should.have.length(32);
        should(await mirror.cleanRun({ read: { allowLeaving: 13 } })).match({ held: 0, left: 13 });
        (await mirror.addresses()).should.have.length(19);
    });

    it('by more leaving once others were released: that counts for one run', async () => {
        await mirror.control({ oro: { leave: LAST } });
        should(await mirror.cleanRun({ read: { allowLeaving: 13 } })).match({ held: 0, left: 13 });
        await mirror.control({ oro: { leave: [1, 2, 3, 4, 6, 7, 8, 9, 11, 12, 13] } });
        should(await mirror.cleanRun()).match({ held: 11, left: 0 });
        (await mirror.addresses()).should.have.length(19);
    });

    it('by up to ten people leaving a small list: these do leave', async () => {
        await mirror.control({ oro: { leave: LAST.slice(0, 10) } });
        should(await mirror.cleanRun()).match({ held: 0, left: 10, inList: 22 });
        (await mirror.addresses()).should.have.length(22);
    });

    it('by a list that became empty', async () => {
        await mirror.control({ oro: { leave: 32 } });
        should(await mirror.cleanRun()).match({ members: 0, held: 32, left: 0 });
        (await mirror.addresses()).should.have.length(32);
        should(await mirror.cleanRun({ read: { allowLeaving: 32 } })).match({ members: 0, held: 0, left: 32 });
        (await mirror.addresses()).should.deepEqual([]);
    });

    it('by a small list that became empty', async () => {
        await mirror.control({ oro: { leave: 25 } });
        should(await mirror.cleanRun({ read: { allowLeaving: 25 } })).match({ left: 25, inList: 7 });
        await mirror.control({ oro: { leave: 7 } });
        should(await mirror.cleanRun()).match({ members: 0, held: 7, left: 0 });
        (await mirror.addresses()).should.have.length(7);
    });

    it('by a memory that was lost', async () => {
        await mirror.halt();
        rmSync(join(mirror.userDirectory, 'oro-dotdigital'), { recursive: true });
        await mirror.control({ oro: { leave: LAST.slice(0, 5) } });
        await mirror.restart();
        should(await mirror.cleanRun()).match({ cause: 'newMemory', inList: 27, left: 0, held: 0 });
        (await mirror.addresses()).should.have.length(32);
        should(await mirror.cleanRun()).match({ cause: '', left: 0, batches: 0 });
        (await mirror.addresses()).should.have.length(32);
    });

    it('by contacts that were on the list before, and of whom Oro knows nothing', async () => {
        const emails = ['by-hand@example.com', 'trade-fair@example.com'];
        await mirror.control({ dotdigital: { addContacts: emails.map((email) => ({ email, lists: [NEWSLETTER] })) } });
        should(await mirror.cleanRun()).match({ left: 0 });
        const addresses = await mirror.addresses();
        addresses.should.have.length(34);
        addresses.should.containDeep(emails);
    });

    it('by another list being read in between', async () => {
        should(await mirror.run({ read: { listId: '2' } })).match({ members: 2 });
        should(await mirror.cleanRun()).match({ inList: 32, left: 0 });
        (await mirror.addresses()).should.have.length(32);
    });

    it('by leaving: the contact itself stays as it was', async () => {
        const before = await mirror.contact(addressOf(39));
        await mirror.control({ oro: { leave: [39] } });
        should(await mirror.cleanRun()).match({ left: 1 });
        const after = await mirror.contact(addressOf(39));
        should(after?.contactId).equal(before?.contactId);
        should(after?.status).equal('subscribed');
        should(after?.dataFields).deepEqual(before?.dataFields);
        should(after?.lists).deepEqual([]);
    });
});

describe('Nobody is taken off the list by a reading that was cut off', () => {
    let mirror: Mirror;

    beforeEach(async () => {
        mirror = await startMirror({ sandbox: { size: 2600 }, limits: { retry: { attempts: 2, firstWait: 1 } } });
        await mirror.run();
        await mirror.control({ oro: { leave: 5 } });
    });

    afterEach(async () => {
        nobodyHarmed(mirror);
        await mirror.stop();
    });

    for (const [what, fault, code] of [
        ['an answer 500 for the second page of records', { path: '/customerusers', skip: 1, status: 500 }, 'serviceUnavailable'],
        ['a web page for the second page of records', { path: '/customerusers', skip: 1, kind: 'html' }, 'htmlAnswer'],
        ['a connection that is cut with the members', { path: '/segmentsnapshots', skip: 1, kind: 'reset' }, 'connectionReset'],
        ['an answer 500 for the people who opted out', { path: 'unsubscribeditems', status: 500 }, 'serviceUnavailable'],
        ['an answer 500 for the people who were removed', { path: 'removeditems', status: 500 }, 'serviceUnavailable'],
    ] as const) {
        it(`by ${what}`, async () => {
            const before = (await mirror.addresses()).length;
            await mirror.control({ faults: [{ service: 'oro', times: 20, ...fault }] });
            should(await mirror.run()).match({ complete: false, left: 0, error: { code } });
            (await mirror.addresses()).should.have.length(before);
            await mirror.control({ clearFaults: true });
            should(await mirror.run()).match({ complete: true, left: 5, error: null });
            (await mirror.addresses()).should.have.length(before - 5);
        });
    }
});
