import type { ListItem, ListItems } from '../list-items';
import { LISTS, type ListDefinition, listOf, SEGMENT_OFFSET } from '../marketing-lists';
import { by, constant, METHODS, none, one, only, type Resource } from '../resource';
import type { World } from '../world';
import { owned, times } from './shared';

const definition = (number: number): ListDefinition => listOf(number) ?? (LISTS[0] as ListDefinition);

/** `marketinglists`, as `examples/oro/nodered_connector.yml` exposes them. `lastRun` stays null in Oro; the segment has it. */
export function marketingLists(world: World): Resource {
    return {
        type: 'marketinglists',
        numbers: only(
            LISTS.map((list) => list.id),
            world.records.removedOf('marketinglists'),
        ),
        methods: METHODS.read,
        attributes: {
            name: (number) => definition(number).name,
            description: () => null,
            entity: (number) => definition(number).entity,
            lastRun: () => null,
            ...times(world, 'marketinglists'),
            union: () => true,
        },
        relations: {
            marketingListType: one('marketinglisttypes', (number) => definition(number).kind),
            segment: one('segments', (number) => (definition(number).kind === 'manual' ? null : number + SEGMENT_OFFSET)),
            ...owned(world),
            tags: none('tags'),
        },
        filters: { name: by('string'), entity: by('string'), updatedAt: by('datetime') },
        title: (number) => definition(number).name,
    };
}

/** A type entity whose ids are names: `marketinglisttypes`, `segmenttypes`. */
export function kinds(type: string, names: readonly string[]): Resource {
    return {
        type,
        names,
        numbers: only(names.map((_, index) => index + 1)),
        methods: METHODS.read,
        attributes: { label: (number) => (names[number - 1] ?? '').replace(/^./, (letter) => letter.toUpperCase()) },
        relations: {},
        filters: { label: by('string') },
    };
}

/** What the three tables of records of a list have in common. */
function items(
    type: string,
    rows: ListItems,
): Pick<Resource, 'type' | 'numbers' | 'relations'> & { row(number: number): ListItem } {
    const row = (number: number): ListItem => rows.get(number) ?? { id: number, list: 0, entity: 0, at: '' };
    return {
        type,
        row,
        numbers: { next: (after) => rows.next(after), has: (number) => rows.get(number) !== undefined },
        relations: { marketingList: one('marketinglists', (number) => row(number).list) },
    };
}

/** `marketinglistitems`: the members of a manual list; of other lists, who was mailed by Oro. */
export function pickedItems(world: World): Resource {
    const { row, ...shared } = items('marketinglistitems', world.picked);
    return {
        ...shared,
        methods: METHODS.read,
        attributes: {
            entityId: (number) => row(number).entity,
            ...constant(null, 'contactedTimes', 'lastContactedAt'),
            createdAt: (number) => row(number).at,
        },
        filters: { entityId: by('integer') },
    };
}

/** `marketinglistremoveditems`: matching the conditions, but taken off the list by hand. */
export function removedItems(world: World): Resource {
    const { row, ...shared } = items('marketinglistremoveditems', world.removed);
    return {
        ...shared,
        methods: METHODS.items,
        attributes: { entityId: (number) => row(number).entity, createdAt: (number) => row(number).at },
        filters: { entityId: by('integer') },
    };
}

/** `marketinglistunsubscribeditems`: members who must not be mailed. */
export function unsubscribedItems(world: World): Resource {
    const { row, ...shared } = items('marketinglistunsubscribeditems', world.unsubscribed);
    return {
        ...shared,
        methods: METHODS.items,
        attributes: { entityId: (number) => row(number).entity, createdAt: (number) => row(number).at },
        filters: { entityId: by('integer'), createdAt: by('datetime') },
    };
}
