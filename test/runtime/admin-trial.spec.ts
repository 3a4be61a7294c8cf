import 'should';
import { type Sandbox, startSandbox } from '../../src/sandbox';
import { type NodeRedProcess, startNodeRed } from '../editor/node-red-process';
import { ask, reader, typedConnection, upsert } from './admin-requests';

describe('try with one person', () => {
    let nodeRed: NodeRedProcess;
    let sandbox: Sandbox;
    let people: readonly Record<string, unknown>[];

    before(async () => {
        [nodeRed, sandbox] = await Promise.all([startNodeRed(), startSandbox({ size: 90 })]);
        const connection = typedConnection(sandbox);
        people = (await ask(nodeRed.url, 'preview', { connection, reader: reader({}) })).body.people ?? [];
    });

    after(() => Promise.all([nodeRed.stop(), sandbox.stop()]));

    const attempt = (changes: Record<string, unknown>, who: Record<string, unknown>, connection = typedConnection(sandbox)) =>
        ask(nodeRed.url, 'try', { connection, upsert: upsert(changes), ...who });
    const person = (index: number) => ({ person: { type: people[index]?.['type'], id: people[index]?.['id'] } });
    const email = (index: number) => String(people[index]?.['email']);
    const contact = async (address: string) => {
        const response = await fetch(`${sandbox.dotdigitalUrl}/sandbox/contacts?email=${encodeURIComponent(address)}`);
        return ((await response.json()) as Record<string, unknown>[])[0];
    };

    it('writes exactly this one contact and says which it is', async () => {
        const before = sandbox.report();
        const { body } = await attempt({}, person(0));
        const after = sandbox.report();
        body.result?.should.equal('created');
        body.contact?.dataFields?.should.deepEqual({ FIRSTNAME: people[0]?.['firstName'], LASTNAME: people[0]?.['lastName'] });
        after.contacts.should.equal(before.contacts + 1);
        after.statusSent.should.equal(0);
        ((await contact(email(0))) as { contactId: number }).contactId.should.equal(body.contactId);
        (await attempt({}, person(0))).body.result?.should.equal('updated');
    });

    it('finds the person in Oro by the address', async () => {
        const { body } = await attempt({ dryRun: true }, { email: email(1) });
        body.contact?.identifiers.should.deepEqual({ email: email(1) });
        (await attempt({}, { email: 'nobody@example.invalid' })).body.error?.code.should.equal('personNotFound');
    });

    it('writes nothing in a dry run, whether the node or the connection says so', async () => {
        const before = sandbox.report().contacts;
        (await attempt({ dryRun: true }, person(1))).body.result?.should.equal('wouldBeSent');
        const connection = typedConnection(sandbox, { environment: 'dryRun' });
        (await attempt({}, person(1), connection)).body.result?.should.equal('wouldBeSent');
        sandbox.report().contacts.should.equal(before);
    });

    it('does not write who has unsubscribed', async () => {
        await sandbox.control({
            dotdigital: { addContacts: [{ email: email(2), dataFields: { FIRSTNAME: 'Before' } }], unsubscribe: [email(2)] },
        });
        const { body } = await attempt({}, person(2));
        body.result?.should.equal('suppressed');
        sandbox.report().resubscribed.should.deepEqual([]);
        const kept = (await contact(email(2))) as { dataFields?: Record<string, unknown> };
        kept.dataFields?.['FIRSTNAME']?.should.equal('Before');
    });

    it('does not write who opted out of the marketing list in Oro', async () => {
        await sandbox.control({ oro: { optOut: [Number(people[3]?.['id'])] } });
        const before = sandbox.report().contacts;
        const { body } = await attempt({}, { ...person(3), reader: reader({ listId: '1' }) });
        body.result?.should.equal('suppressed');
        sandbox.report().contacts.should.equal(before);
    });

    it('evaluates expressions and constants for the person', async () => {
        const mapping = [
            { from: "firstName & ' ' & lastName", fromType: 'jsonata', to: 'FULLNAME', toType: 'String' },
            { from: 'Oro', fromType: 'str', to: 'GENDER', toType: 'String' },
            { from: 'true', fromType: 'bool', to: 'VIP', toType: 'Boolean' },
            { from: '$error("no")', fromType: 'jsonata', to: 'POSTCODE', toType: 'String' },
        ];
        const { body } = await attempt({ mapping, dryRun: true }, person(1));
        const name = `${people[1]?.['firstName']} ${people[1]?.['lastName']}`;
        body.contact?.dataFields?.should.deepEqual({ FULLNAME: name, GENDER: 'Oro', VIP: true });
        body.problems?.map(({ field, code }) => `${field} ${code}`).should.deepEqual(['POSTCODE expressionFailed']);
    });

    it('shows what the other rows become when a data field is missing, and writes nothing', async () => {
        const mapping = [
            { from: 'firstName', fromType: 'record', to: 'firstname', toType: 'String' },
            { from: 'lastName', fromType: 'record', to: 'NOT_THERE', toType: 'String' },
        ];
        const before = sandbox.report().contacts;
        const { body } = await attempt({ mapping }, person(4));
        body.contact?.dataFields?.['FIRSTNAME']?.should.equal(people[4]?.['firstName']);
        body.problems?.map(({ field, code }) => `${field} ${code}`).should.deepEqual(['NOT_THERE dataFieldMissing']);
        body.result?.should.equal('refused');
        sandbox.report().contacts.should.equal(before);
    });

    it('creates a missing data field when it may', async () => {
        const mapping = [{ from: 'lastName', fromType: 'record', to: 'MADE_BY_TRIAL', toType: 'String' }];
        const { body } = await attempt({ mapping, createMissingFields: true }, person(4));
        body.result?.should.equal('created');
        body.contact?.dataFields?.should.deepEqual({ MADE_BY_TRIAL: people[4]?.['lastName'] });
    });

    it('names a list that does not exist', async () => {
        const { body } = await attempt({ lists: [{ id: '4711', name: 'Gone' }] }, person(1));
        body.error?.code.should.equal('listMissing');
        body.error?.values['list']?.should.equal('Gone');
    });

    it('asks for a person when none is named', async () => {
        (await attempt({}, {})).body.error?.values['property']?.should.equal('person');
    });
});
