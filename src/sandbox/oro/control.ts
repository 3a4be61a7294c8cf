import { COMMANDS } from './command';
import type { OroEvent, RecordChange } from './events';
import { type ListDefinition, listOf, MAIN_LIST, MANUAL_LIST } from './marketing-lists';
import { isOrdinary, lastNameOf } from './people';
import type { Changes, RecordId } from './records';
import type { World } from './world';

/** A command that the sandbox does not understand. */
export class CommandError extends Error {}

const SWITCHES = ['webApi', 'maintenance', 'stagingPassword', 'stock', 'audienceFile', 'tokenLifetime'] as const;

/** The people that commands with a number choose begin behind these: the first ones are the ones Dotdigital may know already. */
const FIRST_CHOSEN = 20;

/** What an obeyed command answers, and the events it stands for. */
export interface Obeyed {
    readonly events: readonly OroEvent[];
    readonly answer: Record<string, unknown>;
}

type Command = Readonly<Record<string, unknown>>;

function isMember(world: World, list: ListDefinition, number: number): boolean {
    return list.id === MANUAL_LIST ? world.picked.has(list.id, number) : world.lists.matches(list, number);
}

function isPlainMember(world: World, list: ListDefinition, number: number): boolean {
    return (
        isMember(world, list, number) &&
        isOrdinary(number) &&
        world.records.isVisible(list.type, number) &&
        !world.unsubscribed.has(list.id, number) &&
        !world.removed.has(list.id, number)
    );
}

function ascending(world: World, list: ListDefinition, count: number, suits: (number: number) => boolean): number[] {
    const numbers = world.lists.existing(list.type);
    const chosen: number[] = [];
    for (const start of [FIRST_CHOSEN, 0]) {
        for (let number = numbers.next(start); number !== 0 && chosen.length < count; number = numbers.next(number)) {
            if (suits(number) && !chosen.includes(number)) {
                chosen.push(number);
            }
        }
    }
    return chosen;
}

/** The last ones, so that they are others than those who change. */
function descending(world: World, list: ListDefinition, count: number, suits: (number: number) => boolean): number[] {
    const numbers = world.lists.existing(list.type);
    let last = 0;
    for (let number = numbers.next(0); number !== 0; number = numbers.next(number)) {
        last = number;
    }
    const chosen: number[] = [];
    for (let number = last; number > 0 && chosen.length < count; number -= 1) {
        if (suits(number)) {
            chosen.push(number);
        }
    }
    return chosen.reverse();
}

function ids(value: unknown, choose: (count: number) => number[], name: string): number[] {
    if (typeof value === 'number') {
        return choose(value);
    }
    if (Array.isArray(value) && value.every((id) => Number.isInteger(Number(id)))) {
        return value.map(Number);
    }
    throw new CommandError(`oro.${name} must be a number or an array of ids.`);
}

function records(value: unknown, name: string): RecordId[] {
    if (!Array.isArray(value)) {
        throw new CommandError(`oro.${name} must be an array of {type, id}.`);
    }
    return value.map((record: { type?: unknown; id?: unknown }) => ({
        type: String(record.type ?? 'customerusers'),
        id: String(record.id),
    }));
}

function changedAttributes(world: World, list: ListDefinition, id: number, mark: number): Changes {
    return list.type === 'orders'
        ? { customerNotes: `note ${mark}` }
        : { lastName: `${lastNameOf(world.population.seed, id)}-${mark}` };
}

function changes(world: World, list: ListDefinition, value: unknown): RecordChange[] {
    if (Array.isArray(value) && value.some((each) => typeof each === 'object')) {
        return value.map((each: { type?: string; id: unknown; attributes?: RecordChange['attributes'] }) => ({
            type: each.type ?? 'customerusers',
            id: String(each.id),
            attributes: each.attributes ?? {},
        }));
    }
    const chosen = ids(value, (count) => ascending(world, list, count, (number) => isPlainMember(world, list, number)), 'change');
    const mark = world.records.changesOf(list.type).size + 1;
    return chosen.map((id) => ({
        type: list.type,
        id: String(id),
        attributes: changedAttributes(world, list, id, mark),
    }));
}

