import fc from 'fast-check';
import 'should';
import { fingerprintOf, recordFingerprint } from '../../src/sync/fingerprint';

const RECORD = { type: 'customerusers', id: '7', email: 'a@example.com', firstName: 'Ada', customer: { name: 'ACME' } };

describe('The fingerprint of a record', () => {
    it('changes with whatever is sent', () => {
        const known = recordFingerprint(RECORD, 'settings');
        recordFingerprint({ ...RECORD, firstName: 'Eve' }, 'settings').should.not.equal(known);
        recordFingerprint({ ...RECORD, firstName: null }, 'settings').should.not.equal(known);
        recordFingerprint({ ...RECORD, customer: { name: 'Acme' } }, 'settings').should.not.equal(known);
        recordFingerprint({ ...RECORD, extra: false }, 'settings').should.not.equal(known);
    });

    it('changes with the settings of the writing nodes', () => {
        recordFingerprint(RECORD, 'settings').should.not.equal(recordFingerprint(RECORD, 'others'));
    });

    it('does not change with what is not sent', () => {
        const known = recordFingerprint(RECORD, 'settings');
        recordFingerprint(
            { ...RECORD, updatedAt: '2026-11-23T10:00:00Z', change: 'joined', contactId: 5 },
            'settings',
        ).should.equal(known);
    });

    it('changes with a field of somebody else that happens to have such a name', () => {
        const one = { ...RECORD, customer: { updatedAt: '2026-01-01T00:00:00Z' } };
        const other = { ...RECORD, customer: { updatedAt: '2026-02-01T00:00:00Z' } };
        recordFingerprint(one, 'settings').should.not.equal(recordFingerprint(other, 'settings'));
    });

    it('tells null, nothing, 0 and false apart', () => {
        const prints = [null, '', 0, false, '0', 'false', []].map((value) =>
            recordFingerprint({ type: 'leads', id: '1', value }, 'settings'),
        );
        new Set(prints).size.should.equal(7);
    });
});

describe('The fingerprint of settings', () => {
    it('does not depend on the order of their properties', () => {
        fingerprintOf({ a: 1, b: { c: 2, d: [3] } }).should.equal(fingerprintOf({ b: { d: [3], c: 2 }, a: 1 }));
    });

    it('does not depend on properties that are not there', () => {
        fingerprintOf({ a: 1, b: undefined }).should.equal(fingerprintOf({ a: 1 }));
    });

    it('depends on the order of rows', () => {
        fingerprintOf(['FIRSTNAME', 'LASTNAME']).should.not.equal(fingerprintOf(['LASTNAME', 'FIRSTNAME']));
    });

    it('is another for every other content', () => {
        fc.assert(
            fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
                fc.pre(stable(one) !== stable(other));
                fingerprintOf(one).should.not.equal(fingerprintOf(other));
            }),
        );
    });
});

/** Equal texts for values that are equal but for the order of their properties. */
function stable(value: unknown): string {
    if (Array.isArray(value)) return `[${value.map(stable).join()}]`;
    if (value === null || typeof value !== 'object') return JSON.stringify(value);
    const names = Object.keys(value).sort();
    return `{${names.map((name) => `${JSON.stringify(name)}:${stable((value as Record<string, unknown>)[name])}`).join()}}`;
}
