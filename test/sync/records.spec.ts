import fc from 'fast-check';
import should from 'should';
import { PackageError } from '../../src/http/errors';
import { projectionFor } from '../../src/sync/projection';
import { flatten, type JsonApiDocument, type JsonApiResource, valueAt } from '../../src/sync/record';

/** A customer user with everything that mappings name. */
const ADA: JsonApiResource = {
    type: 'customerusers',
    id: '7',
    attributes: { email: 'ada@example.com', firstName: 'Ada', updatedAt: '2026-11-23T10:00:00Z', vatId: null, score: 0 },
    relationships: {
        customer: { data: { type: 'customers', id: '3' } },
        addresses: {
            data: [
                { type: 'customeruseraddresses', id: '13' },
                { type: 'customeruseraddresses', id: '14' },
            ],
        },
        tags: {
            data: [
                { type: 'tags', id: '2' },
                { type: 'tags', id: '1' },
            ],
        },
        owner: { data: { type: 'users', id: '1' } },
    },
};
const DOCUMENT: JsonApiDocument = {
    data: [ADA],
    included: [
        {
            type: 'customers',
            id: '3',
            attributes: { name: 'ACME', vatId: 'X1' },
            relationships: { group: { data: { type: 'customergroups', id: '2' } } },
        },
        { type: 'customergroups', id: '2', attributes: { name: 'Retail', code: 'R' } },
        { type: 'customeruseraddresses', id: '13', attributes: { phone: null, primary: true } },
        { type: 'customeruseraddresses', id: '14', attributes: { phone: '+49 30 1', primary: false } },
        { type: 'tags', id: '1', attributes: { name: 'new' } },
        { type: 'tags', id: '2', attributes: { name: 'vip' } },
        { type: 'users', id: '1', attributes: { username: 'admin' } },
    ],
};

function record(paths: readonly string[], document = DOCUMENT): Record<string, unknown> {
    const [first] = flatten(document, projectionFor('customerusers', paths));
    if (first === undefined) throw new Error('no record');
    return first.record;
}

describe('A record of Oro', () => {
    it('holds what was asked for, and nothing more', () => {
        record(['firstName']).should.deepEqual({ type: 'customerusers', id: '7', email: 'ada@example.com', firstName: 'Ada' });
    });

    it('keeps null as null and 0 as 0', () => {
        const { vatId, score } = record(['vatId', 'score']);
        should(vatId).be.null();
        should(score).equal(0);
    });

    it('holds customer, group, tags, phone and what belongs to a related record', () => {
        const found = record([
            'customer',
            'customer.vatId',
            'customerGroup.name',
            'customerGroup.code',
            'tags',
            'phone',
            'owner.username',
        ]);
        found.should.deepEqual({
            type: 'customerusers',
            id: '7',
            email: 'ada@example.com',
            customer: { id: '3', name: 'ACME', vatId: 'X1' },
            customerGroup: { name: 'Retail', code: 'R' },
            tags: ['new', 'vip'],
            phone: '+49 30 1',
            owner: { username: 'admin' },
        });
    });

    it('is the same whatever the order of the rows that name its fields', () => {
        const paths = ['customer.vatId', 'customer', 'customerGroup', 'customerGroup.id', 'tags', 'firstName', 'owner.id'];
        const expected = JSON.stringify(record(paths));
        fc.assert(
            fc.property(fc.shuffledSubarray(paths, { minLength: paths.length }), (shuffled) => {
                JSON.stringify(record(shuffled)).should.equal(expected);
            }),
        );
    });

    it('holds a value at every path that was asked for', () => {
        const paths = [
            'firstName',
            'vatId',
            'customer',
            'customer.id',
            'customer.vatId',
            'customerGroup',
            'customerGroup.code',
            'tags',
            'phone',
        ];
        fc.assert(
            fc.property(fc.shuffledSubarray(paths), (asked) => {
                const found = record(asked);
                for (const path of asked) should(valueAt(found, path)).not.be.undefined();
            }),
        );
    });

    it('knows when it was changed, in seconds, and 0 where Oro does not say', () => {
        const times = flatten(
            { data: [ADA, { ...ADA, attributes: { ...ADA.attributes, updatedAt: null } }] },
            projectionFor('customerusers', []),
        );
        times.map(({ updatedAt }) => updatedAt).should.deepEqual([1795428000, 0]);
    });

    it('is null where a relationship leads nowhere', () => {
        const alone = { ...ADA, relationships: { ...ADA.relationships, customer: { data: null } } };
        const found = record(['customer', 'customerGroup.name'], { ...DOCUMENT, data: [alone] });
        should(found['customer']).be.null();
        should(valueAt(found, 'customerGroup.name')).be.null();
    });

    for (const [path, what] of [
        ['middleName', 'an attribute that is not there'],
        ['customer.middleName', 'an attribute of the customer that is not there'],
        ['customerGroup.middleName', 'an attribute of the group that is not there'],
        ['salesRepresentatives.id', 'a relationship that is not there'],
        ['owner.middleName', 'an attribute of a related record that is not there'],
    ] as const) {
        it(`is refused where Oro did not return ${what}`, () => {
            (() => record([path])).should.throw(PackageError, {
                code: 'fieldMissing',
                details: { field: path, resource: typeOf(path) },
            });
        });
    }

    it('is refused where a related record was not returned', () => {
        const withoutIncluded = { ...DOCUMENT, included: [] };
        for (const path of ['customer', 'phone', 'tags', 'owner.username']) {
            (() => record([path], withoutIncluded)).should.throw(/did not return/);
        }
    });
});

/** The resource that should have had the field. */
function typeOf(path: string): string {
    const types: Record<string, string> = {
        'customer.middleName': 'customers',
        'customerGroup.middleName': 'customergroups',
        'owner.middleName': 'users',
    };
    return types[path] ?? 'customerusers';
}

describe('What is asked of Oro', () => {
    it('is the address and the time of the last change where nothing else is named', () => {
        projectionFor('customerusers', []).fields.should.deepEqual({ customerusers: ['updatedAt', 'email'] });
        projectionFor('customerusers', []).include.should.deepEqual([]);
    });

    it('is the primary address of contacts and leads', () => {
        projectionFor('contacts', []).fields.should.deepEqual({ contacts: ['updatedAt', 'primaryEmail'] });
        projectionFor('leads', ['phone']).fields.should.deepEqual({ leads: ['updatedAt', 'primaryEmail', 'primaryPhone'] });
    });

    it('includes each related record once, and the customer not beside its group', () => {
        const { include, fields } = projectionFor('customerusers', ['customer.name', 'customerGroup.name', 'customer.vatId']);
        include.should.deepEqual(['customer.group']);
        fields.should.deepEqual({
            customerusers: ['updatedAt', 'customer', 'email'],
            customers: ['name', 'vatId', 'group'],
            customergroups: ['name'],
        });
    });

    it('includes nothing for an id', () => {
        projectionFor('customerusers', ['customer.id', 'owner.id']).include.should.deepEqual([]);
    });
});
