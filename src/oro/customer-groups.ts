import type { Oro } from './client';
import { type Document, jsonApi, listIn, textOf } from './json-api';
import { keysetPages } from './pages';
import { queryParameters } from './query';

/** A record to choose from. */
export interface NamedRecord {
    readonly id: string;
    readonly name: string;
}

const MOST_CUSTOMERS = 50;

/** All customer groups, in the order of their ids. */
export async function listCustomerGroups(oro: Oro, signal?: AbortSignal): Promise<NamedRecord[]> {
    const groups: NamedRecord[] = [];
    for await (const page of keysetPages(oro, 'customergroups', { fields: { customergroups: ['name'] } }, {}, signal)) {
        groups.push(...named(page));
    }
    return groups;
}

/**
 * Customers that Oro's search finds for a text, at most 50; without a text the first ones.
 *
 * @see OroCommerce, filter[searchText]
 */
export async function searchCustomers(oro: Oro, text: string, signal?: AbortSignal): Promise<NamedRecord[]> {
    const searched = text.trim();
    const query = queryParameters({
        filter: searched === '' ? {} : { searchText: searched },
        fields: { customers: ['name'] },
        size: MOST_CUSTOMERS,
    });
    const { body } = await jsonApi<Document | undefined>(oro, { method: 'GET', path: '/customers', query, signal });
    return named(listIn(body, 'customers'));
}

function named({ data }: Document): NamedRecord[] {
    return data.map((record) => ({ id: record.id, name: textOf(record, 'name') }));
}
