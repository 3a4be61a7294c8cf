import { unexpectedAnswer } from '../http/failures';
import type { Oro } from './client';
import { type Document, jsonApi, type ResourceId, textOf } from './json-api';
import { keysetPages } from './pages';

/** A tag that people put on records. */
export interface Tag {
    readonly id: string;
    readonly name: string;
}

/** Records of one type that carry a tag. */
export interface TaggedEntities {
    readonly ids: number[];
    /** True when Oro cut its answer off: more records carry the tag than are named here. */
    readonly truncated: boolean;
}

const MOST_TAGS = 100;
/** Oro cuts relationships off here, over all types together, and does not say so. */
const MOST_RELATED = 1_000;

/**
 * Tags whose name holds the text, at most 100. A stock Oro filters names by equality only, so they are compared here.
 *
 * @param search '' for all
 */
export async function listTags(oro: Oro, search: string, signal?: AbortSignal): Promise<Tag[]> {
    const wanted = search.trim().toLowerCase();
    const tags: Tag[] = [];
    for await (const page of keysetPages(oro, 'tags', { fields: { tags: ['name'] } }, {}, signal)) {
        const found = page.data
            .map((tag) => ({ id: tag.id, name: textOf(tag, 'name') }))
            .filter(({ name }) => name.toLowerCase().includes(wanted));
        tags.push(...found);
        if (tags.length >= MOST_TAGS) {
            return tags.slice(0, MOST_TAGS);
        }
    }
    return tags;
}

/** Ids of the records of one type that carry a tag. */
export async function taggedEntities(oro: Oro, tagId: string, type: string, signal?: AbortSignal): Promise<TaggedEntities> {
    const path = `/tags/${encodeURIComponent(tagId)}/relationships/entities`;
    const { body } = await jsonApi<Document<readonly ResourceId[]> | undefined>(oro, { method: 'GET', path, signal });
    if (!Array.isArray(body?.data)) {
        throw unexpectedAnswer('oro', 'tags');
    }
    const entities: readonly ResourceId[] = body.data;
    return {
        ids: entities.filter((entity) => entity.type === type).map(({ id }) => Number(id)),
        truncated: entities.length >= MOST_RELATED,
    };
}
