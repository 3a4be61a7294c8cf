import { by, type Linked, MAX_RELATED, METHODS, one, type Resource, upTo } from '../resource';
import type { World } from '../world';
import { owned, times } from './shared';

/** A tag and which contacts and leads have it as generated. */
const TAGS: readonly { readonly name: string; has(number: number): boolean }[] = [
    { name: 'VIP', has: (number) => number % 5 === 1 },
    { name: 'Trade fair', has: (number) => number % 3 === 0 },
    { name: 'Everyone', has: () => true },
];

const TAGGABLE = ['contacts', 'leads'] as const;

/** The tags of a record, as ids. A change of `tags` replaces them. */
export function tagsOf(world: World, type: string, number: number): string[] {
    const changed = world.records.changed(type, number, 'tags');
    if (Array.isArray(changed)) {
        return changed.map(String);
    }
    return TAGS.flatMap((tag, index) => (tag.has(number) ? [String(index + 1)] : []));
}

/** The records with a tag: contacts first, then leads. Cut at 1 000 over all types, without saying so, as Oro does. */
function entitiesOf(world: World, tag: number): Linked[] {
    const found: Linked[] = [];
    for (const type of TAGGABLE) {
        const numbers = world.lists.existing(type);
        for (let number = numbers.next(0); number !== 0 && found.length < MAX_RELATED; number = numbers.next(number)) {
            if (world.records.isVisible(type, number) && tagsOf(world, type, number).includes(String(tag))) {
                found.push({ type, id: String(number) });
            }
        }
    }
    return found;
}

/** `tags`. Nothing can be filtered by its tags; the tag knows its records (`tags/{id}/relationships/entities`). */
export function tags(world: World): Resource {
    return {
        type: 'tags',
        numbers: upTo(TAGS.length, world.records.removedOf('tags')),
        methods: METHODS.full,
        attributes: { name: (tag) => TAGS[tag - 1]?.name ?? '', ...times(world, 'tags') },
        relations: {
            taxonomy: one('taxonomies', () => null),
            ...owned(world),
            entities: { type: '', many: true, filterable: false, read: (tag) => entitiesOf(world, tag) },
        },
        filters: { name: by('string') },
        title: (tag) => TAGS[tag - 1]?.name ?? '',
    };
}