function memberEvents(world: World, command: Command, list: ListDefinition, time: string): OroEvent[] {
    const isFree = (number: number): boolean =>
        !isMember(world, list, number) && isOrdinary(number) && world.records.isVisible(list.type, number);
    const join = (count: number) => ascending(world, list, count, isFree);
    const leave = (count: number) => descending(world, list, count, (number) => isPlainMember(world, list, number));
    const some = (count: number) => ascending(world, list, count, (number) => isPlainMember(world, list, number));
    const kinds = [
        ['join', 'oro.joined', join],
        ['leave', 'oro.left', leave],
        ['optOut', 'oro.optedOut', some],
        ['resubscribe', 'oro.resubscribed', () => []],
        ['takeOff', 'oro.takenOff', some],
        ['putBack', 'oro.putBack', () => []],
    ] as const;
    return kinds.flatMap(([name, kind, choose]): OroEvent[] =>
        command[name] === undefined ? [] : [{ kind, list: list.id, ids: ids(command[name], choose, name), time }],
    );
}

function recordEvents(command: Command): OroEvent[] {
    const kinds = [
        ['remove', 'oro.removed'],
        ['hide', 'oro.hidden'],
        ['show', 'oro.shown'],
    ] as const;
    return kinds.flatMap(([name, kind]): OroEvent[] =>
        command[name] === undefined ? [] : [{ kind, records: records(command[name], name) }],
    );
}

function rightEvents(command: Command): OroEvent[] {
    const events: OroEvent[] = [];
    for (const [name, kind] of [
        ['removeAttribute', 'oro.attributeVanished'],
        ['restoreAttribute', 'oro.attributeReturned'],
    ] as const) {
        const attribute = command[name] as { type?: string; name?: string } | undefined;
        if (attribute) {
            events.push({ kind, type: attribute.type ?? 'customerusers', name: String(attribute.name) });
        }
    }
    for (const [name, kind] of [
        ['deny', 'oro.denied'],
        ['allow', 'oro.allowed'],
    ] as const) {
        if (Array.isArray(command[name])) {
            events.push({ kind, types: command[name].map(String) });
        }
    }
    const settings = Object.fromEntries(
        SWITCHES.filter((name) => command[name] !== undefined).map((name) => [name, command[name]]),
    );
    if (Object.keys(settings).length > 0) {
        events.push({ kind: 'oro.settings', settings });
    }
    return events;
}

/**
 * Translates a control command (see {@link ./command}) into events.
 *
 * @returns the events, and for each command the ids it means
 * @throws CommandError
 */
export function obey(world: World, command: Command, time: string): Obeyed {
    const unknown = Object.keys(command).find((name) => !(name in COMMANDS));
    if (unknown !== undefined) {
        throw new CommandError(`oro.${unknown} is not a command of the sandbox.`);
    }
    const list = listOf(Number(command['list'] ?? MAIN_LIST));
    if (!list) {
        throw new CommandError(`oro.list must be the id of a marketing list.`);
    }
    const answer: Record<string, unknown> = {};
    const events = [...rightEvents(command), ...recordEvents(command), ...memberEvents(world, command, list, time)];
    if (command['change'] !== undefined) {
        events.push({ kind: 'oro.changed', records: changes(world, list, command['change']), time });
    }
    if (Array.isArray(command['rebuild'])) {
        events.push(...command['rebuild'].map((segment): OroEvent => ({ kind: 'oro.rebuilt', segment: Number(segment), time })));
    }
    for (const event of events) {
        const name = event.kind.slice('oro.'.length);
        if ('ids' in event) {
            answer[name] = event.ids;
        } else if (event.kind === 'oro.changed') {
            answer[name] = event.records.map((record) => Number(record.id));
        }
    }
    return { events, answer };
}
