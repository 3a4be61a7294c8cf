import 'should';
import { type Sandbox, startSandbox } from '../../src/sandbox';
import { byEmail, Calls } from './calls';

describe('subscriptions in the sandbox Dotdigital', () => {
    let sandbox: Sandbox;
    let calls: Calls;

    beforeEach(async () => {
        sandbox = await startSandbox({ size: 20 });
        calls = new Calls(sandbox);
        await calls.patch('jane@example.com', { lists: [1001] });
    });
    afterEach(() => sandbox.stop());

    const onList = (): number => Number(sandbox.report().lists['1001']);
    const feed = async (path: string): Promise<string[]> =>
        (await calls.get(path)).body.map((entry) => `${entry['suppressedContact']['email']} ${entry['reason']}`);
    const LIST_FEED = '/v2/address-books/1001/contacts/unsubscribed-since/2026-01-01';

    it('keeps an unsubscribed contact unsubscribed whatever is written, and off the count of every list', async () => {
        const answer = await calls.send('POST', '/v2/contacts/unsubscribe', { email: 'jane@example.com' });
        answer.body['reason'].should.equal('Unsubscribed');
        onList().should.equal(0);
        const { body } = await calls.patch('jane@example.com', { dataFields: { FIRSTNAME: 'Jane' }, lists: [1001, 1003] });
        await calls.import([byEmail('jane@example.com', { lists: [1001] })]);
        body['status'].should.equal('unsubscribed');
        body['dataFields'].should.containEql({ FIRSTNAME: 'Jane' });
        body['lists'].map(({ status }) => status).should.deepEqual(['suppressed', 'suppressed']);
        onList().should.equal(0);
        const report = sandbox.report();
        report.resubscribed.should.deepEqual([]);
        report.statusSent.should.equal(0);
        report.lists['1003'].should.equal(1);
    });

    it('subscribes again when a status is sent, and reports it', async () => {
        await sandbox.control({ dotdigital: { unsubscribe: ['jane@example.com'] } });
        const { body } = await calls.patch('jane@example.com', { channelProperties: { email: { status: 'subscribed' } } });
        body['status'].should.equal('subscribed');
        onList().should.equal(1);
        const report = sandbox.report();
        report.resubscribed.should.deepEqual(['jane@example.com']);
        report.statusSent.should.equal(1);
    });

    it('does the same through an import, and only asks where a challenge is wanted', async () => {
        const subscribed = { email: { status: 'subscribed' } };
        await sandbox.control({ dotdigital: { unsubscribe: ['jane@example.com', 'joe@example.com'] } });
        await calls.import([
            byEmail('jane@example.com', { channelProperties: subscribed }),
            byEmail('joe@example.com', {
                channelProperties: { email: { status: 'subscribed', resubscribeOptions: { resubscribeWithNoChallenge: false } } },
            }),
        ]);
        sandbox.report().resubscribed.should.deepEqual(['jane@example.com']);
        sandbox.report().statusSent.should.equal(1);
    });

    it('never subscribes who bounced or complained', async () => {
        await sandbox.control({ dotdigital: { suppress: [{ email: 'jane@example.com', reason: 'HardBounced' }] } });
        const { body } = await calls.patch('jane@example.com', { channelProperties: { email: { status: 'subscribed' } } });
        body['status'].should.equal('suppressed');
        body['channelProperties']['email']['status'].should.equal('hardBounced');
        const answer = await calls.send('POST', '/v2/contacts/resubscribe-with-no-challenge', {
            unsubscribedContact: { email: 'jane@example.com' },
        });
        answer.body['status'].should.equal('ContactCannotBeUnsuppressed');
        sandbox.report().resubscribed.should.deepEqual([]);
    });

    it('does not count who subscribed again by themselves', async () => {
        await sandbox.control({ dotdigital: { unsubscribe: ['jane@example.com'] } });
        await sandbox.control({ dotdigital: { resubscribe: ['jane@example.com'] } });
        onList().should.equal(1);
        sandbox.report().resubscribed.should.deepEqual([]);
    });

    it('clears a list unsubscribe by adding to the list again, and reports it until the contact unsubscribes again', async () => {
        await calls.send('POST', '/v2/address-books/1001/contacts/unsubscribe', { email: 'jane@example.com' });
        onList().should.equal(0);
        (await calls.contact('jane@example.com'))['status'].should.equal('subscribed');
        (await feed(LIST_FEED)).should.deepEqual(['jane@example.com Unsubscribed']);
        await calls.patch('jane@example.com', { dataFields: { FIRSTNAME: 'Jane' } });
        onList().should.equal(0);
        await calls.import([byEmail('jane@example.com', { lists: [1001] })]);
        onList().should.equal(1);
        (await feed(LIST_FEED)).should.deepEqual([]);
        sandbox.report().listResubscribed.should.deepEqual([{ email: 'jane@example.com', listId: 1001 }]);
        await calls.send('POST', '/v2/address-books/1001/contacts/unsubscribe', { email: 'jane@example.com' });
        onList().should.equal(0);
        sandbox.report().listResubscribed.should.deepEqual([]);
    });

    it('keeps a list unsubscribe when the contact is taken off the list', async () => {
        await sandbox.control({ dotdigital: { unsubscribeFromList: [{ listId: 1001, email: 'jane@example.com' }] } });
        const { contactId } = await calls.contact('jane@example.com');
        (await calls.send('DELETE', `/v2/address-books/1001/contacts/${contactId}`)).status.should.equal(204);
        (await feed(LIST_FEED)).should.deepEqual(['jane@example.com Unsubscribed']);
    });

    it('shows in the account feed who is suppressed now, since the date, with the reason', async () => {
        await sandbox.control({
            clock: { set: '2027-03-01T10:00:00Z' },
            dotdigital: { suppress: [{ email: 'bounce@example.com', reason: 'HardBounced' }], unsubscribe: ['jane@example.com'] },
        });
        (await feed('/v2/contacts/suppressed-since/2027-03-01T10:00:00Z')).should.deepEqual([
            'jane@example.com Unsubscribed',
            'bounce@example.com HardBounced',
        ]);
        (await feed('/v2/contacts/unsubscribed-since/2027-03-01')).should.deepEqual(['jane@example.com Unsubscribed']);
        (await feed('/v2/contacts/suppressed-since/2027-03-02')).should.deepEqual([]);
        (await feed('/v2/contacts/suppressed-since/2027-03-01?select=1&skip=1')).should.deepEqual([
            'bounce@example.com HardBounced',
        ]);
        await sandbox.control({ dotdigital: { resubscribe: ['jane@example.com'] } });
        (await feed('/v2/contacts/suppressed-since/2027-03-01')).should.deepEqual(['bounce@example.com HardBounced']);
        (await calls.get('/v2/contacts/suppressed-since/yesterday')).status.should.equal(400);
    });

    it('keeps the suppression of a deleted contact', async () => {
        await sandbox.control({ dotdigital: { unsubscribe: ['jane@example.com'] } });
        await calls.send('DELETE', '/contacts/v3/email/jane@example.com');
        (await calls.patch('jane@example.com', { lists: [1001] })).body['status'].should.equal('unsubscribed');
        onList().should.equal(0);
    });

    it('knows some members of the main list as suppressed from the start', async () => {
        const large = await startSandbox({ size: 100 });
        try {
            const response = await fetch(`${large.oroUrl}/sandbox/seed`);
            const { main } = (await response.json()) as { main: { suppressed: number } };
            main.suppressed.should.equal(6);
            large.report().suppressedContacts.should.equal(7);
            large.report().lists['1001'].should.equal(0);
        } finally {
            await large.stop();
        }
    });
});
