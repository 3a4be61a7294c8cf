/** Resources of the API by the entity class that marketing lists and segments name. */
const RESOURCES: Readonly<Record<string, string>> = {
    'Oro\\Bundle\\CustomerBundle\\Entity\\CustomerUser': 'customerusers',
    'Oro\\Bundle\\CustomerBundle\\Entity\\Customer': 'customers',
    'Oro\\Bundle\\ContactBundle\\Entity\\Contact': 'contacts',
    'Oro\\Bundle\\AccountBundle\\Entity\\Account': 'accounts',
    'Oro\\Bundle\\SalesBundle\\Entity\\Lead': 'leads',
    'Oro\\Bundle\\SalesBundle\\Entity\\Opportunity': 'opportunities',
    'Oro\\Bundle\\SalesBundle\\Entity\\B2bCustomer': 'b2bcustomers',
    'Oro\\Bundle\\OrderBundle\\Entity\\Order': 'orders',
    'Oro\\Bundle\\SaleBundle\\Entity\\Quote': 'quotes',
    'Oro\\Bundle\\RFPBundle\\Entity\\Request': 'rfqs',
    'Oro\\Bundle\\ShoppingListBundle\\Entity\\ShoppingList': 'shoppinglists',
    'Oro\\Bundle\\CheckoutBundle\\Entity\\Checkout': 'checkouts',
    'Oro\\Bundle\\ContactUsBundle\\Entity\\ContactRequest': 'contactrequests',
    'Oro\\Bundle\\UserBundle\\Entity\\User': 'users',
};

/** The resource that holds the members of a list on this class, '' for a class that is not known. */
export function resourceOfClass(entityClass: string): string {
    return RESOURCES[entityClass] ?? '';
}
