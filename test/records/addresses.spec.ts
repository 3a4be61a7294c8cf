import should from 'should';
import type { Rejection } from '../../src/runtime/upsert/work';
import { addressOf, nobodyHarmed } from '../consent/people';
import { type Mirror, startMirror } from '../mirror/mirror';

/** Addresses that people have, with signs that mean something in an address of the web. */
const ODD = [
    'max+shop@example.com',
    'max/muster@example.com',
    '100%max@example.com',
    "o'neil@example.com",
    'a#b?c=d&e@example.com',
    'x%2fy%20z@example.com',
    '"max muster"@example.com',
    '"a/b+c\'d%e"@example.com',
];

describe('Odd addresses', () => {
    let mirror: Mirror;

    beforeEach(async () => {
        mirror = await startMirror();
    });

    afterEach(async () => {
        nobodyHarmed(mirror);
        mirror.report().refused.should.deepEqual([]);
        await mirror.stop();
    });

    it('are written by an import as they are, and only once', async () => {
        for (const [index, email] of ODD.entries()) {
            await mirror.change(index < 4 ? index + 1 : index + 2, { email, firstName: `Odd ${index}` });
        }
        should(await mirror.cleanRun()).match({ members: 16, inList: 16 });
        mirror.requests('PUT /contacts/v3/import').should.equal(1);
        (await mirror.addresses()).should.containDeep([...ODD].sort());
        should((await mirror.contact(ODD[6] ?? ''))?.dataFields['FIRSTNAME']).equal('Odd 6');
    });

    it('are written one by one as they are', async () => {
        await mirror.cleanRun();
        for (const [index, email] of ODD.entries()) {
            await mirror.change(1, { email, firstName: `Odd ${index}` });
            should(await mirror.cleanRun()).match({ inList: 16 });
            should((await mirror.contact(email))?.dataFields['FIRSTNAME']).equal(`Odd ${index}`);
        }
        for (const email of ODD) {
            mirror.nodeRed.send('upsert', { payload: { email, firstName: 'Single' } });
            await mirror.nodeRed.until('the contact', () => mirror.nodeRed.messages('accepted').some(isAbout(email)));
        }
        should((await mirror.contact(ODD[3] ?? ''))?.dataFields['FIRSTNAME']).equal('Single');
        mirror.requests('PUT /contacts/v3/import').should.equal(1);
    });

    it('in capitals and with blanks around them are one contact with those without', async () => {
        await mirror.control({ dotdigital: { addContacts: [{ email: 'Max.Muster@Example.com' }] } });
        await mirror.change(1, { email: '  MAX.MUSTER@example.COM\t' });
        should(await mirror.cleanRun()).match({ inList: 16 });
        mirror.nodeRed.send('upsert', { payload: { email: ' max.MUSTER@example.com ', firstName: 'Single' } });
        await mirror.nodeRed.nextMessage('accepted');
        should((await mirror.contacts({ email: 'max.muster@example.com' })).length).equal(1);
        // Five contacts of whom Oro knows nothing were there before.
        mirror.report().contacts.should.equal(16 + 5);
    });

    it('that are none are refused before they are sent, with the record and the reason', async () => {
        await mirror.change(1, { email: 'max at example.com' });
        await mirror.change(2, { email: 'max@@example.com' });
        await mirror.change(3, { email: '   ' });
        should(await mirror.cleanRun()).match({
            rejected: 2,
            withoutEmail: 1,
            inList: 13,
            rejectedReasons: { invalidEmail: 2 },
        });
        const { payload } = await mirror.nodeRed.nextMessage('rejected');
        const told = (payload as Rejection[]).map(({ record, code, field, written, cause }) => [
            record.id,
            code,
            field,
            written,
            cause,
        ]);
        told.should.deepEqual([
            ['1', 'invalidEmail', 'email', false, 'record'],
            ['2', 'invalidEmail', 'email', false, 'record'],
        ]);
        should(await mirror.cleanRun()).match({ rejected: 0, stillRejected: 2, inList: 13, batches: 0 });
    });

    it('that Dotdigital refuses and we do not are named with its reason, and the others are written', async () => {
        await mirror.control({
            importFaults: [{ email: addressOf(4), code: 'InvalidEmail', description: 'Not an address' }],
        });
        should(await mirror.cleanRun()).match({ rejected: 1, inList: 15, rejectedReasons: { invalidEmail: 1 } });
        const { payload } = await mirror.nodeRed.nextMessage('rejected');
        should(payload).match([{ record: { id: '4' }, code: 'invalidEmail', reason: 'Not an address', written: false }]);
    });
});

function isAbout(email: string): (message: Record<string, unknown>) => boolean {
    return ({ payload }) => !Array.isArray(payload) && (payload as { email?: unknown } | undefined)?.email === email;
}
