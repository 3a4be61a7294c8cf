import { METHODS, many, none, one, type Resource, upTo, type Value } from '../resource';
import type { World } from '../world';
import { times } from './shared';

/** `orderlineitems`: every order has one, with the id of the order. */
export function orderLineItems(world: World): Resource {
    const price = (): Value => '12.5000';
    return {
        type: 'orderlineitems',
        numbers: upTo(world.population.orders, world.records.removedOf('orders')),
        methods: METHODS.batch,
        attributes: {
            productSku: (number) => `TOOL-${number % 40}`,
            productName: (number) => `Tool ${number % 40}`,
            productVariantFields: () => [],
            freeFormProduct: () => null,
            quantity: (number) => (number % 5) + 1,
            productUnitCode: () => 'each',
            value: price,
            currency: () => 'EUR',
            priceType: () => 10,
            shipBy: () => null,
            fromExternalSource: () => false,
            comment: () => null,
            shippingMethod: () => null,
            shippingMethodType: () => null,
            shippingEstimateAmount: () => null,
            checksum: (number) => String(number).padStart(40, '0'),
            ...times(world, 'orders'),
            draftDelete: () => false,
            rowTotalDiscountAmount: () => '0.0000',
            rowTotalAfterDiscountIncludingTax: price,
            rowTotalAfterDiscountExcludingTax: price,
            rowTotalAfterDiscount: price,
        },
        relations: {
            orders: many('orders', (number) => [number]),
            product: one('products', (number) => (number % 40) + 1),
            parentProduct: one('products', () => null),
            productUnit: one('productunits', () => 'each'),
            kitItemLineItems: none('orderproductkititemlineitems'),
            freeFormTaxCode: one('producttaxcodes', () => null),
        },
        filters: {},
    };
}
