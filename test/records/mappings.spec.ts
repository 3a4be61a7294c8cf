import should from 'should';
import { addressOf, caught, nobodyHarmed } from '../consent/people';
import { type Mirror, startMirror } from '../mirror/mirror';

const row = (from: string, to: string, toType = 'String', fromType = 'record') => ({ from, fromType, to, toType });

describe('What is mapped', () => {
    let mirror: Mirror;

    afterEach(async () => {
        nobodyHarmed(mirror);
        await mirror.stop();
    });

    async function start(mapping: readonly object[], reader: Record<string, unknown> = {}, size = 40): Promise<void> {
        mirror = await startMirror({ sandbox: { size }, reader, upsert: { mapping } });
    }

    async function fields(email: string): Promise<Record<string, unknown>> {
        const { LASTSUBSCRIBED: _, ...rest } = { ...(await mirror.contact(email))?.dataFields };
        return rest;
    }

    it('can be the tags of a contact', async () => {
        await start([row('tags', 'ORO_TAGS')], { listId: '4' }, 90);
        should(await mirror.cleanRun()).match({ members: 9, inList: 9 });
        const tags = (await mirror.contacts()).map(({ dataFields }) => dataFields['ORO_TAGS']);
        tags.sort().should.deepEqual([
            ...['Everyone', 'Everyone', 'Everyone', 'Everyone', 'Everyone'],
            ...['Everyone, Trade fair', 'Everyone, Trade fair'],
            'Everyone, Trade fair, VIP',
            'Everyone, VIP',
        ]);
        await mirror.control({ oro: { change: [{ type: 'contacts', id: '2', attributes: { tags: ['3', '1'] } }] } });
        should(await mirror.cleanRun()).match({ changed: 1 });
    });

    it('can be the customer and the customer group of a customer user', async () => {
        await start([row('customerGroup.name', 'CUSTOMER_GROUP'), row('customer.name', 'FULLNAME')]);
        await mirror.control({ oro: { change: [{ type: 'customers', id: '1', attributes: { name: 'ACME & Söhne' } }] } });
        should(await mirror.cleanRun()).match({ inList: 32 });
        (await fields(addressOf(1))).should.deepEqual({ CUSTOMER_GROUP: 'Retail', FULLNAME: 'ACME & Söhne' });
    });

    it('travels again when only the customer changed', async () => {
        await start([row('customer.name', 'FULLNAME')]);
        await mirror.cleanRun();
        await mirror.control({ oro: { change: [{ type: 'customers', id: '1', attributes: { name: 'New name' } }] } });
        // Every fourth person works for the first customer; those of the list are eight.
        should(await mirror.cleanRun()).match({ changed: 8, inList: 32 });
        (await fields(addressOf(1))).should.deepEqual({ FULLNAME: 'New name' });
    });

    it('can be an attribute that somebody added to Oro', async () => {
        await start([row('loyaltyLevel', 'FULLNAME')]);
        await mirror.control({ oro: { change: [{ type: 'customerusers', id: '1', attributes: { loyaltyLevel: 'gold' } }] } });
        should(await mirror.cleanRun()).match({ inList: 32 });
        (await fields(addressOf(1))).should.deepEqual({ FULLNAME: 'gold' });
        (await fields(addressOf(2))).should.deepEqual({});
    });

    it('can be an expression', async () => {
        await start([row("firstName & ' (' & customer.name & ')'", 'FULLNAME', 'String', 'jsonata')]);
        await mirror.change(1, { firstName: 'Ada' });
        await mirror.control({ oro: { change: [{ type: 'customers', id: '1', attributes: { name: 'ACME' } }] } });
        should(await mirror.cleanRun()).match({ inList: 32 });
        (await fields(addressOf(1))).should.deepEqual({ FULLNAME: 'Ada (ACME)' });
    });

    it('is not sent where an expression has no value', async () => {
        await start([row("firstName = 'Ada' ? 'yes'", 'FULLNAME', 'String', 'jsonata')]);
        await mirror.change(1, { firstName: 'Ada' });
        should(await mirror.cleanRun()).match({ inList: 32 });
        (await fields(addressOf(1))).should.deepEqual({ FULLNAME: 'yes' });
        (await fields(addressOf(2))).should.deepEqual({});
    });

    it('is left out for the record on which an expression fails, and the others are written', async () => {
        await start([row('firstName', 'FIRSTNAME'), row('$number(lastName)', 'ORDERS', 'Numeric', 'jsonata')]);
        for (const id of [2, 3, 4]) await mirror.change(id, { lastName: '7' });
        should(await mirror.cleanRun()).match({ inList: 32, unconfirmed: 0 });
        should((await fields(addressOf(2)))['ORDERS']).equal(7);
        should(await fields(addressOf(1)))
            .have.keys('FIRSTNAME')
            .and.not.have.keys('ORDERS');
        const { payload } = await mirror.nodeRed.nextMessage('rejected');
        should(payload).have.length(29);
        should(payload).matchEach({ code: 'expressionFailed', field: 'ORDERS', written: true, cause: 'record' });
    });

    it('is an error of the node where an expression cannot be read', async () => {
        await start([row('firstName &', 'FULLNAME', 'String', 'jsonata')]);
        await mirror.nodeRed.untilStatus('upsert', /^settings invalid$/);
        should(await mirror.run()).match({ inList: 0, unconfirmed: 32 });
        const error = await caught(mirror);
        error.code.should.equal('settingsInvalid');
        error.message.should.match(/mapping: the expression for FULLNAME cannot be read/);
        await mirror.deploy({ upsert: { mapping: [row('firstName', 'FIRSTNAME')] } });
        should(await mirror.cleanRun()).match({ inList: 32 });
    });

    it('can be a property of the message, a text, a number, yes or no, and a date', async () => {
        await start([
            row('campaign.name', 'FULLNAME', 'String', 'msg'),
            row('Oro', 'GENDER', 'String', 'str'),
            row('42', 'ORDERS', 'Numeric', 'num'),
            row('true', 'VIP', 'Boolean', 'bool'),
            row('2026-11-23', 'BIRTHDAY', 'Date', 'date'),
        ]);
        should(await mirror.cleanRun({ campaign: { name: 'Autumn' } })).match({ inList: 32 });
        (await fields(addressOf(1))).should.deepEqual({
            FULLNAME: 'Autumn',
            GENDER: 'Oro',
            ORDERS: 42,
            VIP: true,
            BIRTHDAY: '2026-11-23T00:00:00Z',
        });
    });

    it('can be the moment of writing', async () => {
        await start([row('', 'BIRTHDAY', 'Date', 'date')]);
        const before = Date.now();
        await mirror.cleanRun();
        const at = Date.parse(String((await fields(addressOf(1)))['BIRTHDAY']));
        at.should.be.within(Math.floor(before / 1000) * 1000, Date.now());
    });

    it('keeps false and 0 as a property and as constants', async () => {
        await start([row('0', 'ORDERS', 'Numeric', 'num'), row('false', 'VIP', 'Boolean', 'bool')]);
        await mirror.cleanRun();
        (await fields(addressOf(1))).should.deepEqual({ ORDERS: 0, VIP: false });
    });

    it('can be the address by which the contact is recognised', async () => {
        mirror = await startMirror({
            upsert: { identifiers: [{ from: 'billingEmail', fromType: 'record', to: 'email' }] },
        });
        await mirror.control({
            oro: {
                change: [1, 2].map((id) => ({
                    type: 'customerusers',
                    id: String(id),
                    attributes: { billingEmail: `Bill${id}@Example.com` },
                })),
            },
        });
        should(await mirror.run()).match({ inList: 2, rejected: 14, rejectedReasons: { invalidEmail: 14 } });
        (await mirror.addresses()).should.deepEqual(['bill1@example.com', 'bill2@example.com']);
    });
});
