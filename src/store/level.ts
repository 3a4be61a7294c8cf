import { randomBytes } from 'node:crypto';
import { mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClassicLevel } from 'classic-level';
import { PackageError } from '../http/errors';
import { storeError } from './failure';
import type { Change, Range, Store, Value } from './store';

/** Version of the layout of keys and values. A store that a newer version wrote is refused, never rewritten. */
const LAYOUT_VERSION = 1;
/** Entries fetched from the database in one go while reading a range. */
const READ_AHEAD = 1000;
/** Memory that the database may use for blocks it has read and for what is not yet written to a table, in bytes each. */
const CACHE_BYTES = 4 * 1024 * 1024;

interface Header {
    readonly [key: string]: Value;
    readonly version: number;
    readonly since: string;
    readonly secret: string;
}

/** Values are written as JSON here rather than by the database, whose own encoding takes twice the time. */
type Level = ClassicLevel<string, string>;

/**
 * Opens the store in `path`, making it where it does not exist.
 *
 * @throws PackageError storeLocked when another process has it open, and the other codes of {@link Store}
 */
export async function openLevelStore(path: string, now: () => Date = () => new Date()): Promise<Store> {
    const level = await openLevel(path);
    try {
        const header = await readHeader(level, now);
        return new LevelStore(level, path, header);
    } catch (error) {
        await level.close().catch(() => undefined);
        throw storeError(error, path);
    }
}

async function openLevel(path: string): Promise<Level> {
    try {
        await mkdir(path, { recursive: true, mode: 0o700 });
        // Loaded only when used: where the native part cannot load, dialogs still open and say so.
        const { ClassicLevel: Database } = await import('classic-level');
        const level: Level = new Database<string, string>(path, {
            valueEncoding: 'utf8',
            cacheSize: CACHE_BYTES,
            writeBufferSize: CACHE_BYTES,
            maxOpenFiles: 100,
        });
        await level.open();
        return level;
    } catch (error) {
        throw storeError(error, path);
    }
}

async function readHeader(level: Level, now: () => Date): Promise<Header> {
    const found = await level.get('!header');
    const known = found === undefined ? undefined : (JSON.parse(found) as Header);
    if (known === undefined) {
        const header: Header = { version: LAYOUT_VERSION, since: now().toISOString(), secret: randomBytes(32).toString('hex') };
        await level.put('!header', JSON.stringify(header), { sync: true });
        return header;
    }
    if (known.version > LAYOUT_VERSION) {
        throw new PackageError(
            'storeNewer',
            'The memory was written by a newer version of this package. Install that version again, or choose another directory in the connection.',
        );
    }
    return known;
}

class LevelStore implements Store {
    readonly since: string;
    readonly secret: Buffer;

    constructor(
        private readonly level: Level,
        readonly path: string,
        header: Header,
    ) {
        this.since = header.since;
        this.secret = Buffer.from(header.secret, 'hex');
    }

    get<T extends Value>(key: string): Promise<T | undefined> {
        return this.guarded(async () => decoded<T>(await this.level.get(key)));
    }

    getMany<T extends Value>(keys: readonly string[]): Promise<(T | undefined)[]> {
        return this.guarded(async () => (await this.level.getMany([...keys])).map((value) => decoded<T>(value)));
    }

    write(changes: readonly Change[], durable = false): Promise<void> {
        if (changes.length === 0) return Promise.resolve();
        return this.guarded(async () => {
            const batch = this.level.batch();
            for (const change of changes) {
                if ('remove' in change) batch.del(change.key);
                else batch.put(change.key, 'json' in change ? change.json : JSON.stringify(change.value));
            }
            await batch.write({ sync: durable });
        });
    }

    async *entries<T extends Value>(range: Range): AsyncGenerator<[string, T][]> {
        const iterator = await this.guarded(async () => this.level.iterator({ gte: range.from, lt: range.to }));
        try {
            for (;;) {
                const entries = await this.guarded(() => iterator.nextv(READ_AHEAD));
                if (entries.length === 0) return;
                yield entries.map(([key, value]): [string, T] => [key, JSON.parse(value) as T]);
            }
        } finally {
            await iterator.close();
        }
    }

    clear(range: Range): Promise<void> {
        return this.guarded(() => this.level.clear({ gte: range.from, lt: range.to }));
    }

    async bytes(): Promise<number> {
        const names = await readdir(this.path).catch(() => []);
        const sizes = await Promise.all(
            names.map((name) =>
                stat(join(this.path, name)).then(
                    (entry) => (entry.isFile() ? entry.size : 0),
                    () => 0,
                ),
            ),
        );
        return sizes.reduce((sum, size) => sum + size, 0);
    }

    async close(): Promise<void> {
        await this.level.close();
    }

    private async guarded<T>(action: () => Promise<T>): Promise<T> {
        try {
            return await action();
        } catch (error) {
            throw storeError(error, this.path);
        }
    }
}

function decoded<T extends Value>(value: string | undefined): T | undefined {
    return value === undefined ? undefined : (JSON.parse(value) as T);
}
