import { isPackageError, ServiceError } from '../http/errors';
import type { Oro } from './client';
import { resourceOfClass } from './entity-classes';
import { type Document, jsonApi, type Resource, recordIn, relatedTo, textOf } from './json-api';
import { countOf, keysetPages } from './pages';
import { queryParameters } from './query';

/** A segment: the stored condition that selects the members of a marketing list, or one made for itself. */
export interface Segment {
    readonly id: string;
    readonly name: string;
    readonly kind: 'dynamic' | 'static';
    /** `customerusers`, `contacts`, `orders`, …; '' for an entity that is not known. */
    readonly resource: string;
    /** ISO date of the last rebuild of its members, null when they were never built. */
    readonly refreshedAt: string | null;
}

/** Members of a segment, in the order of their ids. */
export interface SegmentMembers {
    readonly ids: number[];
    /** True for the last page. */
    readonly complete: boolean;
}

const FIELDS = { segments: ['name', 'entity', 'lastRun', 'segmentType'] };

/** @throws ServiceError `listsNotExposed` when the shop does not show segments to the API */
export async function listSegments(oro: Oro, signal?: AbortSignal): Promise<Segment[]> {
    const segments: Segment[] = [];
    for await (const page of keysetPages(oro, 'segments', { fields: FIELDS }, {}, signal)) {
        segments.push(...page.data.map(segmentFrom));
    }
    return segments;
}

/** @throws ServiceError `listNotFound`, or `listsNotExposed` when the shop does not show segments to the API */
export async function getSegment(oro: Oro, id: string, signal?: AbortSignal): Promise<Segment> {
    const path = `/segments/${encodeURIComponent(id)}`;
    const query = queryParameters({ fields: FIELDS });
    const { body } = await foundOrNamed('segment', () =>
        jsonApi<Document<Resource> | undefined>(oro, { method: 'GET', path, query, signal }),
    );
    return segmentFrom(recordIn(body, 'segments'));
}

/**
 * Builds the members of a segment anew, of a static one as well as of a dynamic one (whose members are stored nowhere
 * before). All rows get new ids; doing it twice does no harm.
 *
 * @see OroCommerce, POST /admin/api/rest/latest/marketinglists/{segment}/segments/runs.json, which takes the id of the
 *   segment in spite of its path; its twin below segments/ refuses even administrators
 */
export async function rebuildSegment(oro: Oro, segmentId: string, signal?: AbortSignal): Promise<void> {
    const path = `${oro.legacyPath}/marketinglists/${encodeURIComponent(segmentId)}/segments/runs.json`;
    await foundOrNamed('segment', () => oro.http.request({ method: 'POST', path, expect: 'nothing', repeatable: true, signal }));
}

/**
 * Reads the members of a segment by their own ids, which survive a rebuild (the ids of the rows do not).
 *
 * @param after last id that is known already
 */
export async function* segmentMembers(
    oro: Oro,
    segmentId: string,
    { after, size }: { readonly after?: number | undefined; readonly size?: number | undefined } = {},
    signal?: AbortSignal,
): AsyncGenerator<SegmentMembers, void, undefined> {
    const query = { filter: { segment: segmentId }, fields: { segmentsnapshots: ['integerEntityId'] } };
    for await (const page of keysetPages(oro, 'segmentsnapshots', query, { key: 'integerEntityId', after, size }, signal)) {
        yield {
            ids: page.data.map(({ attributes }) => Number(attributes?.['integerEntityId'])),
            complete: page.links?.next === undefined,
        };
    }
}

/** Number of members at the last rebuild. */
export function segmentMemberCount(oro: Oro, segmentId: string, signal?: AbortSignal): Promise<number> {
    return countOf(oro, 'segmentsnapshots', { segment: segmentId }, signal);
}

/** Runs a request for one list or segment and says so when there is none with this id. */
export async function foundOrNamed<T>(what: 'marketing list' | 'segment', request: () => Promise<T>): Promise<T> {
    try {
        return await request();
    } catch (error) {
        const missing =
            isPackageError(error) && (error.code === 'notFound' || error.details['reason'] === 'entity identifier constraint');
        if (missing) {
            throw new ServiceError(
                'oro',
                'listNotFound',
                `OroCommerce has no ${what} with this id. It may have been deleted; choose another one.`,
                {
                    status: 404,
                },
            );
        }
        throw error;
    }
}

function segmentFrom(segment: Resource): Segment {
    return {
        id: segment.id,
        name: textOf(segment, 'name'),
        kind: relatedTo(segment, 'segmentType')?.id === 'static' ? 'static' : 'dynamic',
        resource: resourceOfClass(textOf(segment, 'entity')),
        refreshedAt: textOf(segment, 'lastRun') || null,
    };
}
