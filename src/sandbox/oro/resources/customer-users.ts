import { birthdayOf, emailOf, firstNameOf, lastNameOf, phoneOf } from '../people';
import { addressesOf, customerOf } from '../population';
import { by, constant, type Filterable, METHODS, many, none, one, type Resource, upTo } from '../resource';
import type { World } from '../world';
import { activities, contacted, nameParts, owned, times } from './shared';

/** `customerusers`: the people. On a stock system neither `createdAt` nor `updatedAt` can be filtered or sorted by. */
export function customerUsers(world: World): Resource {
    const { seed } = world.population;
    const text = (read: (seed: number, person: number) => string | null) => (person: number) => read(seed, person);
    const stock: Record<string, Filterable> = { email: by('string'), externalId: by('string') };
    const extended: Record<string, Filterable> = {
        ...stock,
        email: { kind: 'string', list: true, sortable: true },
        createdAt: by('datetime'),
        updatedAt: by('datetime'),
    };
    return {
        type: 'customerusers',
        numbers: upTo(world.population.people, world.records.removedOf('customerusers')),
        methods: METHODS.batch,
        attributes: {
            confirmed: () => true,
            email: text(emailOf),
            ...nameParts(),
            firstName: text(firstNameOf),
            lastName: text(lastNameOf),
            birthday: text(birthdayOf),
            ...times(world, 'customerusers'),
            enabled: () => true,
            loginCount: () => 0,
            isGuest: () => false,
            ...constant(null, 'lastLogin', 'passwordRequestedAt', 'passwordChangedAt'),
            externalId: (person) => `CU-${person}`,
            ...contacted(),
            cookies_accepted: () => false,
        },
        relations: {
            userRoles: many('customeruserroles', () => [2]),
            customer: one('customers', (person) => customerOf(world.population, person)),
            addresses: many('customeruseraddresses', addressesOf),
            salesRepresentatives: none('users'),
            ...owned(world),
            attachments: none('attachments'),
            ...activities('Notes', 'Emails'),
            auth_status: one('customeruserauthstatuses', () => 'active'),
        },
        get filters() {
            return world.settings.audienceFile ? extended : stock;
        },
        search: {
            id: 'integer',
            email: 'string',
            firstName: 'string',
            lastName: 'string',
            createdAt: 'datetime',
            updatedAt: 'datetime',
        },
        title: (person) => `${firstNameOf(seed, person)} ${lastNameOf(seed, person)}`,
    };
}

/** `customeruseraddresses`: number 2n - 1 is the primary address of person n, 2n the second one. */
export function customerUserAddresses(world: World): Resource {
    const { seed, people } = world.population;
    const removed = world.records.removedOf('customeruseraddresses');
    const gone = world.records.removedOf('customerusers');
    const personOf = (address: number): number => Math.ceil(address / 2);
    const has = (address: number): boolean => {
        const person = personOf(address);
        return (
            person >= 1 && person <= people && !gone.has(person) && !removed.has(address) && addressesOf(person).includes(address)
        );
    };
    const cities = ['Berlin', 'Hamburg', 'London', 'Lyon'];
    return {
        type: 'customeruseraddresses',
        numbers: {
            has,
            next: (after) => {
                for (let address = after + 1; address <= 2 * people; address += 1) {
                    if (has(address)) {
                        return address;
                    }
                }
                return 0;
            },
        },
        methods: METHODS.batch,
        attributes: {
            phone: (address) => (address % 2 === 1 ? phoneOf(seed, personOf(address)) : null),
            primary: (address) => address % 2 === 1,
            validatedAt: () => null,
            label: (address) => (address % 2 === 1 ? 'Office' : 'Store'),
            street: (address) => `Hauptstr. ${(address % 200) + 1}`,
            street2: () => null,
            city: (address) => cities[address % cities.length] ?? 'Berlin',
            postalCode: (address) => String(10_000 + (address % 9_000)),
            ...constant(null, 'organization', 'customRegion'),
            ...nameParts(),
            firstName: (address) => firstNameOf(seed, personOf(address)),
            lastName: (address) => lastNameOf(seed, personOf(address)),
            ...times(world, 'customeruseraddresses'),
            types: () => [],
        },
        relations: {
            customerUser: one('customerusers', personOf),
            owner: one('users', () => 1),
            systemOrganization: one('organizations', () => world.organizationId),
            country: one('countries', () => 'DE'),
            region: one('regions', () => 'DE-BE'),
        },
        filters: {},
    };
}
