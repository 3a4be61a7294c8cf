import 'should';
import type { Summary } from '../../src/sync/summary';
import { type Child, startChild } from '../tools/child';
import { type SandboxProcess, startSandboxProcess } from '../tools/sandbox-process';
import { addsUp, type InspectedContact, mirrorFlow, NEWSLETTER } from './mirror';

/** So many people are made that the main list has about 100 000 members: it holds four of five. */
const PEOPLE = 125_000;

interface Person {
    readonly id: string;
    readonly attributes: {
        readonly email: string | null;
        readonly firstName: string | null;
        readonly lastName: string | null;
        readonly updatedAt: string;
    };
}

describe('a list of 100 000', function () {
    this.timeout(300_000);
    let sandbox: SandboxProcess;
    let child: Child;

    before(async () => {
        sandbox = await startSandboxProcess({ size: PEOPLE });
        child = await startChild();
        // Probes keep what reaches them: only those that are asked are there.
        const flow = mirrorFlow(sandbox).filter(
            (node) => node.type !== 'probe' || ['summary', 'errors'].includes(String(node.id)),
        );
        await child.deploy(flow);
    });

    after(async () => {
        await child.stop();
        await sandbox.stop();
    });

    async function run(): Promise<Summary> {
        await child.send('reader', { payload: '' });
        const summary = (await child.nextMessage('summary', 240_000)).payload as Summary;
        addsUp(summary);
        return summary;
    }

    async function writes(): Promise<number> {
        const { requests } = await sandbox.report();
        return Object.entries(requests).reduce(
            (sum, [name, count]) => sum + (/^(PUT|PATCH|DELETE) |^POST \/v2\/.*(delete|unsubscribe)/.test(name) ? count : 0),
            0,
        );
    }

    it('has every deliverable member on the list, with the mapped fields of the newest record', async () => {
        const summary = await run();
        const { main } = await sandbox.seed();
        const expected = (main['deliverable'] ?? 0) - (main['suppressed'] ?? 0);
        expected.should.be.above(85_000);
        summary.inList.should.equal(expected);
        summary.members.should.equal(main['members']);
        const report = await sandbox.report();
        (report.lists as Record<string, number>)[String(NEWSLETTER)]?.should.equal(expected);
        const people = await newestByAddress(sandbox);
        const contacts = (await sandbox.contacts({ list: NEWSLETTER })) as unknown as InspectedContact[];
        contacts.length.should.equal(expected);
        const wrong = contacts.filter((contact) => !isLike(contact, people.get(contact.identifiers['email'] ?? '')));
        wrong.map((contact) => contact.identifiers['email']).should.deepEqual([]);
        (report.requests['PUT /contacts/v3/import'] ?? 0).should.be.belowOrEqual(20);
    });

    it('writes nothing the second time', async () => {
        const before = await writes();
        const summary = await run();
        summary.should.containEql({ joined: 0, changed: 0, left: 0, batches: 0, unconfirmed: 0 });
        (await writes()).should.equal(before);
    });

    it('sends exactly the 500 who joined, the 300 who changed and the 200 who left', async () => {
        const imported = async () => (await sandbox.report()).imports.reduce((sum, each) => sum + each.contacts, 0);
        const before = await imported();
        const members = (await sandbox.listDigest(NEWSLETTER)).members;
        await sandbox.control({ oro: { join: 500, change: 300, leave: 200 } });
        const summary = await run();
        summary.should.containEql({ joined: 500, changed: 300, left: 200, unconfirmed: 0, held: 0 });
        ((await imported()) - before).should.equal(800);
        (await sandbox.listDigest(NEWSLETTER)).members.should.equal(members + 300);
        child.messages('errors').should.deepEqual([]);
    });
});

/** What Oro says of each address, read by the test itself: of several records the one that was changed last, then the higher id. */
async function newestByAddress(sandbox: SandboxProcess): Promise<Map<string, Person>> {
    const { oroClientId, oroClientSecret } = sandbox.credentials;
    const grant = new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: oroClientId,
        client_secret: oroClientSecret,
    });
    const token = (await (await fetch(`${sandbox.oroUrl}/oauth2-token`, { method: 'POST', body: grant })).json()) as {
        access_token: string;
    };
    const headers = { authorization: `Bearer ${token.access_token}`, accept: 'application/vnd.api+json' };
    const newest = new Map<string, Person>();
    for (let last = 0; ; ) {
        const query = `fields[customerusers]=email,firstName,lastName,updatedAt&sort=id&page[size]=10000&filter[id][gt]=${last}`;
        const { data } = (await (await fetch(`${sandbox.oroUrl}/admin/api/customerusers?${query}`, { headers })).json()) as {
            data: Person[];
        };
        if (data.length === 0) return newest;
        for (const person of data) {
            const address = person.attributes.email?.trim().toLowerCase();
            const known = address === undefined ? undefined : newest.get(address);
            // Only members of the main list count: every fifth record is none.
            if (address === undefined || Number(person.id) % 5 === 0) continue;
            if (known === undefined || known.attributes.updatedAt <= person.attributes.updatedAt) newest.set(address, person);
        }
        last = Number(data[data.length - 1]?.id);
    }
}

function isLike(contact: InspectedContact, person: Person | undefined): boolean {
    if (person === undefined) return false;
    const { firstName, lastName } = person.attributes;
    const tooLong = (lastName ?? '').length > 1000;
    return (
        (contact.dataFields['FIRSTNAME'] ?? null) === (firstName ?? null) &&
        (tooLong || (contact.dataFields['LASTNAME'] ?? null) === (lastName ?? null))
    );
}
