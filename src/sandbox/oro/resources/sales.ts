import { DAY, mix, oroTime } from '../generate';
import { emailOf, firstNameOf, lastNameOf } from '../people';
import { buyerOf, customerOf } from '../population';
import { by, constant, METHODS, many, none, one, type Relation, type Resource, upTo, type Value } from '../resource';
import type { World } from '../world';
import { activities, contacted, owned, times } from './shared';

const TOTAL_SALT = 60;
const YEAR = 365;

/** The buyer of a sale and the customer that the buyer works for. */
function parties(world: World, buyer: (number: number) => number | null): Record<string, Relation> {
    return {
        ...owned(world),
        customerUser: one('customerusers', buyer),
        customer: one('customers', (number) => {
            const person = buyer(number);
            return person === null ? null : customerOf(world.population, person);
        }),
    };
}

/** `orders`: order n was placed n modulo 365 days before the sandbox was made; one in fifty by a guest. */
export function orders(world: World): Resource {
    const { population } = world;
    const placed = (number: number): Value => oroTime(population.anchor - (number % YEAR) * DAY - (number % 3_600) * 1_000);
    const total = (number: number): Value => `${10 + (mix(population.seed, TOTAL_SALT, number) % 900)}.5000`;
    return {
        type: 'orders',
        numbers: upTo(population.orders, world.records.removedOf('orders')),
        methods: METHODS.batch,
        attributes: {
            identifier: (number) => `ORD-${1_000 + number}`,
            poNumber: (number) => `PO-${number}`,
            ...constant(null, 'customerNotes', 'shipUntil'),
            currency: () => 'EUR',
            subtotalWithDiscountsValue: total,
            subtotalWithDiscounts: total,
            subtotalValue: total,
            totalValue: total,
            ...constant(null, 'shippingMethod', 'shippingMethodType', 'estimatedShippingCostAmount'),
            ...constant(null, 'overriddenShippingCostAmount', 'sourceEntityIdentifier', 'totalDiscountsAmount'),
            external: () => false,
            createdAt: placed,
            updatedAt: placed,
            externalId: () => null,
            ...contacted(),
            disablePromotions: () => false,
            discount: () => 0,
            shippingDiscount: () => 0,
        },
        relations: {
            createdBy: one('users', () => null),
            billingAddress: one('orderaddresses', () => null),
            shippingAddress: one('orderaddresses', () => null),
            lineItems: many('orderlineitems', (number) => [number]),
            discounts: none('orderdiscounts'),
            shippingTrackings: none('ordershippingtrackings'),
            parent: one('orders', () => null),
            subOrders: none('orders'),
            ...parties(world, (number) => buyerOf(population, number)),
            paymentTerm: one('paymentterms', () => null),
            source: one('ordersources', () => null),
            internalStatus: one('orderinternalstatuses', (number) => (number % 20 === 0 ? 'cancelled' : 'open')),
            orderSubtotals: { ...many('ordersubtotals', (number) => [`${number}-subtotal-0`], false), unlinked: true },
            attachments: none('attachments'),
            documents: none('attachments'),
            ...activities('Notes', 'Emails'),
            status: one('orderstatuses', () => null),
            shippingStatus: one('ordershippingstatuses', () => 'not_shipped'),
        },
        filters: {
            identifier: by('string'),
            externalId: by('string'),
            createdAt: by('datetime'),
            updatedAt: by('datetime'),
        },
        search: { id: 'integer', identifier: 'string', createdAt: 'datetime', updatedAt: 'datetime' },
        title: (number) => `ORD-${1_000 + number}`,
    };
}

/** `quotes`: neither of their times can be filtered by. */
export function quotes(world: World): Resource {
    return {
        type: 'quotes',
        numbers: upTo(world.population.quotes, world.records.removedOf('quotes')),
        methods: METHODS.full,
        attributes: {
            identifier: String,
            guestAccessId: (number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
            poNumber: (number) => `Q-${number}`,
            ...constant(null, 'shipUntil', 'validUntil'),
            ...constant(false, 'expired', 'pricesChanged'),
            ...constant(null, 'currency', 'projectName'),
            ...times(world, 'quotes'),
            externalId: () => null,
            ...contacted(),
        },
        relations: {
            request: one('rfqs', () => null),
            quoteProducts: none('quoteproducts'),
            shippingAddress: one('quoteaddresses', () => null),
            assignedUsers: none('users'),
            assignedCustomerUsers: none('customerusers'),
            ...parties(world, (number) => number),
            paymentTerm: one('paymentterms', () => null),
            opportunity: one('opportunities', () => null),
            customerStatus: one('quotecustomerstatuses', () => null),
            internalStatus: one('quoteinternalstatuses', () => 'draft'),
            attachments: none('attachments'),
            documents: none('attachments'),
            ...activities('Notes', 'Emails'),
        },
        filters: { externalId: by('string') },
        search: { id: 'integer', createdAt: 'datetime', updatedAt: 'datetime' },
    };
}

/** `rfqs`: requests for a quote, with a name and an address of their own. */
export function rfqs(world: World): Resource {
    const { seed } = world.population;
    return {
        type: 'rfqs',
        numbers: upTo(world.population.rfqs, world.records.removedOf('rfqs')),
        methods: METHODS.full,
        attributes: {
            firstName: (number) => firstNameOf(seed, number),
            lastName: (number) => lastNameOf(seed, number),
            email: (number) => emailOf(seed, number),
            phone: () => null,
            company: (number) => `Customer ${customerOf(world.population, number)}`,
            ...constant(null, 'role', 'note', 'cancellationReason', 'poNumber', 'shipUntil', 'projectName', 'deletedAt'),
            ...times(world, 'rfqs'),
            ...contacted(),
        },
        relations: {
            requestProducts: many('rfqproducts', (number) => [number]),
            assignedUsers: none('users'),
            assignedCustomerUsers: none('customerusers'),
            requestAdditionalNotes: none('rfqadditionalnotes'),
            ...parties(world, (number) => number),
            customer_status: one('rfqcustomerstatuses', () => 'submitted'),
            internal_status: one('rfqinternalstatuses', () => 'open'),
            quotes: none('quotes'),
            ...activities('Notes', 'Emails'),
        },
        filters: { createdAt: by('datetime'), updatedAt: by('datetime') },
        search: { id: 'integer', email: 'string', createdAt: 'datetime', updatedAt: 'datetime' },
    };
}
