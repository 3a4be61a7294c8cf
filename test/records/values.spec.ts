import should from 'should';
import type { Rejection } from '../../src/runtime/upsert/work';
import { addressOf, caught, nobodyHarmed } from '../consent/people';
import { type Mirror, startMirror } from '../mirror/mirror';

const row = (from: string, to: string, toType = 'String', fromType = 'record') => ({ from, fromType, to, toType });
const EMAIL = 'max@example.com';

/** What output 2 said, without the records. */
function told(mirror: Mirror): unknown[] {
    const rejections = mirror.nodeRed.messages('rejected').flatMap(({ payload }) => payload as Rejection[]);
    return rejections.map(({ code, field, written, cause }) => ({ code, field, written, cause }));
}

for (const [how, singly] of [
    ['one by one', 5],
    ['by an import', 0],
] as const) {
    describe(`Values that are written ${how}`, () => {
        let mirror: Mirror;

        afterEach(async () => {
            nobodyHarmed(mirror);
            await mirror.stop();
        });

        async function start(upsert: Record<string, unknown>): Promise<void> {
            mirror = await startMirror({ upsert, limits: { singly } });
        }

        /** Writes one record and answers what Dotdigital holds of it. */
        async function written(record: Record<string, unknown>): Promise<Record<string, unknown>> {
            mirror.nodeRed.send('upsert', { payload: { email: EMAIL, ...record } });
            await mirror.nodeRed.nextMessage('accepted');
            const { LASTSUBSCRIBED: _, ...fields } = { ...(await mirror.contact(EMAIL))?.dataFields };
            return fields;
        }

        for (const [mergeOption, kept, filled] of [
            ['overwrite', {}, { FIRSTNAME: 'Moritz' }],
            ['overwriteIfNotEmpty', { FIRSTNAME: 'Max' }, { FIRSTNAME: 'Moritz' }],
            ['overwriteIfEmpty', { FIRSTNAME: 'Max' }, { FIRSTNAME: 'Max' }],
        ] as const) {
            it(`null and a name meet a name as ${mergeOption} says`, async () => {
                await start({ mergeOption, mapping: [row('firstName', 'FIRSTNAME')] });
                (await written({ firstName: 'Max' })).should.deepEqual({ FIRSTNAME: 'Max' });
                (await written({ firstName: null })).should.deepEqual(kept);
                await written({ firstName: 'Max' });
                (await written({ firstName: 'Moritz' })).should.deepEqual(filled);
            });
        }

        it('nothing at all leaves what is there', async () => {
            await start({ mergeOption: 'overwrite', mapping: [row('firstName', 'FIRSTNAME')] });
            await written({ firstName: 'Max' });
            (await written({})).should.deepEqual({ FIRSTNAME: 'Max' });
        });

        it('false and 0 are sent', async () => {
            await start({ mapping: [row('enabled', 'VIP', 'Boolean'), row('orders', 'ORDERS', 'Numeric')] });
            (await written({ enabled: true, orders: 5 })).should.deepEqual({ VIP: true, ORDERS: 5 });
            (await written({ enabled: false, orders: 0 })).should.deepEqual({ VIP: false, ORDERS: 0 });
        });

        it('emoji and everything else in a name are kept', async () => {
            await start({ mapping: [row('firstName', 'FIRSTNAME'), row('lastName', 'LASTNAME')] });
            const name = { firstName: 'Zoë 🎉👩‍👩‍👧', lastName: '"O\'Neil" <b>Ä</b> & 李 \\ {x}' };
            (await written(name)).should.deepEqual({ FIRSTNAME: name.firstName, LASTNAME: name.lastName });
        });

        it('an over-long value and one of a wrong type are left out, and named; the rest is written', async () => {
            await start({
                mapping: [row('firstName', 'FIRSTNAME'), row('lastName', 'LASTNAME'), row('birthday', 'BIRTHDAY', 'Date')],
            });
            await written({ firstName: 'Max', lastName: 'Muster', birthday: '1990-02-03' });
            const after = await written({ firstName: 'Moritz', lastName: 'x'.repeat(1001), birthday: 'unknown' });
            after.should.deepEqual({ FIRSTNAME: 'Moritz', LASTNAME: 'Muster', BIRTHDAY: '1990-02-03T00:00:00Z' });
            told(mirror).should.deepEqual([
                { code: 'valueTooLong', field: 'LASTNAME', written: true, cause: 'record' },
                { code: 'wrongType', field: 'BIRTHDAY', written: true, cause: 'record' },
            ]);
        });

        it('the type of the account counts, not the one that was saved with the node', async () => {
            await start({ mapping: [row('orders', 'ORDERS', 'String')] });
            (await written({ orders: '12' })).should.deepEqual({ ORDERS: 12 });
            await written({ orders: 'many' });
            told(mirror).should.deepEqual([{ code: 'wrongType', field: 'ORDERS', written: true, cause: 'record' }]);
        });

        it('a data field is found whatever its capitals', async () => {
            await start({ mapping: [row('firstName', 'FirstName'), row('orders', 'orders', 'Numeric')] });
            (await written({ firstName: 'Max', orders: 3 })).should.deepEqual({ FIRSTNAME: 'Max', ORDERS: 3 });
            mirror.requests('POST /v2/data-fields').should.equal(0);
        });

        it('a phone without country code is kept as it is in a text field', async () => {
            await start({ mapping: [row('phone', 'MOBILE')] });
            (await written({ phone: '030 1234567' })).should.deepEqual({ MOBILE: '030 1234567' });
        });

        it('a phone without country code is refused as mobile number, and the contact is written without it', async () => {
            await start({ mapping: [row('phone', 'mobileNumber', 'identifier'), row('firstName', 'FIRSTNAME')] });
            (await written({ phone: '030 1234567', firstName: 'Max' })).should.deepEqual({ FIRSTNAME: 'Max' });
            should((await mirror.contact(EMAIL))?.identifiers).deepEqual({ email: EMAIL });
            told(mirror).should.deepEqual([{ code: 'invalidPhone', field: 'mobileNumber', written: true, cause: 'record' }]);
            await written({ phone: '+44 7123 123123' });
            should((await mirror.contact(EMAIL))?.identifiers).deepEqual({ email: EMAIL, mobileNumber: '447123123123' });
        });

        it('a phone without country code and no address: the contact is not written', async () => {
            await start({ mapping: [row('phone', 'mobileNumber', 'identifier')] });
            mirror.nodeRed.send('upsert', { payload: { phone: '030 1234567' } });
            await mirror.nodeRed.nextMessage('rejected');
            told(mirror).should.deepEqual([{ code: 'invalidPhone', field: 'mobileNumber', written: false, cause: 'record' }]);
        });

        it('a data field that is missing: the message fails before anything is sent', async () => {
            await start({ mapping: [row('firstName', 'FIRSTNAME'), row('size', 'SHOE_SIZE', 'Numeric')] });
            mirror.nodeRed.send('upsert', { payload: { email: EMAIL, firstName: 'Max', size: 42 } });
            const error = await caught(mirror);
            error.code.should.equal('dataFieldMissing');
            error.message.should.match(/no data field SHOE_SIZE\..*create missing fields.*Nothing was written/);
            should(await mirror.contact(EMAIL)).be.undefined();
            mirror.requests('PATCH /contacts/v3/email/{id}').should.equal(0);
            mirror.requests('PUT /contacts/v3/import').should.equal(0);
            // Somebody creates it: nothing has to be deployed.
            await mirror.control({ dotdigital: { addDataField: { name: 'SHOE_SIZE', type: 'Numeric' } } });
            (await written({ size: 42 })).should.deepEqual({ SHOE_SIZE: 42 });
        });

        it('a data field that is missing is created where the node may', async () => {
            await start({
                createMissingFields: true,
                mapping: [row('size', 'SHOE_SIZE', 'Numeric'), row('since', 'SINCE', 'Date')],
            });
            const after = await written({ size: 42, since: '2026-01-02' });
            after.should.deepEqual({ SHOE_SIZE: 42, SINCE: '2026-01-02T00:00:00Z' });
            mirror.requests('POST /v2/data-fields').should.equal(2);
            await written({ size: 43 });
            mirror.requests('POST /v2/data-fields').should.equal(2);
        });
    });
}

