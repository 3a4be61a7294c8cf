import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import should from 'should';
import type { Summary } from '../../src/sync/summary';
import { STANDINGS } from '../../src/sync/summary';
import type { Message } from '../tools/node-red';
import { type RunningExample, runExample } from './example';

/**
 * The practice OroCommerce has 1 000 people. Of the 790 members of its newsletter 10 have no e-mail, 30 the address of another,
 * 20 opted out, 6 are suppressed in Dotdigital and 10 have an invalid address: 714 can be delivered.
 */
const DELIVERABLE = 714;

describe('The examples, imported and deployed', function () {
    this.timeout(60_000);
    let example: RunningExample;
    afterEach(() => example.stop());

    it('01 mirror a marketing list, and send nothing the second time', async () => {
        example = await runExample('01 - Mirror a marketing list.json');
        example.press('Start');
        const first = summaryIn(await example.shown('Summary'));
        first.should.containEql({
            members: 790,
            withoutEmail: 10,
            duplicates: 30,
            optedOut: 20,
            suppressed: 6,
            rejected: 10,
            inList: DELIVERABLE,
        });
        example.sandbox.report().lists.should.have.property('1001', DELIVERABLE);
        await example.untilStatus('debug', /^714 of 790 on the list$/, 'Summary');

        const refused = (await example.shown('Rejected'))['payload'] as { code: string; written: boolean }[];
        refused.filter(({ code }) => code === 'invalidEmail').should.have.length(10);
        refused.filter(({ code, written }) => code === 'valueTooLong' && written).should.have.length(2);

        const imports = example.sandbox.report().imports.length;
        example.press('Start');
        const second = summaryIn(await example.shown('Summary'));
        second.should.containEql({
            joined: 0,
            changed: 0,
            left: 0,
            stillRejected: 10,
            rejected: 0,
            batches: 0,
            inList: DELIVERABLE,
        });
        example.sandbox.report().imports.should.have.length(imports);
        const [contact] = await example.contacts('email=hannes.fischer.2@example.org');
        contact?.dataFields.should.containEql({ FIRSTNAME: 'Hannes', LASTNAME: 'Fischer', CUSTOMER_GROUP: 'VIP' });
    });

    it('02 create one contact, update it, and refuse one without an address', async () => {
        example = await runExample('02 - One contact from an inject.json');
        example.press('Anna');
        const created = await example.shown('Accepted');
        created.should.have.propertyByPath('result', 'created').equal(1);
        example.press('Anna');
        const updated = await example.shown('Accepted');
        updated.should.have.propertyByPath('result', 'updated').equal(1);
        idsOf([updated['payload']]).should.eql(idsOf([created['payload']]));

        example.press('Two people');
        const two = (await example.shown('Accepted'))['payload'] as unknown[];
        two.should.have.length(2);
        example.press('No address');
        const refused = (await example.shown('Rejected'))['payload'];
        should(refused).containDeep([{ code: 'invalidEmail', field: 'email', written: false }]);
        const emails = (await example.contacts('list=1003')).map(({ identifiers }) => identifiers.email);
        emails.should.containDeep(['anna.lind@example.com', 'bo.berg@example.com', 'cleo.king@example.com']);
        emails.should.have.length(4);
    });

    it('03 mirror a customer group without marketing lists', async () => {
        example = await runExample('03 - Customers of one group, any Oro.json');
        example.press('Start');
        // Three customers in ten are VIP, with ten people each; one of them in thirty has no e-mail, two are suppressed.
        summaryIn(await example.shown('Summary')).should.containEql({
            members: 300,
            withoutEmail: 10,
            suppressed: 2,
            inList: 288,
        });
        // Five were on the list before, one of them a VIP.
        example.sandbox.report().lists.should.have.property('1002', 292);
        Object.keys(example.sandbox.report().requests)
            .filter((request) => /marketinglist|segment/.test(request))
            .should.eql([]);
        const groups = (await example.contacts('list=1002')).map(({ dataFields }) => dataFields['CUSTOMER_GROUP']);
        groups.filter((group) => group === 'VIP').should.have.length(288);
    });

    it('04 find the people behind the orders of 90 days, each once', async () => {
        example = await runExample('04 - Who bought in the last 90 days.json');
        example.press('Start');
        const summary = summaryIn(await example.shown('Summary'));
        summary.members.should.be.within(100, 250);
        // One was on the list before.
        example.sandbox.report().lists.should.have.property('1003', summary.inList + 1);
        const accepted = (await example.shown('Accepted'))['payload'] as { id: string }[];
        new Set(accepted.map(({ id }) => id)).size.should.equal(accepted.length);
        example.sandbox.report().requests.should.have.property('GET /admin/api/orders');
    });

    it('05 change what is sent in a function', async () => {
        example = await runExample('05 - Change records in a function.json');
        example.press('Start');
        summaryIn(await example.shown('Summary')).should.containEql({
            members: 50,
            withoutEmail: 10,
            leftOutByFlow: 0,
            inList: 40,
        });
        const [contact] = await example.contacts('email=karin.yildiz.21@example.net');
        contact?.dataFields.should.containEql({ LASTNAME: 'YILDIZ', CUSTOMER_GROUP: 'Oro Wholesale' });
    });

    it('06 leave people out in a function, and count them', async () => {
        example = await runExample('06 - Leave people out in a function.json');
        example.press('Start');
        const summary = summaryIn(await example.shown('Summary'));
        summary.should.containEql({ members: 790, leftOutByFlow: 239, inList: 479 });
        const emails = (await example.contacts('list=1003')).map(({ identifiers }) => identifiers.email);
        // One was on the list before.
        emails.should.have.length(480);
        emails.filter((email) => email.endsWith('@example.net')).should.eql([]);
    });

    it('07 write rejected records to a table, once each', async () => {
        example = await runExample('07 - Rejected records to a file.json');
        example.press('Start');
        summaryIn(await example.shown('Summary')).should.containEql({ rejected: 10, stillRejected: 0 });
        example.press('Start');
        summaryIn(await example.shown('Summary')).should.containEql({ rejected: 0, stillRejected: 10 });
        const lines = await linesOf(join(example.nodeRed.userDirectory, 'oro-rejected.csv'), 13);
        lines[0]?.should.equal('at,type,id,code,field,reason,written');
        lines.filter((line) => line.includes(',invalidEmail,email,')).should.have.length(10);
        lines.filter((line) => line.includes(',valueTooLong,LASTNAME,') && line.endsWith(',true')).should.have.length(2);
        lines.filter((line) => line.includes('@')).should.eql([]);
    });

    it('08 tell somebody only when there is something to look at', async () => {
        example = await runExample('08 - Nightly run.json');
        example.press('Now');
        await example.shown('Summary');
        const told = await example.shown('Tell somebody');
        told['payload']?.should.equal('Oro to Dotdigital: 714 of 790 on the list, 10 rejected, 0 would leave and are held.');
        example.press('Every night');
        summaryIn(await example.shown('Summary')).should.containEql({ rejected: 0, stillRejected: 10 });
        example.countShown('Tell somebody').should.equal(1);
        example.press('Sundays, rejected too');
        summaryIn(await example.shown('Summary')).should.containEql({ rejected: 10, stillRejected: 0 });
        await example.shown('Tell somebody');
    });

    it('09 fail in each of its ways, with a code, and deliver the rest', async () => {
        example = await runExample('09 - Practise failures.json');
        example.press('Faulty people');
        summaryIn(await example.shown('Summary')).should.containEql({ rejected: 10, inList: DELIVERABLE });
        const reasons = await example.shown('Reasons');
        should(reasons['payload']).eql({ 'invalidEmail (email)': 10, 'valueTooLong (LASTNAME)': 2, suppressed: 6 });

        const { contacts } = example.sandbox.report();
        for (const [button, code] of [
            ['No data field', 'dataFieldMissing'],
            ['No list', 'listMissing'],
            ['Wrong message', 'messageInvalid'],
            ['No credentials', 'credentialsMissing'],
        ] as const) {
            example.press(button);
            (await example.shown('Code and text')).should.have.propertyByPath('error', 'code').equal(code);
        }
        example.sandbox.report().contacts.should.equal(contacts);
    });
});

/** The summary in a message, after a look at whether its numbers add up. */
function summaryIn(message: Message): Summary {
    const summary = message['payload'] as Summary;
    summary.should.have.property('complete', true);
    summary.members.should.equal(STANDINGS.reduce((sum, standing) => sum + summary[standing], 0));
    return summary;
}

function idsOf(contacts: unknown): unknown[] {
    return (contacts as { contactId: number }[]).map(({ contactId }) => contactId);
}

/** The lines of a file that a file node writes, as soon as it has so many. */
async function linesOf(path: string, count: number): Promise<string[]> {
    for (;;) {
        const lines = readFileSync(path, 'utf8').trim().split(/\r?\n/);
        if (lines.length >= count) return lines;
        await new Promise((resolve) => setTimeout(resolve, 20));
    }
}
