/**
 * How many records of each resource there are and which belongs to which. Everything follows from the ids, so that a million
 * people cost no memory; what was changed afterwards is in {@link ./records}.
 */
export interface Population {
    readonly seed: number;
    /** Moment (ms) at which the sandbox was made; dates are counted back from it. */
    readonly anchor: number;
    readonly people: number;
    readonly customers: number;
    readonly contacts: number;
    readonly leads: number;
    readonly orders: number;
    readonly quotes: number;
    readonly rfqs: number;
}

/** The population of `size` people. */
export function populationOf(size: number, seed: number, anchor: number): Population {
    const part = (share: number): number => (size === 0 ? 0 : Math.max(1, Math.floor(size / share)));
    return {
        seed,
        anchor,
        people: size,
        customers: part(10),
        contacts: part(10),
        leads: part(20),
        orders: part(2),
        quotes: Math.min(5, size),
        rfqs: Math.min(5, size),
    };
}

/** Names of the customer groups; the first one has id 1. */
export const CUSTOMER_GROUPS = ['Wholesale', 'Retail', 'VIP'] as const;

/** The customer that a customer user works for. */
export function customerOf(population: Population, person: number): number {
    return ((person - 1) % population.customers) + 1;
}

/** The customer users of a customer in the order of their ids. */
export function* usersOf(population: Population, customer: number): Generator<number> {
    for (let person = customer; person <= population.people; person += population.customers) {
        yield person;
    }
}

/** The group of a customer: one customer in ten has none. */
export function groupOf(customer: number): number | null {
    return customer % 10 === 0 ? null : (customer % CUSTOMER_GROUPS.length) + 1;
}

/** The addresses of a customer user, the primary one first: three people in four have one, some have two. */
export function addressesOf(person: number): number[] {
    if (person % 4 === 0) {
        return [];
    }
    return person % 20 === 7 ? [2 * person - 1, 2 * person] : [2 * person - 1];
}

/** The customer user who placed an order; `null` for a guest. */
export function buyerOf(population: Population, order: number): number | null {
    return order % 50 === 0 ? null : ((order * 3) % population.people) + 1;
}

/** Every tenth contact is a customer user too, with the same address: the customer user of the same id. */
export function isCustomerUserToo(contact: number): boolean {
    return contact % 10 === 1;
}
