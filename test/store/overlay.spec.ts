import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import should from 'should';
import { openLevelStore } from '../../src/store/level';
import { Overlay } from '../../src/store/overlay';
import { type Change, keysBelow, type Store, type Value } from '../../src/store/store';

const key = fc
    .tuple(fc.constantFrom('l/x/', 'l/y/', 'h/'), fc.stringMatching(/^[a-z0-9]{0,2}$/))
    .map(([prefix, rest]) => prefix + rest);
const change: fc.Arbitrary<Change> = fc.oneof(
    fc.record({ key, value: fc.jsonValue() as fc.Arbitrary<Value> }),
    fc.record({ key, json: fc.json() }),
    fc.record({ key, remove: fc.constant(true as const) }),
);
type Step = { readonly write: readonly Change[] } | { readonly clear: string };
const step: fc.Arbitrary<Step> = fc.oneof(
    { weight: 5, arbitrary: fc.record({ write: fc.array(change, { maxLength: 8 }) }) },
    { weight: 1, arbitrary: fc.record({ clear: fc.constantFrom('l/x/', 'l/', 'h/a') }) },
);

describe('An overlay over the memory', () => {
    let path: string;
    let base: Store;

    beforeEach(async () => {
        path = mkdtempSync(join(tmpdir(), 'store-'));
        base = await openLevelStore(path);
    });

    afterEach(async () => {
        await base.close();
        rmSync(path, { recursive: true });
    });

    async function all(store: Store, prefix = ''): Promise<[string, Value][]> {
        const found: [string, Value][] = [];
        for await (const entries of store.entries(keysBelow(prefix))) found.push(...entries);
        return found;
    }

    it('shows what is below, and keeps what is written to itself', async () => {
        await base.write([
            { key: 'l/1', value: 1 },
            { key: 'l/2', value: 2 },
            { key: 'l/3', value: 3 },
        ]);
        const overlay = new Overlay(base, 'd/run/');
        await overlay.write([
            { key: 'l/2', value: null },
            { key: 'l/3', remove: true },
            { key: 'l/4', json: '{"a":4}' },
        ]);
        should(await overlay.getMany(['l/1', 'l/2', 'l/3', 'l/4', 'l/5'])).deepEqual([1, null, undefined, { a: 4 }, undefined]);
        (await all(overlay, 'l/')).should.deepEqual([
            ['l/1', 1],
            ['l/2', null],
            ['l/4', { a: 4 }],
        ]);
        (await all(base, 'l/')).should.deepEqual([
            ['l/1', 1],
            ['l/2', 2],
            ['l/3', 3],
        ]);
    });

    it('leaves nothing behind when it is dropped', async () => {
        await base.write([{ key: 'l/1', value: 1 }]);
        const overlay = new Overlay(base, 'd/run/');
        await overlay.write([{ key: 'l/2', value: 2 }]);
        await overlay.clear(keysBelow('l/'));
        await overlay.drop();
        should(await overlay.get('l/1')).equal(1);
        (await all(base)).map(([name]) => name).should.deepEqual(['!header', 'l/1']);
    });

    it('behaves as a memory of its own, whatever is done with it', async () => {
        let number = 0;
        await fc.assert(
            fc.asyncProperty(fc.array(change, { maxLength: 10 }), fc.array(step, { maxLength: 8 }), async (before, steps) => {
                await base.clear(keysBelow('l/'));
                await base.clear(keysBelow('h/'));
                await base.write(before);
                const overlay = new Overlay(base, `d/${number++}/`);
                const untouched = [...(await all(base, 'l/')), ...(await all(base, 'h/'))];
                const model = new Map<string, Value>(untouched);
                for (const each of steps) {
                    if ('write' in each) {
                        await overlay.write(each.write);
                        for (const one of each.write) apply(model, one);
                    } else {
                        await overlay.clear(keysBelow(each.clear));
                        for (const known of [...model.keys()]) if (known.startsWith(each.clear)) model.delete(known);
                    }
                }
                const expected = [...model].sort(([a], [b]) => (a < b ? -1 : 1));
                [...(await all(overlay, 'h/')), ...(await all(overlay, 'l/'))].should.deepEqual(plain(expected));
                should(await overlay.getMany([...model.keys()])).deepEqual(plain([...model.values()]));
                [...(await all(base, 'l/')), ...(await all(base, 'h/'))].should.deepEqual(untouched);
                await overlay.drop();
            }),
            { numRuns: 60 },
        );
    });
});

function apply(model: Map<string, Value>, change: Change): void {
    if ('remove' in change) model.delete(change.key);
    else model.set(change.key, 'json' in change ? (JSON.parse(change.json) as Value) : change.value);
}

function plain<T>(value: T): T {
    return JSON.parse(JSON.stringify(value)) as T;
}
