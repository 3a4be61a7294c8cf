import fc from 'fast-check';
import should from 'should';
import { type DataFieldType, type MappedContact, mapContact, type Target } from '../../src/sync/mapping';
import type { OroRecord } from '../../src/sync/record';

const ADA: OroRecord = { type: 'customerusers', id: '7', email: ' Ada@Example.com ' };

/** One value into one data field. */
function mapped(type: DataFieldType, value: unknown): MappedContact {
    return mapContact(ADA, [value], [{ kind: 'dataField', name: 'FIELD', type }]);
}

function sent(type: DataFieldType, value: unknown): unknown {
    const { dataFields, problems } = mapped(type, value);
    problems.should.deepEqual([]);
    return dataFields['FIELD'];
}

function refused(type: DataFieldType, value: unknown): string {
    const { dataFields, problems, identifiers } = mapped(type, value);
    dataFields.should.deepEqual({});
    identifiers.should.deepEqual({ email: 'ada@example.com' });
    problems.length.should.equal(1);
    problems[0]?.field.should.equal('FIELD');
    problems[0]?.written.should.be.true();
    return problems[0]?.code ?? '';
}

describe('The mapping of a value', () => {
    it('sends null and empty texts as null, for the merge option to decide', () => {
        for (const type of ['String', 'Numeric', 'Date', 'Boolean'] as const) {
            should(sent(type, null)).be.null();
            should(sent(type, '')).be.null();
        }
        should(sent('String', [])).be.null();
    });

    it('sends nothing for what is not there', () => {
        mapped('String', undefined).dataFields.should.deepEqual({});
        mapped('String', undefined).problems.should.deepEqual([]);
    });

    it('sends false and 0', () => {
        should(sent('Boolean', false)).equal(false);
        should(sent('Numeric', 0)).equal(0);
        should(sent('String', false)).equal('false');
        should(sent('String', 0)).equal('0');
    });

    it('keeps texts as they are', () => {
        should(sent('String', ' Zoë 🎉 O\'Neil "x" <b> ')).equal(' Zoë 🎉 O\'Neil "x" <b> ');
        should(sent('String', ['new', 'vip'])).equal('new, vip');
    });

    it('takes a text of 1 000 characters and leaves out a longer one, never cutting it', () => {
        should(sent('String', 'x'.repeat(1000))).equal('x'.repeat(1000));
        refused('String', 'x'.repeat(1001)).should.equal('valueTooLong');
    });

    it('leaves out an object where a text is expected', () => {
        refused('String', { id: 1 }).should.equal('wrongType');
        refused('String', [{ id: 1 }]).should.equal('wrongType');
        refused('String', Number.NaN).should.equal('wrongType');
    });

    it('reads numbers as people write them in Oro', () => {
        should(sent('Numeric', '12.50')).equal(12.5);
        should(sent('Numeric', ' -3 ')).equal(-3);
        should(sent('Numeric', 1e-9)).equal(1e-9);
        should(sent('Numeric', '123456789012345')).equal(123456789012345);
    });

    it('leaves out what is no number', () => {
        for (const value of ['many', '1,5', '1 000', '0x10', '1e5', true, {}, Number.NaN, Number.POSITIVE_INFINITY, '  ']) {
            refused('Numeric', value).should.equal('wrongType', String(value));
        }
    });

    it('leaves out a number that Dotdigital cannot keep, never rounding it', () => {
        for (const value of [
            1e18,
            '1000000000000000000',
            '0.1234567891',
            1e-10,
            0.1 + 0.2,
            '123456789012345678',
            '1234567890123456.1',
        ]) {
            refused('Numeric', value).should.equal('valueTooLong', String(value));
        }
    });

    it('reads yes and no', () => {
        for (const value of [true, 'true', 'Yes', '1', 1]) should(sent('Boolean', value)).equal(true);
        for (const value of [false, 'false', 'NO', '0', 0]) should(sent('Boolean', value)).equal(false);
        for (const value of ['maybe', {}, 2]) refused('Boolean', value).should.equal('wrongType');
    });

    it('reads days and moments', () => {
        should(sent('Date', '2026-11-23')).equal('2026-11-23T00:00:00.000Z');
        should(sent('Date', '2026-11-23T10:00:00+0200')).equal('2026-11-23T08:00:00.000Z');
        should(sent('Date', new Date('2026-11-23T10:00:00Z'))).equal('2026-11-23T10:00:00.000Z');
    });

    it('takes a time without a zone for universal time, wherever Node-RED runs', () => {
        should(sent('Date', '2026-11-23T10:00:00')).equal('2026-11-23T10:00:00.000Z');
        should(sent('Date', '2026-11-23 10:00')).equal('2026-11-23T10:00:00.000Z');
    });

    it('leaves out what is no date, and a day that does not exist', () => {
        for (const value of [
            'soon',
            '23.11.2026',
            '2026-02-31',
            '2026-02-30T10:00:00Z',
            '2026-13-01',
            '2026-11-23T25:00:00Z',
            5,
        ]) {
            refused('Date', value).should.equal('wrongType', String(value));
        }
    });
});