describe('Values of a mirrored list', () => {
    let mirror: Mirror;

    afterEach(async () => {
        nobodyHarmed(mirror);
        await mirror.stop();
    });

    it('that do not fit are left out of an import, and the contacts are confirmed', async () => {
        mirror = await startMirror();
        await mirror.change(1, { lastName: 'x'.repeat(1200) });
        should(await mirror.cleanRun()).match({ inList: 16, rejected: 0 });
        told(mirror).should.deepEqual([{ code: 'valueTooLong', field: 'LASTNAME', written: true, cause: 'record' }]);
        const contact = await mirror.contact(addressOf(1));
        should(contact?.dataFields['FIRSTNAME']).be.a.String();
        should(contact?.dataFields).not.have.property('LASTNAME');
        should(await mirror.cleanRun()).match({ inList: 16, batches: 0 });
    });

    it('for a data field that is missing: nothing is sent, nobody is confirmed, and the reader says so', async () => {
        mirror = await startMirror({ upsert: { mapping: [row('firstName', 'NICK_NAME')] } });
        should(await mirror.run()).match({ members: 16, unconfirmed: 16, inList: 0 });
        mirror.requests('PUT /contacts/v3/import').should.equal(0);
        const error = await caught(mirror);
        error.code.should.equal('dataFieldMissing');
        await mirror.nodeRed.untilStatus('reader', /16 not delivered/);
        await mirror.nodeRed.untilStatus('upsert', /^data field missing$/);
        await mirror.control({ dotdigital: { addDataField: { name: 'NICK_NAME', type: 'String' } } });
        should(await mirror.cleanRun()).match({ joined: 16, inList: 16 });
    });

    it('that Dotdigital alone finds wrong are named, and the contact is written without them', async () => {
        mirror = await startMirror();
        const fault = { email: addressOf(1), code: 'ApiSchemaViolation', description: 'Invalid value', written: true };
        await mirror.control({ importFaults: [fault] });
        should(await mirror.cleanRun()).match({ inList: 16, rejected: 0 });
        should(told(mirror)).match([{ code: 'apiSchemaViolation', written: true, cause: 'record' }]);
        (await mirror.addresses()).should.containEql(addressOf(1));
    });
});
