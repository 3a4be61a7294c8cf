import { chmodSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import should from 'should';
import { storeError } from '../../src/store/failure';
import { type Mirror, mirrorFlow, startMirror } from '../mirror/mirror';
import { type Child, startChild } from '../tools/child';
import type { Recording } from '../tools/recording';
import { temporaryUserDirectory } from '../tools/user-directory';

/** Of 300 people, those who end up on the list. */
const DELIVERED = 210;

describe('The durable memory', () => {
    let mirror: Mirror;
    let directory: string;
    beforeEach(async () => {
        directory = temporaryUserDirectory();
        mirror = await startMirror({ sandbox: { size: 300 } });
    });
    afterEach(async () => {
        await mirror.stop();
        rmSync(directory, { recursive: true, force: true });
    });

    it('is found again by a second start: everybody is in step, and nothing is sent', async () => {
        await mirror.deploy({ connection: { storePath: directory } });
        (await mirror.run()).should.containEql({ error: null, inList: DELIVERED, cause: 'newMemory' });
        const imports = mirror.report().imports.length;
        await mirror.halt();
        await mirror.restart();
        (await mirror.run()).should.containEql({ error: null, inList: DELIVERED, unchanged: 234, batches: 0, cause: '' });
        mirror.report().imports.should.have.length(imports);
    });

    describe('in the hands of another process', () => {
        let other: Child;
        before(async () => {
            other = await startChild();
        });
        after(() => other.stop());

        it('is an error with a code, in the status and at Catch, until that process lets go of it', async () => {
            await mirror.deploy({ connection: { storePath: directory } });
            (await mirror.run()).should.containEql({ error: null, inList: DELIVERED });
            // The start of the flows looks for a run that was cut off, so it is said before anybody presses a button.
            await other.deploy(mirrorFlow(mirror.sandbox, { connection: { storePath: directory } }));
            await refused(other, 'storeLocked', /in use by another process/);
            await other.send('reader', {});
            await refused(other, 'storeLocked', /in use by another process/);
            await mirror.halt();
            await other.send('reader', {});
            const summary = (await other.nextMessage('summary'))['payload'];
            should(summary).containEql({ error: null, inList: DELIVERED, unchanged: 234, batches: 0 });
            await other.halt();
            await mirror.restart();
            (await mirror.run()).should.containEql({ error: null, batches: 0 });
        });
    });

    it('in a directory that must not be written to is an error with a code', async function () {
        if (process.getuid === undefined || process.seteuid === undefined) return this.skip();
        const closed = join(directory, 'closed');
        mkdirSync(closed, { mode: 0o555 });
        const isRoot = process.getuid() === 0;
        for (const path of [directory, mirror.userDirectory]) chmodSync(path, 0o777);
        for (const name of readdirSync(mirror.userDirectory)) chmodSync(join(mirror.userDirectory, name), 0o777);
        // To root nothing is closed: for as long as this takes, the process is somebody else.
        if (isRoot) process.seteuid(65_534);
        try {
            await mirror.deploy({ connection: { storePath: join(closed, 'memory') } });
            await refused(mirror.nodeRed, 'storeReadOnly', /may not write to/);
            mirror.begin();
            await refused(mirror.nodeRed, 'storeReadOnly', /may not write to/);
        } finally {
            if (isRoot) process.seteuid(0);
        }
        mirror.requests('PUT /contacts/v3/import').should.equal(0);
        chmodSync(closed, 0o755);
        mirror.begin();
        (await mirror.summary()).should.containEql({ error: null, inList: DELIVERED });
    });

    it('where a file stands in the way is an error with a code', async () => {
        const path = join(directory, 'file');
        writeFileSync(path, 'not a directory');
        await mirror.deploy({ connection: { storePath: path } });
        await refused(mirror.nodeRed, 'storeUnavailable', /cannot be used/);
        mirror.begin();
        await refused(mirror.nodeRed, 'storeUnavailable', /cannot be used/);
    });

    const damages: readonly (readonly [string, RegExp])[] = [
        ['the list of its files', /^MANIFEST/],
        ['the pointer to that list', /^CURRENT$/],
        ['its tables', /\.ldb$/],
    ];
    for (const [what, files] of damages) {
        it(`is not guessed at when ${what} is damaged`, async () => {
            await mirror.deploy({ connection: { storePath: directory } });
            (await mirror.run()).should.containEql({ error: null, inList: DELIVERED });
            await mirror.halt();
            // What is in the log becomes a table with the next start.
            await mirror.restart();
            (await mirror.run()).should.containEql({ error: null, batches: 0 });
            await mirror.halt();
            const damaged = readdirSync(directory).filter((name) => files.test(name));
            damaged.length.should.be.above(0);
            for (const name of damaged) writeFileSync(join(directory, name), Buffer.alloc(4096, 0x5a));
            await mirror.restart();
            const requests = mirror.requests('PUT /contacts/v3/import');
            mirror.begin();
            await refused(mirror.nodeRed, 'storeDamaged', /is damaged/);
            mirror.requests('PUT /contacts/v3/import').should.equal(requests);
            should(mirror.report().lists['1001']).equal(DELIVERED);
            // As the text says: moved away, the memory begins anew, nobody is taken off, everybody is sent once.
            await mirror.halt();
            for (const name of readdirSync(directory)) rmSync(join(directory, name));
            await mirror.restart();
            (await mirror.run()).should.containEql({ error: null, inList: DELIVERED, left: 0, cause: 'newMemory' });
        });
    }

    it('on a disk that is full for a while ends the run with a code, and the next one is whole', async () => {
        await mirror.deploy({ connection: { storePath: directory }, reader: { batchSize: 30 } });
        const { acquireStore } = mirror.nodeRed.module<typeof import('../../src/runtime/stores')>('src/runtime/stores');
        const { store, release } = await acquireStore(directory);
        const write = store.write.bind(store);
        let writes = 0;
        // A disk cannot be filled here: the store answers as the one on a full disk does.
        store.write = (changes, durable) =>
            ++writes > 12
                ? Promise.reject(storeError(new Error('IO error: No space left on device'), directory))
                : write(changes, durable);
        mirror.begin();
        const { error } = await mirror.nodeRed.nextMessage('errors');
        should(error).have.property('code', 'storeFull');
        await mirror.nodeRed.until('a red status', () => mirror.nodeRed.status('reader').fill === 'red');
        store.write = write;
        await release();
        const summaries = mirror.nodeRed.messages('summary').length;
        mirror.begin();
        await mirror.nodeRed.until('a summary', () => mirror.nodeRed.messages('summary').length > summaries);
        const summary = mirror.nodeRed.messages('summary').at(-1)?.['payload'];
        should(summary).containEql({ error: null, inList: DELIVERED, unconfirmed: 0 });
        should(mirror.report().lists['1001']).equal(DELIVERED);
    });

    /** The next error at Catch has this code and text, and the reader shows red. */
    async function refused(nodeRed: Recording, code: string, text: RegExp): Promise<void> {
        const error = (await nodeRed.nextMessage('errors'))['error'] as { code: string; message: string };
        error.code.should.equal(code);
        error.message.should.match(text);
        await nodeRed.until('a red status', () => nodeRed.status('reader').fill === 'red');
    }
});
