import type { Oro } from './client';
import { resourceOfClass } from './entity-classes';
import { type Document, jsonApi, type Resource, recordIn, relatedTo, textOf } from './json-api';
import { keysetPages } from './pages';
import { type Query, queryParameters } from './query';
import { foundOrNamed } from './segments';

/** A marketing list of Oro. */
export interface MarketingList {
    readonly id: string;
    readonly name: string;
    /** `dynamic`: the condition is always current; `static`: frozen until it is rebuilt; `manual`: chosen one by one. */
    readonly kind: 'dynamic' | 'static' | 'manual';
    /** What its members are: `customerusers`, `contacts`, `orders`, …; '' for an entity that is not known. */
    readonly resource: string;
    /** Null for a manual list, or when the role may not read segments. */
    readonly segmentId: string | null;
    /** ISO date of the last rebuild of its segment, null when that never happened. */
    readonly refreshedAt: string | null;
}

const QUERY: Query = {
    fields: { marketinglists: ['name', 'entity', 'marketingListType', 'segment'], segments: ['name', 'lastRun'] },
    include: ['segment'],
};

/** @throws ServiceError `listsNotExposed` on a stock Oro, which does not show its marketing lists to the API */
export async function listMarketingLists(oro: Oro, signal?: AbortSignal): Promise<MarketingList[]> {
    const lists: MarketingList[] = [];
    for await (const page of keysetPages(oro, 'marketinglists', QUERY, {}, signal)) {
        lists.push(...page.data.map((list) => marketingListFrom(list, page.included)));
    }
    return lists;
}

/** @throws ServiceError `listNotFound`, or `listsNotExposed` on a stock Oro */
export async function getMarketingList(oro: Oro, id: string, signal?: AbortSignal): Promise<MarketingList> {
    const path = `/marketinglists/${encodeURIComponent(id)}`;
    const query = queryParameters(QUERY);
    const { body } = await foundOrNamed('marketing list', () =>
        jsonApi<Document<Resource> | undefined>(oro, { method: 'GET', path, query, signal }),
    );
    return marketingListFrom(recordIn(body, 'marketinglists'), body?.included);
}

/** Pages of members that people took out of a list by hand: they are not members, whatever its segment says. */
export function removedMembers(oro: Oro, listId: string, signal?: AbortSignal): AsyncGenerator<number[], void, undefined> {
    return entityIds(oro, 'marketinglistremoveditems', listId, signal);
}

/** Pages of members who unsubscribed from a list: they are members and must not be written to. */
export function unsubscribedMembers(oro: Oro, listId: string, signal?: AbortSignal): AsyncGenerator<number[], void, undefined> {
    return entityIds(oro, 'marketinglistunsubscribeditems', listId, signal);
}

/** Pages of members of a manual list. For other lists Oro keeps here whom it wrote to, which is not who is a member. */
export function manualMembers(oro: Oro, listId: string, signal?: AbortSignal): AsyncGenerator<number[], void, undefined> {
    return entityIds(oro, 'marketinglistitems', listId, signal);
}

async function* entityIds(
    oro: Oro,
    type: string,
    listId: string,
    signal?: AbortSignal,
): AsyncGenerator<number[], void, undefined> {
    const query = { filter: { marketingList: listId }, fields: { [type]: ['entityId'] } };
    for await (const page of keysetPages(oro, type, query, {}, signal)) {
        yield page.data.map(({ attributes }) => Number(attributes?.['entityId']));
    }
}

function marketingListFrom(list: Resource, included: readonly Resource[] = []): MarketingList {
    const kind = relatedTo(list, 'marketingListType')?.id;
    const segmentId = relatedTo(list, 'segment')?.id ?? null;
    const segment = included.find(({ type, id }) => type === 'segments' && id === segmentId);
    return {
        id: list.id,
        name: textOf(list, 'name'),
        kind: kind === 'static' || kind === 'manual' ? kind : 'dynamic',
        resource: resourceOfClass(textOf(list, 'entity')),
        segmentId,
        refreshedAt: textOf(segment, 'lastRun') || null,
    };
}
