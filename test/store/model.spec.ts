import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import should from 'should';
import { openLevelStore } from '../../src/store/level';
import { type Change, keysBelow, type Value } from '../../src/store/store';

const key = fc
    .tuple(fc.constantFrom('l/x/', 'l/y/', 'g/1/', 'h/'), fc.stringMatching(/^[a-z0-9_-]{0,3}$/))
    .map(([prefix, rest]) => prefix + rest);
const change: fc.Arbitrary<Change> = fc.oneof(
    fc.record({ key, value: fc.jsonValue() as fc.Arbitrary<Value> }),
    fc.record({ key, json: fc.json() }),
    fc.record({ key, remove: fc.constant(true as const) }),
);
type Step =
    | { readonly write: readonly Change[]; readonly durable: boolean }
    | { readonly clear: string }
    | { readonly reopen: true };
const step: fc.Arbitrary<Step> = fc.oneof(
    { weight: 6, arbitrary: fc.record({ write: fc.array(change, { maxLength: 8 }), durable: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ clear: fc.constantFrom('l/x/', 'l/', 'g/1/a') }) },
    { weight: 1, arbitrary: fc.record({ reopen: fc.constant(true as const) }) },
);

describe('The memory, whatever is done with it', () => {
    it('holds what was written last, in the order of the keys', async () => {
        await fc.assert(
            fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
                const path = mkdtempSync(join(tmpdir(), 'store-'));
                const model = new Map<string, Value>();
                let store = await openLevelStore(path);
                try {
                    for (const each of steps) {
                        if ('write' in each) {
                            await store.write(each.write, each.durable);
                            for (const one of each.write) apply(model, one);
                        } else if ('clear' in each) {
                            await store.clear(keysBelow(each.clear));
                            for (const known of [...model.keys()]) if (known.startsWith(each.clear)) model.delete(known);
                        } else {
                            await store.close();
                            store = await openLevelStore(path);
                        }
                    }
                    for (const prefix of ['l/', 'g/1/', 'h/']) {
                        const found: [string, Value][] = [];
                        for await (const entries of store.entries(keysBelow(prefix))) found.push(...entries);
                        const expected = [...model]
                            .filter(([known]) => known.startsWith(prefix))
                            .sort(([a], [b]) => (a < b ? -1 : 1));
                        found.should.deepEqual(JSON.parse(JSON.stringify(expected)));
                    }
                    const keys = [...model.keys(), 'missing'];
                    should(await store.getMany(keys)).deepEqual(
                        JSON.parse(JSON.stringify([...model.values()])).concat(undefined),
                    );
                } finally {
                    await store.close();
                    rmSync(path, { recursive: true });
                }
            }),
            { numRuns: 30 },
        );
    });
});

function apply(model: Map<string, Value>, change: Change): void {
    if ('remove' in change) model.delete(change.key);
    else model.set(change.key, 'json' in change ? (JSON.parse(change.json) as Value) : change.value);
}
