import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import 'should';
import { type Sandbox, startSandbox } from '../../src/sandbox';
import { byEmail, Calls } from './calls';

describe('the journal of the sandbox', () => {
    let directory: string;

    beforeEach(async () => {
        directory = await mkdtemp(join(tmpdir(), 'sandbox-journal-'));
    });
    afterEach(() => rm(directory, { recursive: true, force: true }));

    it('finds the same state again: account, clock, contacts, lists, imports under way', async () => {
        const first = await startSandbox({ size: 50, directory });
        await first.control({ clock: { set: '2027-05-01T00:00:00Z' }, imports: 'hold' });
        const importId = await fill(new Calls(first));
        const before = await stateOf(first);
        await first.stop();

        const second = await startSandbox({ size: 9999, directory });
        const calls = new Calls(second);
        (await stateOf(second)).should.deepEqual(before);
        Number(second.report().oro['people']).should.equal(50);
        (await calls.get('/v2/server-time')).text.should.startWith('2027-05-01');
        (await calls.importStatus(importId))['created'].length.should.equal(1);
        await second.stop();
    });

    it('is shortened to the present state when it has grown long', async () => {
        const first = await startSandbox({ size: 50, directory });
        const calls = new Calls(first);
        await fill(calls);
        await calls.importStatus(
            await calls.startImport([byEmail('late@example.com', { dataFields: { ORDERS: 3 }, lists: [1001] })]),
        );
        const filler = 'x'.repeat(900);
        for (let round = 0; round < 10; round++) {
            const contacts = Array.from({ length: 1000 }, (_, index) =>
                byEmail(`p${index}@example.com`, { dataFields: { LASTNAME: filler } }),
            );
            await calls.import(contacts);
        }
        const before = await stateOf(first);
        await first.stop();
        const path = join(directory, 'sandbox.journal');
        const long = (await stat(path)).size;
        const second = await startSandbox({ directory });
        (await stateOf(second)).should.deepEqual(before);
        await second.stop();
        (await stat(path)).size.should.be.below(long / 5);
        const third = await startSandbox({ directory });
        (await stateOf(third)).should.deepEqual(before);
        await third.stop();
    }).timeout(20_000);

    it('loses nothing that was answered when the process is killed', async () => {
        const child = await startProcess(directory);
        const calls = new Calls(child.sandbox);
        await calls.patch('answered@example.com', { lists: [1001], dataFields: { FIRSTNAME: 'Ada' } });
        child.process.kill('SIGKILL');
        await once(child.process, 'exit');
        await appendFile(join(directory, 'sandbox.journal'), '{"kind":"dotdigital.write","identif');

        const again = await startProcess(directory);
        const contact = await new Calls(again.sandbox).contact('answered@example.com');
        contact['dataFields'].should.containEql({ FIRSTNAME: 'Ada' });
        contact['lists'].map(({ id }) => id).should.deepEqual([1001]);
        await new Calls(again.sandbox).patch('more@example.com', {});
        again.process.kill('SIGTERM');
        const [code] = await once(again.process, 'exit');
        (code as number).should.equal(0);
    }).timeout(20_000);
});

/** One of each thing that is kept; returns the id of an import that has not ended. */
async function fill(calls: Calls): Promise<string> {
    await calls.patch('jane@example.com', {
        dataFields: { FIRSTNAME: 'Jane', VIP: true },
        lists: [1001, 1002],
        preferences: [{ id: 2, isOptedIn: true }],
    });
    await calls.patch('left@example.com', { lists: [1001] });
    await calls.patch('back@example.com', { lists: [1001] });
    for (const email of ['left@example.com', 'back@example.com'])
        await calls.send('POST', '/v2/address-books/1001/contacts/unsubscribe', { email });
    await calls.patch('back@example.com', { lists: [1001] });
    await calls.send('POST', '/v2/contacts/unsubscribe', { email: 'jane@example.com' });
    await calls.patch('jane@example.com', { channelProperties: { email: { status: 'subscribed' } } });
    await calls.patch('gone@example.com', { identifiers: { mobileNumber: '+4915112345678' } });
    await calls.send('DELETE', '/contacts/v3/email/gone@example.com');
    await calls.send('POST', '/v2/data-fields', { name: 'SIZE', type: 'Numeric' });
    await calls.send('POST', '/v2/address-books', { name: 'New one' });
    await calls.send('POST', '/configuration/v3/customIdentifiers', { name: 'oro-id' });
    await calls.send('PATCH', '/contacts/v3/oro-id/7', { identifiers: { email: 'seven@example.com' }, dataFields: { SIZE: 42 } });
    return calls.startImport([byEmail('held@example.com', { lists: [1001] })]);
}

async function stateOf(sandbox: Sandbox): Promise<Record<string, unknown>> {
    const calls = new Calls(sandbox);
    const { requests: _requests, refused: _refused, ...report } = sandbox.report();
    const paths = [
        '/v2/account-info',
        '/v2/data-fields',
        '/v2/preferences',
        '/configuration/v3/customIdentifiers',
        '/contacts/v3/oro-id/7',
    ];
    const answers = await Promise.all(
        paths.map(async (path) => (await calls.get(path)).text.replaceAll(sandbox.dotdigitalUrl, '')),
    );
    const feeds = ['/v2/contacts/suppressed-since/2020-01-01', '/v2/address-books/1001/contacts/unsubscribed-since/2020-01-01'];
    for (const path of feeds) answers.push((await calls.get(path)).text);
    const contacts = await (await fetch(`${sandbox.dotdigitalUrl}/sandbox/contacts`)).text();
    return { report, answers, contacts };
}

async function startProcess(directory: string): Promise<{ process: ChildProcess; sandbox: Sandbox }> {
    const main = join(__dirname, '../../src/sandbox/main.js');
    const child = spawn(process.execPath, [main, '--size', '50', '--directory', directory], {
        stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    return { process: child, sandbox: JSON.parse(line) as Sandbox };
}
