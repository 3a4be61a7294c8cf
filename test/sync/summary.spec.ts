import fc from 'fast-check';
import 'should';
import { STANDINGS, Tally } from '../../src/sync/summary';

describe('The count of members', () => {
    it('is the sum of where they stand', () => {
        const tally = new Tally();
        tally.add('inList', 3);
        tally.add('duplicates');
        tally.move('inList', 'suppressed');
        tally.members.should.equal(4);
        tally.toRecord().should.deepEqual({
            withoutEmail: 0,
            duplicates: 1,
            optedOut: 0,
            unreadable: 0,
            leftOutByFlow: 0,
            suppressed: 1,
            rejected: 0,
            stillRejected: 0,
            unconfirmed: 0,
            inList: 2,
        });
    });

    it('does not change when somebody is counted elsewhere', () => {
        const standing = fc.constantFrom(...STANDINGS);
        fc.assert(
            fc.property(fc.array(standing), fc.array(fc.tuple(standing, standing)), (met, moves) => {
                const tally = new Tally();
                for (const each of met) tally.add(each);
                for (const [from, to] of moves) tally.move(from, to);
                tally.members.should.equal(met.length);
                Object.values(tally.toRecord())
                    .reduce((sum, count) => sum + count, 0)
                    .should.equal(met.length);
            }),
        );
    });
});
