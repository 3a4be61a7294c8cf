import { attributeOf, fieldMissing, type Included, type Json, type JsonApiResource, relatedListOf, relatedOf } from './record';

/** One field of the flat record and how it is read from the JSON:API resource. */
export interface Column {
    readonly path: string;
    read(resource: JsonApiResource, included: Included): Json;
}

/** What has to be asked of Oro so that the records hold some fields: no more, since each include costs. */
export interface Projection {
    readonly columns: readonly Column[];
    /** `fields[type]` of the request. */
    readonly fields: Readonly<Record<string, readonly string[]>>;
    /** `include` of the request. */
    readonly include: readonly string[];
}

interface Plan {
    readonly column: Column;
    /** Attributes and relationships of the resource itself. */
    readonly own: readonly string[];
    readonly include?: string;
    readonly others?: Readonly<Record<string, readonly string[]>>;
}

/** Attribute that holds the word of the flat record, where the resource calls it otherwise. */
const ATTRIBUTES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    contacts: { email: 'primaryEmail', phone: 'primaryPhone' },
    leads: { email: 'primaryEmail', phone: 'primaryPhone' },
};

/**
 * What to ask for so that records of `type` hold `paths`. The address and the time of the last change are always asked for.
 *
 * @param paths words of the flat record (`email`, `phone`, `customer.name`, `customerGroup.name`, `tags`), other attributes
 *   of the resource, or attributes of a related resource (`owner.name`)
 */
export function projectionFor(type: string, paths: Iterable<string>): Projection {
    // In an order of its own, so that a record looks the same whatever the order of the rows; what `customer` holds is set before `customer.name`.
    const wanted = [...new Set(['email', ...paths])].filter((path) => path !== '' && path !== 'id' && path !== 'type').sort();
    const plans = wanted.map((path) => planFor(type, path));
    const fields: Record<string, Set<string>> = { [type]: new Set(['updatedAt']) };
    const include = new Set<string>();
    for (const plan of plans) {
        for (const name of plan.own) fields[type]?.add(name);
        if (plan.include !== undefined) include.add(plan.include);
        for (const [other, names] of Object.entries(plan.others ?? {})) {
            fields[other] ??= new Set();
            for (const name of names) fields[other]?.add(name);
        }
    }
    return {
        columns: plans.map((plan) => plan.column),
        fields: Object.fromEntries(Object.entries(fields).map(([name, set]) => [name, [...set]])),
        include: [...include].filter((path) => ![...include].some((other) => other.startsWith(`${path}.`))),
    };
}

function planFor(type: string, path: string): Plan {
    if (type === 'customerusers' && path === 'phone') return phoneOfAddresses();
    if (type === 'customerusers' && (path === 'customer' || path.startsWith('customer.'))) return customerPlan(path);
    if (type === 'customerusers' && (path === 'customerGroup' || path.startsWith('customerGroup.')))
        return customerGroupPlan(path);
    if (path === 'tags') return tagsPlan();
    const dot = path.indexOf('.');
    if (dot > 0) return relatedPlan(path, path.slice(0, dot), path.slice(dot + 1));
    const attribute = ATTRIBUTES[type]?.[path] ?? path;
    return { column: { path, read: (resource) => attributeOf(resource, attribute, path) }, own: [attribute] };
}

/** Customer users have no phone of their own: it is the one of the primary address, else of the first that has one. */
function phoneOfAddresses(): Plan {
    return {
        own: ['addresses'],
        include: 'addresses',
        others: { customeruseraddresses: ['phone', 'primary'] },
        column: {
            path: 'phone',
            read(resource, included) {
                const addresses = relatedListOf(resource, 'addresses', 'phone').map((link) => {
                    const address = included(link);
                    if (address === undefined) throw fieldMissing('phone', resource.type);
                    return address;
                });
                const withPhone = addresses.filter((address) => attributeOf(address, 'phone', 'phone') !== null);
                const chosen = withPhone.find((address) => address.attributes?.['primary'] === true) ?? withPhone[0];
                return chosen === undefined ? null : attributeOf(chosen, 'phone', 'phone');
            },
        },
    };
}

function customerPlan(path: string): Plan {
    if (path === 'customer.id') {
        return { column: { path, read: (resource) => relatedOf(resource, 'customer', path)?.id ?? null }, own: ['customer'] };
    }
    return {
        own: ['customer'],
        include: 'customer',
        others: { customers: path === 'customer' ? ['name'] : [path.slice('customer.'.length)] },
        column: {
            path,
            read(resource, included) {
                const link = relatedOf(resource, 'customer', path);
                if (link === null) return null;
                const customer = included(link);
                if (customer === undefined) throw fieldMissing(path, resource.type);
                if (path === 'customer') return { id: link.id, name: attributeOf(customer, 'name', path) };
                return attributeOf(customer, path.slice('customer.'.length), path);
            },
        },
    };
}

function customerGroupPlan(path: string): Plan {
    const attribute = path === 'customerGroup' ? 'name' : path.slice('customerGroup.'.length);
    return {
        own: ['customer'],
        include: attribute === 'id' ? 'customer' : 'customer.group',
        others: { customers: ['group'], ...(attribute === 'id' ? {} : { customergroups: [attribute] }) },
        column: {
            path,
            read(resource, included) {
                const link = relatedOf(resource, 'customer', path);
                if (link === null) return null;
                const customer = included(link);
                if (customer === undefined) throw fieldMissing(path, resource.type);
                const groupLink = relatedOf(customer, 'group', path);
                if (groupLink === null) return null;
                if (attribute === 'id') return groupLink.id;
                const group = included(groupLink);
                if (group === undefined) throw fieldMissing(path, resource.type);
                const value = attributeOf(group, attribute, path);
                return path === 'customerGroup' ? { id: groupLink.id, name: value } : value;
            },
        },
    };
}

function tagsPlan(): Plan {
    return {
        own: ['tags'],
        include: 'tags',
        others: { tags: ['name'] },
        column: {
            path: 'tags',
            read(resource, included) {
                return relatedListOf(resource, 'tags', 'tags')
                    .map((link) => {
                        const tag = included(link);
                        if (tag === undefined) throw fieldMissing('tags', resource.type);
                        return String(attributeOf(tag, 'name', 'tags'));
                    })
                    .sort();
            },
        },
    };
}

function relatedPlan(path: string, relationship: string, attribute: string): Plan {
    if (attribute === 'id') {
        return { column: { path, read: (resource) => relatedOf(resource, relationship, path)?.id ?? null }, own: [relationship] };
    }
    return {
        own: [relationship],
        include: relationship,
        column: {
            path,
            read(resource, included) {
                const link = relatedOf(resource, relationship, path);
                if (link === null) return null;
                const related = included(link);
                if (related === undefined) throw fieldMissing(path, resource.type);
                return attributeOf(related, attribute, path);
            },
        },
    };
}
