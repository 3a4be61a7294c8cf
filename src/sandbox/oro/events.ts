import { listOf, listOfSegment, MANUAL_LIST } from './marketing-lists';
import type { Changes, RecordId } from './records';
import type { Settings, World } from './world';

/** One change of a record's attributes or relationships. */
export interface RecordChange extends RecordId {
    readonly attributes: Changes;
}

/** What can happen in the sandbox's Oro. `time` is the moment as Oro writes it. */
export type OroEvent =
    | {
          readonly kind: 'oro.joined' | 'oro.left' | 'oro.optedOut' | 'oro.resubscribed';
          readonly list: number;
          readonly ids: readonly number[];
          readonly time: string;
      }
    | {
          readonly kind: 'oro.takenOff' | 'oro.putBack';
          readonly list: number;
          readonly ids: readonly number[];
          readonly time: string;
      }
    | { readonly kind: 'oro.changed'; readonly records: readonly RecordChange[]; readonly time: string }
    | { readonly kind: 'oro.removed' | 'oro.hidden' | 'oro.shown'; readonly records: readonly RecordId[] }
    | { readonly kind: 'oro.attributeVanished' | 'oro.attributeReturned'; readonly type: string; readonly name: string }
    | { readonly kind: 'oro.denied' | 'oro.allowed'; readonly types: readonly string[] }
    | { readonly kind: 'oro.settings'; readonly settings: Partial<Settings> }
    | { readonly kind: 'oro.rebuilt'; readonly segment: number; readonly time: string };

/** Resources that have `updatedAt`. */
const WITHOUT_TIMES = ['customergroups', 'marketinglisttypes', 'segmenttypes'];

function changeRecords(
    world: World,
    records: readonly RecordChange[],
    at: string,
    known: (type: string) => readonly string[],
): void {
    for (const { type, id, attributes } of records) {
        for (const name of Object.keys(attributes)) {
            if (!known(type).includes(name)) {
                world.records.customOf(type).add(name);
            }
        }
        const touched: Changes = WITHOUT_TIMES.includes(type) ? {} : { updatedAt: at };
        world.records.change(type, Number(id), { ...touched, ...attributes });
    }
}

function changeMembers(world: World, event: Extract<OroEvent, { list: number }>): void {
    const list = listOf(event.list);
    for (const id of list ? event.ids : []) {
        switch (event.kind) {
            case 'oro.optedOut':
                world.unsubscribed.add(event.list, id, event.time);
                break;
            case 'oro.resubscribed':
                world.unsubscribed.delete(event.list, id);
                break;
            case 'oro.takenOff':
                world.removed.add(event.list, id, event.time);
                break;
            case 'oro.putBack':
                world.removed.delete(event.list, id);
                break;
            default:
                setMember(world, event.list, id, event.kind === 'oro.joined', event.time);
        }
    }
}

function setMember(world: World, listId: number, id: number, member: boolean, at: string): void {
    const list = listOf(listId);
    if (listId === MANUAL_LIST) {
        member ? world.picked.add(listId, id, at) : world.picked.delete(listId, id);
    } else if (list) {
        world.lists.set(list, id, member);
    }
}

function changeVisibility(world: World, kind: string, { type, id }: RecordId): void {
    const number = Number(id);
    if (kind === 'oro.removed') {
        world.lists.remove(type, number, () => world.records.removedOf(type).add(number));
    } else if (kind === 'oro.hidden') {
        world.records.hiddenOf(type).add(number);
    } else {
        world.records.hiddenOf(type).delete(number);
    }
}

/**
 * Lets an event happen. The same events in the same order always give the same world.
 *
 * @param known the attributes and relationships of a type as Oro has them; a change of any other name adds an attribute
 */
export function apply(world: World, event: OroEvent, known: (type: string) => readonly string[]): void {
    switch (event.kind) {
        case 'oro.changed':
            changeRecords(world, event.records, event.time, known);
            break;
        case 'oro.removed':
        case 'oro.hidden':
        case 'oro.shown':
            for (const record of event.records) {
                changeVisibility(world, event.kind, record);
            }
            break;
        case 'oro.attributeVanished':
            world.records.vanishedOf(event.type).add(event.name);
            break;
        case 'oro.attributeReturned':
            world.records.vanishedOf(event.type).delete(event.name);
            break;
        case 'oro.denied':
        case 'oro.allowed':
            for (const type of event.types) {
                event.kind === 'oro.denied' ? world.records.denied.add(type) : world.records.denied.delete(type);
            }
            break;
        case 'oro.settings':
            Object.assign(world.settings, event.settings);
            break;
        case 'oro.rebuilt': {
            const list = listOfSegment(event.segment);
            if (list) {
                world.lists.run(list, event.time);
            }
            break;
        }
        default:
            changeMembers(world, event);
    }
}
