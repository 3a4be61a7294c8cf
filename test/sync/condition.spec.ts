import 'should';
import { PackageError } from '../../src/http/errors';
import { type Condition, filterOf } from '../../src/sync/condition';

const NOW = new Date('2026-11-23T10:20:30.456Z');

function row(path: string, operator: string, value: string, valueType = 'str'): Condition {
    return { path, operator, value, valueType };
}

describe('The filter of an audience', () => {
    it('names a path alone where it is to be equal', () => {
        filterOf([row('customer.group', '=', '3')], NOW).should.deepEqual({ 'customer.group': '3' });
        filterOf([row('customer.group', 'eq', '3')], NOW).should.deepEqual({ 'customer.group': '3' });
    });

    it('holds both ends of a period', () => {
        filterOf(
            [row('createdAt', '>=', '2026-01-01', 'date'), row('createdAt', '<', '2026-02-01', 'date')],
            NOW,
        ).should.deepEqual({
            'createdAt[gte]': '2026-01-01',
            'createdAt[lt]': '2026-02-01',
        });
    });

    it('counts days back from now, without the milliseconds that Oro refuses', () => {
        filterOf([row('createdAt', '>=', '90', 'daysAgo')], NOW).should.deepEqual({ 'createdAt[gte]': '2026-08-25T10:20:30Z' });
        filterOf([row('createdAt', '>=', '0.5', 'daysAgo')], NOW).should.deepEqual({ 'createdAt[gte]': '2026-11-22T22:20:30Z' });
    });

    it('gives a moment in universal time', () => {
        filterOf([row('createdAt', 'gt', '2026-11-23T10:00:00+01:00', 'date')], NOW).should.deepEqual({
            'createdAt[gt]': '2026-11-23T09:00:00Z',
        });
    });

    it('names the row that is wrong, without its value', () => {
        const wrong: [Condition, RegExp][] = [
            [row('', '=', 'secret'), /row 2 needs a field/],
            [row('email', 'sounds like', 'secret'), /row 2 has the operator "sounds like", expected one of eq, =/],
            [row('createdAt', '>=', 'secret', 'daysAgo'), /row 2 needs a number of days/],
            [row('createdAt', '>=', '', 'daysAgo'), /row 2 needs a number of days/],
            [row('createdAt', '>=', '-1', 'daysAgo'), /row 2 needs a number of days/],
            [row('createdAt', '>=', 'secret', 'date'), /row 2 needs a date/],
        ];
        for (const [condition, text] of wrong) {
            const failure = failureOf(() => filterOf([row('enabled', '=', 'true'), condition], NOW));
            failure.code.should.equal('settingsInvalid');
            failure.details.should.deepEqual({ property: 'filter[1]' });
            failure.message.should.match(text).and.not.match(/secret/);
        }
    });
});

function failureOf(action: () => unknown): PackageError {
    try {
        action();
    } catch (error) {
        if (error instanceof PackageError) return error;
    }
    throw new Error('It should have failed.');
}
