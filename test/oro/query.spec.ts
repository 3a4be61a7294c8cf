import 'should';
import { oroDate, queryBody, queryParameters } from '../../src/oro/query';

const QUERY = {
    filter: { 'customer.group': '3', 'createdAt[gte]': '2026-01-01', 'createdAt[lt]': '2026-02-01', enabled: 'true' },
    fields: { customerusers: ['email', 'customer'], customers: ['name'] },
    include: ['customer', 'customer.group'],
    sort: 'id',
    size: 5000,
};

describe('A query to Oro', () => {
    it('is written into the address', () => {
        queryParameters(QUERY).should.deepEqual({
            'filter[customer.group]': '3',
            'filter[createdAt][gte]': '2026-01-01',
            'filter[createdAt][lt]': '2026-02-01',
            'filter[enabled]': 'true',
            'fields[customerusers]': 'email,customer',
            'fields[customers]': 'name',
            include: 'customer,customer.group',
            sort: 'id',
            'page[size]': '5000',
        });
    });

    it('is written into a body with nothing but texts, because Oro answers a number with status 500', () => {
        queryBody(QUERY).should.deepEqual({
            filter: { 'customer.group': '3', createdAt: { gte: '2026-01-01', lt: '2026-02-01' }, enabled: 'true' },
            fields: { customerusers: 'email,customer', customers: 'name' },
            include: 'customer,customer.group',
            sort: 'id',
            page: { size: '5000' },
        });
    });

    it('says nothing about what it does not ask for', () => {
        queryParameters({}).should.deepEqual({});
        queryParameters({ include: [] }).should.deepEqual({});
        queryBody({ filter: { id: '1,2' } }).should.deepEqual({ filter: { id: '1,2' } });
    });

    it('writes dates without a fraction, cut off and in UTC', () => {
        oroDate('2026-08-01T10:20:30.999+02:00').should.equal('2026-08-01T08:20:30Z');
        oroDate(1_800_000_000_987).should.equal('2027-01-15T08:00:00Z');
    });
});
