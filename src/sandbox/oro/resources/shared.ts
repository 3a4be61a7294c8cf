import { createdText, updatedText } from '../people';
import { constant, none, one, type Relation, type Value } from '../resource';
import type { World } from '../world';

/** Numbers that make the times of each resource differ. */
export const TIME_SALT: Readonly<Record<string, number>> = {
    customerusers: 0,
    customers: 1,
    contacts: 2,
    leads: 3,
    orders: 4,
    customeruseraddresses: 5,
    quotes: 6,
    rfqs: 7,
    tags: 8,
    segments: 9,
    marketinglists: 10,
};

/** `createdAt` and `updatedAt`. */
export function times(world: World, type: string): Record<string, (number: number) => Value> {
    const { seed, anchor } = world.population;
    const salt = TIME_SALT[type] ?? 0;
    return {
        createdAt: (number) => createdText(seed, salt, number, anchor),
        updatedAt: (number) => updatedText(seed, salt, number, anchor),
    };
}

/** What Oro counts about mails to a person. The sandbox sends none. */
export function contacted(): Record<string, () => Value> {
    return constant(
        null,
        'lastContactedDate',
        'lastContactedDateIn',
        'lastContactedDateOut',
        'timesContacted',
        'timesContactedIn',
        'timesContactedOut',
    );
}

/** Parts of a name that nobody in the sandbox has. */
export function nameParts(): Record<string, () => Value> {
    return constant(null, 'namePrefix', 'middleName', 'nameSuffix');
}

/** The user who owns the record and the organisation it belongs to. */
export function owned(world: World): Record<string, Relation> {
    return { owner: one('users', () => 1), organization: one('organizations', () => world.organizationId) };
}

/** Activities of a record, empty in the sandbox. */
export function activities(...names: ('Notes' | 'Emails' | 'Calls' | 'Tasks')[]): Record<string, Relation> {
    return Object.fromEntries(names.map((name) => [`activity${name}`, none(name === 'Tasks' ? 'tasks' : name.toLowerCase())]));
}
