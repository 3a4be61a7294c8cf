import fc from 'fast-check';
import should from 'should';
import { outranks, speaker } from '../../src/sync/claims';

const claimants = fc.uniqueArray(fc.record({ id: fc.integer({ min: 1, max: 50 }), updatedAt: fc.integer({ min: 0, max: 5 }) }), {
    selector: ({ id }) => id,
});

describe('Of several records with one address', () => {
    it('the one that changed last speaks', () => {
        should(
            speaker([
                { id: 1, updatedAt: 100 },
                { id: 2, updatedAt: 300 },
                { id: 3, updatedAt: 200 },
            ]),
        ).deepEqual({ id: 2, updatedAt: 300 });
    });

    it('the higher id speaks when both changed in the same second', () => {
        should(
            speaker([
                { id: 9, updatedAt: 100 },
                { id: 7, updatedAt: 100 },
            ]),
        ).deepEqual({ id: 9, updatedAt: 100 });
    });

    it('nobody speaks where there is none', () => {
        should(speaker([])).be.null();
    });

    it('the same one speaks whatever the order in which they are met', () => {
        fc.assert(
            fc.property(
                claimants.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
                ([all, shuffled]) => {
                    should(speaker(shuffled)).deepEqual(speaker(all));
                },
            ),
        );
    });

    it('exactly one outranks all others', () => {
        fc.assert(
            fc.property(claimants, (all) => {
                fc.pre(all.length > 0);
                const best = all.filter((one) => all.every((other) => other === one || outranks(one, other)));
                best.length.should.equal(1);
            }),
        );
    });
});
