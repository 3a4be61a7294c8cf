import { CUSTOMER_GROUPS, customerOf, groupOf, usersOf } from '../population';
import { by, METHODS, many, none, one, type Resource, upTo } from '../resource';
import type { World } from '../world';
import { activities, owned, times } from './shared';

/** The customer users of a customer, moved ones included. */
function* currentUsersOf(world: World, customer: number): Generator<number> {
    const changes = world.records.changesOf('customerusers');
    const isHere = (person: number): boolean => {
        const moved = changes.get(person)?.['customer'];
        return moved === undefined ? customerOf(world.population, person) === customer : moved === String(customer);
    };
    const arrived: number[] = [];
    for (const [person, changed] of changes) {
        if (changed['customer'] === String(customer) && customerOf(world.population, person) !== customer) {
            arrived.push(person);
        }
    }
    for (const person of usersOf(world.population, customer)) {
        if (isHere(person) && world.records.isVisible('customerusers', person)) {
            yield person;
        }
    }
    yield* arrived.filter((person) => world.records.isVisible('customerusers', person));
}

/** `customers`: the companies that customer users work for. */
export function customers(world: World): Resource {
    return {
        type: 'customers',
        numbers: upTo(world.population.customers, world.records.removedOf('customers')),
        methods: METHODS.batch,
        attributes: {
            name: (customer) => `Customer ${customer}`,
            ...times(world, 'customers'),
            externalId: (customer) => `ERP-${1_000 + customer}`,
        },
        relations: {
            parent: one('customers', () => null),
            children: none('customers'),
            addresses: none('customeraddresses'),
            group: one('customergroups', groupOf),
            users: many('customerusers', (customer) => currentUsersOf(world, customer)),
            ...owned(world),
            salesRepresentatives: none('users'),
            paymentTerm: one('paymentterms', () => null),
            taxCode: one('customertaxcodes', () => null),
            attachments: none('attachments'),
            ...activities('Notes'),
            internal_rating: one('customerratings', () => null),
            account: one('accounts', (customer) => customer),
        },
        filters: {
            name: by('string'),
            externalId: by('string'),
            createdAt: by('datetime'),
            updatedAt: by('datetime'),
        },
        search: { id: 'integer', name: 'string', createdAt: 'datetime', updatedAt: 'datetime' },
        title: (customer) => `Customer ${customer}`,
    };
}

/** `customergroups`. They cannot be searched by their members; `customerusers?filter[customer.group]` can. */
export function customerGroups(world: World): Resource {
    return {
        type: 'customergroups',
        numbers: upTo(CUSTOMER_GROUPS.length, world.records.removedOf('customergroups')),
        methods: METHODS.full,
        attributes: { name: (group) => CUSTOMER_GROUPS[group - 1] ?? '' },
        relations: {
            ...owned(world),
            paymentTerm: one('paymentterms', () => null),
            taxCode: one('customertaxcodes', () => null),
            ...activities('Notes'),
        },
        filters: { name: by('string') },
        title: (group) => CUSTOMER_GROUPS[group - 1] ?? '',
    };
}