describe('The mapping of a record', () => {
    const targets: readonly Target[] = [
        { kind: 'identifier', name: 'mobileNumber' },
        { kind: 'dataField', name: 'FIRSTNAME', type: 'String' },
        { kind: 'dataField', name: 'ORDERS', type: 'Numeric' },
    ];

    it('recognises the contact by the address of the record', () => {
        mapContact(ADA, ['+44 7123 123123', 'Ada', 3], targets).should.deepEqual({
            identifiers: { mobileNumber: '447123123123', email: 'ada@example.com' },
            dataFields: { FIRSTNAME: 'Ada', ORDERS: 3 },
            problems: [],
        });
    });

    it('recognises it by another address where the mapping says so', () => {
        const email: Target = { kind: 'identifier', name: 'email' };
        mapContact(ADA, [' Second@Example.com '], [email]).identifiers.should.deepEqual({ email: 'second@example.com' });
        mapContact(ADA, [null], [email]).identifiers.should.deepEqual({});
    });

    it('leaves out a phone without country code and keeps the rest', () => {
        const contact = mapContact(ADA, ['030 1234567', 'Ada', 3], targets);
        contact.identifiers.should.deepEqual({ email: 'ada@example.com' });
        contact.dataFields.should.deepEqual({ FIRSTNAME: 'Ada', ORDERS: 3 });
        contact.problems
            .map(({ code, field, written }) => ({ code, field, written }))
            .should.deepEqual([{ code: 'invalidPhone', field: 'mobileNumber', written: true }]);
    });

    it('names every field that does not fit', () => {
        const contact = mapContact(ADA, [null, 'x'.repeat(1001), 'many'], targets);
        contact.problems
            .map(({ field, code }) => [field, code])
            .should.deepEqual([
                ['FIRSTNAME', 'valueTooLong'],
                ['ORDERS', 'wrongType'],
            ]);
    });

    it('never tells a value in the reason', () => {
        const value = fc.oneof(fc.string({ minLength: 3 }), fc.string({ minLength: 1001, maxLength: 1100 }));
        fc.assert(
            fc.property(value, fc.constantFrom<DataFieldType>('String', 'Numeric', 'Date', 'Boolean'), (text, type) => {
                fc.pre(!/^[\w .,-]*$/.test(text));
                for (const { reason } of mapped(type, text).problems) reason.should.not.containEql(text);
            }),
        );
    });

    it('sends each value or names it, and never both', () => {
        const anything = fc.oneof(fc.anything(), fc.string(), fc.double(), fc.date(), fc.constant(null));
        fc.assert(
            fc.property(anything, fc.constantFrom<DataFieldType>('String', 'Numeric', 'Date', 'Boolean'), (value, type) => {
                const { dataFields, problems } = mapped(type, value);
                const isSent = 'FIELD' in dataFields;
                should(isSent).equal(value !== undefined && problems.length === 0);
                problems.length.should.be.belowOrEqual(1);
            }),
        );
    });

    it('sends only what Dotdigital keeps as it is', () => {
        const value = fc.oneof(fc.double(), fc.integer(), fc.string(), fc.stringMatching(/^-?\d{1,20}(\.\d{1,11})?$/));
        fc.assert(
            fc.property(value, (number) => {
                const field = mapped('Numeric', number).dataFields['FIELD'];
                if (typeof field !== 'number') return;
                should(Math.abs(field)).be.below(1e18);
                should(Number(field.toFixed(9))).equal(field);
                if (typeof number === 'string') should(field).equal(Number(number.trim()));
            }),
            { numRuns: 500 },
        );
    });
});
