import { FIRST_NAMES, LAST_NAMES, mix, pick } from '../generate';
import { emailOf, phoneOf } from '../people';
import { isCustomerUserToo } from '../population';
import { by, constant, METHODS, many, none, one, type Resource, upTo, type Value } from '../resource';
import type { World } from '../world';
import { activities, contacted, nameParts, owned, times } from './shared';
import { tagsOf } from './tags';

const SALT = { contact: 40, lead: 50 };

function names(
    seed: number,
    salt: number,
): { first(number: number): string; last(number: number): string; address(n: number): string } {
    const first = (number: number) => pick(FIRST_NAMES, mix(seed, salt, number));
    const last = (number: number) => pick(LAST_NAMES, mix(seed, salt + 1, number));
    const kind = salt === SALT.lead ? 'lead' : 'contact';
    return {
        first: (number) => first(number)[0],
        last: (number) => last(number)[0],
        address: (number) => `${first(number)[1]}.${last(number)[1]}.${kind}${number}@example.com`,
    };
}

/** `primaryEmail`, `emails`, `primaryPhone` and `phones`, which follow one another when one is changed. */
function reachable(
    world: World,
    type: string,
    email: (n: number) => Value,
    phone: (n: number) => Value,
): Record<string, (n: number) => Value> {
    const current = (number: number, name: string, generated: (n: number) => Value): Value => {
        const changed = world.records.changed(type, number, name);
        return changed === undefined ? generated(number) : changed;
    };
    const listed = (value: Value, name: string): Value => (value === null ? [] : [{ [name]: value }]);
    return {
        primaryPhone: phone,
        primaryEmail: email,
        emails: (number) => listed(current(number, 'primaryEmail', email), 'email'),
        phones: (number) => listed(current(number, 'primaryPhone', phone), 'phone'),
    };
}

function reachableFilters(reachable: Record<string, (n: number) => Value>): Resource['filters'] {
    const plain = (name: string, part: string) => (number: number) => {
        const values = reachable[name]?.(number);
        return Array.isArray(values) ? values.map((value: Record<string, Value>) => value[part] ?? null) : [];
    };
    return {
        primaryEmail: { kind: 'string', list: true, sortable: false },
        primaryPhone: { kind: 'string', list: true, sortable: false },
        emails: { kind: 'string', list: true, sortable: false, values: plain('emails', 'email') },
        phones: { kind: 'string', list: true, sortable: false, values: plain('phones', 'phone') },
        updatedAt: by('datetime'),
        externalId: by('string'),
    };
}

/** `contacts`: one in ten is a customer user too. They have tags. */
export function contacts(world: World): Resource {
    const { seed } = world.population;
    const name = names(seed, SALT.contact);
    const email = (number: number): Value => (isCustomerUserToo(number) ? emailOf(seed, number) : name.address(number));
    const reach = reachable(world, 'contacts', email, (number) => phoneOf(seed + 1, number));
    return {
        type: 'contacts',
        numbers: upTo(world.population.contacts, world.records.removedOf('contacts')),
        methods: METHODS.batch,
        attributes: {
            ...nameParts(),
            firstName: name.first,
            lastName: name.last,
            ...constant(null, 'gender', 'birthday', 'description'),
            jobTitle: (number) => (number % 2 === 0 ? 'Buyer' : null),
            ...constant(null, 'fax', 'skype', 'twitter', 'facebook', 'googlePlus', 'linkedIn'),
            ...times(world, 'contacts'),
            ...contacted(),
            externalId: (number) => `C-${number}`,
            ...reach,
        },
        relations: {
            source: one('contactsources', () => null),
            method: one('contactmethods', () => null),
            assignedTo: one('users', () => null),
            reportsTo: one('contacts', () => null),
            addresses: none('contactaddresses'),
            groups: none('contactgroups'),
            accounts: none('accounts'),
            createdBy: one('users', () => 1),
            updatedBy: one('users', () => 1),
            ...owned(world),
            defaultInAccounts: none('accounts'),
            picture: one('files', () => null),
            ...activities('Emails', 'Notes', 'Calls', 'Tasks'),
            tags: many('tags', (number) => tagsOf(world, 'contacts', number), false),
        },
        filters: { ...reachableFilters(reach), lastName: by('string') },
        search: { id: 'integer', firstName: 'string', lastName: 'string', createdAt: 'datetime', updatedAt: 'datetime' },
        title: (number) => `${name.first(number)} ${name.last(number)}`,
    };
}

/** `leads`. They have tags. */
export function leads(world: World): Resource {
    const { seed } = world.population;
    const name = names(seed, SALT.lead);
    const reach = reachable(world, 'leads', name.address, (number) => phoneOf(seed + 2, number));
    return {
        type: 'leads',
        numbers: upTo(world.population.leads, world.records.removedOf('leads')),
        methods: METHODS.batch,
        attributes: {
            name: (number) => `Lead ${number}`,
            ...nameParts(),
            firstName: name.first,
            lastName: name.last,
            jobTitle: () => null,
            companyName: (number) => `${name.last(number)} KG`,
            ...constant(null, 'website', 'numberOfEmployees', 'industry', 'notes', 'twitter', 'linkedIn'),
            ...times(world, 'leads'),
            externalId: (number) => `L-${number}`,
            ...contacted(),
            ...reach,
        },
        relations: {
            contact: one('contacts', () => null),
            addresses: none('leadaddresses'),
            ...owned(world),
            opportunities: none('opportunities'),
            campaign: one('campaigns', () => null),
            ...activities('Notes', 'Emails', 'Calls', 'Tasks'),
            source: one('leadsources', () => null),
            status: one('leadstatuses', (number) => (number % 2 === 1 ? 'new' : 'qualified')),
            tags: many('tags', (number) => tagsOf(world, 'leads', number), false),
            account: one('accounts', () => null),
            customer: one('customers', () => null),
        },
        filters: { ...reachableFilters(reach), createdAt: by('datetime') },
        search: { id: 'integer', firstName: 'string', lastName: 'string', createdAt: 'datetime', updatedAt: 'datetime' },
        title: (number) => `Lead ${number}`,
    };
}
