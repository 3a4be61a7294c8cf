import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import should from 'should';
import { openLevelStore } from '../../src/store/level';
import { keysBelow, type Store, type Value } from '../../src/store/store';

const LEVEL = require.resolve('../../src/store/level');

/** Every entry of a range in one array. */
async function all(store: Store, prefix: string): Promise<[string, Value][]> {
    const found: [string, Value][] = [];
    for await (const entries of store.entries(keysBelow(prefix))) found.push(...entries);
    return found;
}

describe('The durable memory', () => {
    let path: string;
    let store: Store;

    beforeEach(async () => {
        path = join(mkdtempSync(join(tmpdir(), 'store-')), 'memory');
        store = await openLevelStore(path, () => new Date('2026-11-23T10:00:00Z'));
    });

    afterEach(async () => {
        await store.close().catch(() => undefined);
        rmSync(path, { recursive: true, force: true });
    });

    it('keeps every JSON value under its key', async () => {
        const value = { text: 'Zoë 🎉', number: 0, no: false, nothing: null, list: [1, ['a']] };
        await store.write([
            { key: 'a', value },
            { key: 'b', value: 0 },
        ]);
        should(await store.get('a')).deepEqual(value);
        should(await store.getMany(['b', 'missing', 'a'])).deepEqual([0, undefined, value]);
    });

    it('does all changes of one write', async () => {
        await store.write([{ key: 'a', value: 1 }]);
        await store.write([
            { key: 'a', remove: true },
            { key: 'b', value: 2 },
        ]);
        should(await store.getMany(['a', 'b'])).deepEqual([undefined, 2]);
    });

    it('reads a range in the order of its keys, however long it is', async () => {
        const keys = Array.from({ length: 2500 }, (_, index) => `n/${String(index).padStart(5, '0')}`);
        await store.write([...keys].reverse().map((key) => ({ key, value: 1 })));
        await store.write([
            { key: 'm/z', value: 1 },
            { key: 'o/a', value: 1 },
        ]);
        (await all(store, 'n/')).map(([key]) => key).should.deepEqual(keys);
    });

    it('reads a range as it was when the reading began', async () => {
        await store.write([
            { key: 'n/1', value: 1 },
            { key: 'n/2', value: 2 },
        ]);
        const reading = store.entries(keysBelow('n/'));
        const first = await reading.next();
        await store.write([
            { key: 'n/2', remove: true },
            { key: 'n/3', value: 3 },
        ]);
        should(first.value).deepEqual([
            ['n/1', 1],
            ['n/2', 2],
        ]);
        should((await reading.next()).done).be.true();
        (await all(store, 'n/')).should.deepEqual([
            ['n/1', 1],
            ['n/3', 3],
        ]);
    });

    it('clears a range and nothing beside it', async () => {
        await store.write(['m', 'n/1', 'n/2', 'o'].map((key) => ({ key, value: 1 })));
        await store.clear(keysBelow('n/'));
        should(await store.getMany(['m', 'n/1', 'n/2', 'o'])).deepEqual([1, undefined, undefined, 1]);
    });

    it('is the same memory when it is opened again: its age, its secret, what is in it', async () => {
        const { secret, since } = store;
        await store.write([{ key: 'a', value: 1 }]);
        await store.close();
        store = await openLevelStore(path, () => new Date('2027-01-01T00:00:00Z'));
        should(await store.get('a')).equal(1);
        should(store.secret.equals(secret)).be.true();
        since.should.equal('2026-11-23T10:00:00.000Z');
        store.since.should.equal(since);
    });

    it('has a secret of its own', async () => {
        const other = await openLevelStore(`${path}-other`);
        try {
            should(other.secret.equals(store.secret)).be.false();
            other.secret.length.should.equal(32);
        } finally {
            await other.close();
            rmSync(`${path}-other`, { recursive: true });
        }
    });

    it('tells how large it is', async () => {
        await store.write([{ key: 'a', value: 'x'.repeat(10_000) }], true);
        (await store.bytes()).should.be.aboveOrEqual(1_000).and.be.below(1_000_000);
    });

    it('lets nobody else on the machine read its files', () => {
        (statSync(path).mode & 0o077).should.equal(0);
    });

    it('survives the sudden end of its process', async () => {
        await store.close();
        const script = `require(process.argv[1]).openLevelStore(process.argv[2]).then(async (store) => {
            await store.write([{ key: 'kept', value: 1 }, { key: 'also', value: 2 }], true);
            process.kill(process.pid, 'SIGKILL');
        });`;
        const child = spawn(process.execPath, ['-e', script, LEVEL, path], { stdio: 'ignore' });
        const signal = await new Promise((resolve) => child.once('exit', (_code, by) => resolve(by)));
        should(signal).equal('SIGKILL');
        store = await openLevelStore(path);
        should(await store.getMany(['kept', 'also'])).deepEqual([1, 2]);
    });
});

