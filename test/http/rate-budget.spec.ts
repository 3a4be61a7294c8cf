import should from 'should';
import { RateBudget } from '../../src/http/rate-budget';
import { millisecondsToReset } from '../../src/http/rate-headers';

const NOW = 1_700_000_000_000;

function headers(remaining: number, reset = '30', scope = 'lowCallRate'): Record<string, string> {
    return {
        'x-ratelimit-limit': '3',
        'x-ratelimit-remaining': String(remaining),
        'x-ratelimit-reset': reset,
        'x-ratelimit-scope': scope,
    };
}

describe('The reset header of a rate limit', () => {
    const cases: [string, string, number][] = [
        ['seconds from now', '35', 35_000],
        ['an epoch in seconds', '1700000020', 20_000],
        ['an epoch in milliseconds', '1700000020500', 20_500],
        ['a moment that is over', '1699999990', 1_000],
        ['nothing to wait for', '0', 1_000],
        ['something far away', '1700009999', 120_000],
    ];
    for (const [what, reset, wait] of cases) {
        it(`may be ${what}`, () => {
            should(millisecondsToReset({ 'x-ratelimit-reset': reset }, NOW)).equal(wait);
        });
    }

    it('is compared with the clock of the service when it is an epoch', () => {
        const answer = { 'x-ratelimit-reset': '1700000320', date: new Date(NOW + 300_000).toUTCString() };
        should(millisecondsToReset(answer, NOW)).equal(20_000);
    });

    it('tells nothing when it is missing or no number', () => {
        should(millisecondsToReset({}, NOW)).be.null();
        should(millisecondsToReset({ 'x-ratelimit-reset': 'soon' }, NOW)).be.null();
    });
});

describe('The rate budget', () => {
    it('holds nothing back that it knows nothing about', () => {
        const budget = new RateBudget();
        budget.take('import', NOW).should.equal(0);
        budget.learn('import', {}, NOW);
        budget.take('import', NOW).should.equal(0);
    });

    it('lets as many calls go as the last answer allows, and the next one when the window ends', () => {
        const budget = new RateBudget();
        budget.take('import', NOW);
        budget.learn('import', headers(2), NOW);
        budget.take('import', NOW + 10).should.equal(0);
        budget.take('import', NOW + 20).should.equal(0);
        budget.take('import', NOW + 30).should.equal(29_970);
        budget.take('import', NOW + 30_000).should.equal(0);
    });

    it('counts kinds of calls together that the service counts in one tier', () => {
        const budget = new RateBudget();
        budget.take('import', NOW);
        budget.learn('import', headers(1), NOW);
        budget.take('contacts', NOW);
        budget.learn('contacts', headers(0), NOW);
        budget.take('import', NOW + 1_000).should.equal(29_000);
        budget.take('contact', NOW + 1_000).should.equal(0);
    });

    it('keeps tiers apart', () => {
        const budget = new RateBudget();
        budget.take('import', NOW);
        budget.learn('import', headers(0, '30', 'lowCallRate'), NOW);
        budget.take('contact', NOW);
        budget.learn('contact', headers(2, '30', 'mediumCallRate'), NOW);
        budget.take('contact', NOW).should.equal(0);
        budget.take('import', NOW).should.equal(30_000);
    });

    it('is not misled by an answer that was overtaken by a later one', () => {
        const budget = new RateBudget();
        budget.take('import', NOW);
        budget.learn('import', headers(0), NOW);
        budget.learn('import', headers(2), NOW + 100);
        budget.take('import', NOW + 200).should.equal(29_800);
    });

    it('takes a window that ends later for a new one', () => {
        const budget = new RateBudget();
        budget.take('import', NOW);
        budget.learn('import', headers(0, '5'), NOW);
        budget.learn('import', headers(2, '60'), NOW + 100);
        budget.take('import', NOW + 200).should.equal(0);
    });

    it('believes an answer that tells an earlier end of the window', () => {
        const budget = new RateBudget();
        budget.take('import', NOW);
        budget.learn('import', headers(2, '60'), NOW);
        budget.learn('import', headers(0, '5'), NOW);
        budget.take('import', NOW).should.equal(5_000);
    });

    it('lets the whole limit go in a new window', () => {
        const budget = new RateBudget();
        budget.take('import', NOW);
        budget.learn('import', headers(0), NOW);
        const later = NOW + 30_000;
        [budget.take('import', later), budget.take('import', later), budget.take('import', later)].should.deepEqual([0, 0, 0]);
        budget.learn('import', headers(2), later);
        budget.take('import', later).should.equal(30_000);
    });

    it('does not hold back for ever when the service never tells the end of the window', () => {
        const budget = new RateBudget();
        budget.take('import', NOW);
        budget.learn('import', { 'x-ratelimit-remaining': '0' }, NOW);
        budget.take('import', NOW).should.equal(0);
    });
});
