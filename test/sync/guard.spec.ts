import fc from 'fast-check';
import 'should';
import { type Leaving, leavingIsHeld } from '../../src/sync/guard';

function leaving(parts: Partial<Leaving>): Leaving {
    return { leaving: 0, before: 1000, members: 900, maxLeavePercent: 20, allowLeaving: null, ...parts };
}

describe('The guard against too many leaving', () => {
    it('lets as many leave as are allowed, and holds one more', () => {
        leavingIsHeld(leaving({ leaving: 200 })).should.be.false();
        leavingIsHeld(leaving({ leaving: 201 })).should.be.true();
    });

    it('always lets ten leave, however few were there', () => {
        leavingIsHeld(leaving({ leaving: 10, before: 11, members: 1 })).should.be.false();
        leavingIsHeld(leaving({ leaving: 11, before: 12, members: 1 })).should.be.true();
    });

    it('holds them where nobody may leave, but for those ten', () => {
        leavingIsHeld(leaving({ leaving: 10, maxLeavePercent: 0 })).should.be.false();
        leavingIsHeld(leaving({ leaving: 11, maxLeavePercent: 0 })).should.be.true();
    });

    it('holds everybody when the list became empty, even a single one', () => {
        leavingIsHeld(leaving({ leaving: 1, before: 1, members: 0, maxLeavePercent: 100 })).should.be.true();
    });

    it('releases them when the message names at least their number', () => {
        leavingIsHeld(leaving({ leaving: 500, allowLeaving: 499 })).should.be.true();
        leavingIsHeld(leaving({ leaving: 500, allowLeaving: 500 })).should.be.false();
        leavingIsHeld(leaving({ leaving: 3, before: 3, members: 0, allowLeaving: 3 })).should.be.false();
    });

    it('holds nobody where nobody leaves', () => {
        leavingIsHeld(leaving({ leaving: 0, before: 0, members: 0, maxLeavePercent: 0 })).should.be.false();
    });

    it('never holds less when more leave', () => {
        const number = fc.nat({ max: 2000 });
        fc.assert(
            fc.property(number, number, number, fc.integer({ min: 0, max: 100 }), (few, before, members, maxLeavePercent) => {
                const known = { before, members, maxLeavePercent, allowLeaving: null };
                if (few > 0 && leavingIsHeld({ ...known, leaving: few }))
                    leavingIsHeld({ ...known, leaving: few + 1 }).should.be.true();
            }),
        );
    });
});
