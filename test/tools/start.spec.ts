import 'should';
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { FlowNode } from './node-red';
import { temporaryUserDirectory } from './user-directory';

describe('npm start', function () {
    this.timeout(60_000);
    let directory: string;
    const running = new Set<ChildProcess>();
    beforeEach(() => {
        directory = temporaryUserDirectory();
    });
    afterEach(() => {
        for (const child of running) child.kill('SIGKILL');
        running.clear();
        rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
    });

    function start(args: string[], environment: Record<string, string> = {}) {
        const env = { ...process.env, ...environment, SANDBOX_DIRECTORY: directory };
        const child = spawn(process.execPath, [join(__dirname, 'start.js'), ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
        running.add(child);
        let output = '';
        const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
        const read = (until: RegExp) =>
            new Promise<RegExpExecArray>((resolve, reject) => {
                const look = (text: Buffer | string = '') => {
                    output += text;
                    const found = until.exec(output);
                    if (found) resolve(found);
                };
                child.stdout.on('data', look);
                child.stderr.on('data', look);
                ended.then(() => reject(new Error(`Ended without ${until}:\n${output}`)));
            });
        return { child, ended, read };
    }

    it('--once mirrors the main list and ends with 0; a second time nothing is sent', async () => {
        const first = start(['--once']);
        await first.read(/on "Oro newsletter" in Dotdigital += 714 +714\n[\s\S]*both sides agree\.\n/);
        (await first.ended)?.should.equal(0);
        const second = start(['--once']);
        await second.read(/= 714 +714\n[\s\S]*0 joined, 0 changed, 0 left[\s\S]*All are in step: nothing was sent\.\n/);
        (await second.ended)?.should.equal(0);
    });

    it('--once ends with 1 when there is no mirror to start', async () => {
        writeFileSync(join(directory, 'flows.json'), '[]');
        const { read, ended } = start(['--once']);
        await read(/nothing was synchronised/);
        (await ended)?.should.equal(1);
    });

    it('runs the editor with the main example, and keeps what was changed there', async () => {
        const first = start([], { PORT: '0' });
        const [, url = ''] = await first.read(/Editor: (http:\S+)/);
        (await (await fetch(url)).text()).should.match(/<title>Node-RED<\/title>/);
        const flows = (await (await fetch(new URL('flows', url))).json()) as FlowNode[];
        flows.map(({ type }) => type).should.containEql('oro-list-reader');
        const examples = (await (
            await fetch(new URL('library/examples/flows/@oro-dotdigital/node-red', url))
        ).json()) as unknown[];
        examples.should.containEql({ fn: '01 - Mirror a marketing list' });

        const renamed = flows.map((node) => (node.type === 'tab' ? { ...node, label: 'Mine' } : node));
        const headers = { 'content-type': 'application/json' };
        await fetch(new URL('flows', url), { method: 'POST', headers, body: JSON.stringify(renamed) });
        first.child.kill('SIGINT');
        (await first.ended)?.should.equal(0);

        const second = start([], { PORT: '0' });
        await second.read(/Editor: /);
        readFileSync(join(directory, 'flows.json'), 'utf8').should.match(/"label": ?"Mine"/);
    });

    it('says so when the port is in use', async () => {
        const other = createServer().listen(0, '127.0.0.1');
        await new Promise((resolve) => other.once('listening', resolve));
        const { port } = other.address() as AddressInfo;
        const { read, ended } = start([], { PORT: String(port) });
        await read(new RegExp(`Port ${port} is in use\\. Choose another one, for example: PORT=${port + 1} npm start`));
        (await ended)?.should.equal(1);
        other.close();
    });
});