describe('A memory that cannot be used', () => {
    let path: string;
    const open: Store[] = [];

    beforeEach(() => {
        path = join(mkdtempSync(join(tmpdir(), 'store-')), 'memory');
    });

    afterEach(async () => {
        for (const store of open.splice(0)) await store.close().catch(() => undefined);
        rmSync(path, { recursive: true, force: true });
    });

    async function opened(): Promise<Store> {
        const store = await openLevelStore(path);
        open.push(store);
        return store;
    }

    it('says that another process has it open', async () => {
        const script = `require(process.argv[1]).openLevelStore(process.argv[2]).then(() => process.stdout.write('open'));
            setInterval(() => {}, 1000);`;
        const child = spawn(process.execPath, ['-e', script, LEVEL, path], { stdio: ['ignore', 'pipe', 'ignore'] });
        try {
            await new Promise((resolve) => child.stdout.once('data', resolve));
            await opened().should.be.rejectedWith({ code: 'storeLocked', retryable: true });
        } finally {
            const gone = new Promise((resolve) => child.once('exit', resolve));
            child.kill('SIGKILL');
            await gone;
        }
        should(await (await opened()).get('a')).be.undefined();
    });

    it('says that it is open already', async () => {
        await opened();
        await opened().should.be.rejectedWith({ code: 'storeLocked' });
    });

    for (const [what, damage] of [
        ['lost its table of contents', (file: string) => file.startsWith('MANIFEST') && 'truncate'],
        ['names a table of contents that is not there', (file: string) => file === 'CURRENT' && 'overwrite'],
    ] as const) {
        it(`says that it is damaged when it ${what}`, async () => {
            const store = await opened();
            await store.write([{ key: 'a', value: 1 }], true);
            await store.close();
            for (const file of readdirSync(path)) {
                const how = damage(file);
                if (how === 'truncate') truncateSync(join(path, file), 3);
                if (how === 'overwrite') writeFileSync(join(path, file), 'nonsense');
            }
            await opened().should.be.rejectedWith({ code: 'storeDamaged' });
        });
    }

    it('of a newer version is left as it is', async () => {
        const store = await opened();
        await store.write([{ key: '!header', value: { version: 99, since: '2030-01-01T00:00:00.000Z', secret: '00' } }], true);
        await store.close();
        await opened().should.be.rejectedWith({ code: 'storeNewer' });
        await opened().should.be.rejectedWith({ code: 'storeNewer' });
    });

    it('says so where a file stands in its place', async () => {
        writeFileSync(path, 'a file');
        await opened().should.be.rejectedWith({ code: 'storeUnavailable' });
    });

    it('says that there is no more room, without a crash, and keeps what it held', async function () {
        if (process.platform === 'win32') this.skip();
        // A limit on the size of files stands in for a full disk: the system refuses to write on.
        const script = `require(process.argv[1]).openLevelStore(process.argv[2]).then(async (store) => {
            await store.write([{ key: 'kept', value: 1 }], true);
            const value = 'x'.repeat(100000);
            try {
                for (let n = 0; n < 100; n++) await store.write([{ key: 'n' + n, value: value + Math.random() }], true);
            } catch (error) {
                process.stdout.write(error.code);
            }
        });`;
        const child = spawn('sh', ['-c', 'ulimit -f 512; exec "$0" "$@"', process.execPath, '-e', script, LEVEL, path]);
        let said = '';
        child.stdout.on('data', (text: Buffer) => {
            said += text;
        });
        const code = await new Promise((resolve) => child.once('close', resolve));
        should({ said, code }).deepEqual({ said: 'storeFull', code: 0 });
        should(await (await opened()).get('kept')).equal(1);
    });

    it('fails with a code, and no crash, when it is used after its end', async () => {
        const store = await opened();
        await store.write([{ key: 'a', value: 1 }]);
        await store.close();
        await store.get('a').should.be.rejectedWith({ code: 'storeUnavailable' });
        await store.write([{ key: 'a', value: 2 }]).should.be.rejectedWith({ code: 'storeUnavailable' });
        await all(store, '').should.be.rejectedWith({ code: 'storeUnavailable' });
    });
});
