import { DAY, FIRST_NAMES, LAST_NAMES, mix, oroDay, oroTime, pick } from './generate';

/**
 * What is special about a person. The rest of the id by 100 decides, so that a test can name the people it means:
 * 41 has no e-mail; 46 to 48 have the address of the person four before them (46 in capitals, 47 with blanks around it);
 * 51 and 52 have opted out of the main list; 57 was taken off it by hand; 58 has an invalid address; 61 of the first of five
 * hundred has a last name of 1 200 characters; 62 and 63 have a phone without country code; 64 has an emoji in the name;
 * 66 to 68 have addresses with `+`, an apostrophe, and `%` and `/`.
 */
export type Peculiarity =
    | 'none'
    | 'withoutEmail'
    | 'shared'
    | 'duplicate'
    | 'optedOut'
    | 'removed'
    | 'invalid'
    | 'longName'
    | 'phoneWithoutCode'
    | 'emoji'
    | 'oddAddress';

const PECULIARITIES: ReadonlyMap<number, Peculiarity> = new Map<number, Peculiarity>([
    [41, 'withoutEmail'],
    [42, 'shared'],
    [43, 'shared'],
    [44, 'shared'],
    [46, 'duplicate'],
    [47, 'duplicate'],
    [48, 'duplicate'],
    [51, 'optedOut'],
    [52, 'optedOut'],
    [57, 'removed'],
    [58, 'invalid'],
    [62, 'phoneWithoutCode'],
    [63, 'phoneWithoutCode'],
    [64, 'emoji'],
    [66, 'oddAddress'],
    [67, 'oddAddress'],
    [68, 'oddAddress'],
]);

/** How far before a duplicate the person is who has the same address. */
export const DUPLICATE_DISTANCE = 4;

const LONG_NAME_EVERY = 500;
const LONG_NAME_REST = 61;
const LONG_NAME_LENGTH = 1_200;

/** What is special about the person of this id. */
export function peculiarityOf(id: number): Peculiarity {
    return id % LONG_NAME_EVERY === LONG_NAME_REST ? 'longName' : (PECULIARITIES.get(id % 100) ?? 'none');
}

/** True for people that nothing is wrong or odd about. */
export function isOrdinary(id: number): boolean {
    return peculiarityOf(id) === 'none';
}

const SALT = { first: 1, last: 2, domain: 3, birthday: 4, created: 5, updated: 6, phone: 7, logins: 8 };
const DOMAINS = ['example.com', 'example.org', 'example.net'];

/** The first name of the generated person. */
export function firstNameOf(seed: number, id: number): string {
    const name = pick(FIRST_NAMES, mix(seed, SALT.first, id))[0];
    return peculiarityOf(id) === 'emoji' ? `${name} 🎉` : name;
}

/** The last name of the generated person. */
export function lastNameOf(seed: number, id: number): string {
    const name = pick(LAST_NAMES, mix(seed, SALT.last, id))[0];
    return peculiarityOf(id) === 'longName' ? `${name}-`.repeat(LONG_NAME_LENGTH).slice(0, LONG_NAME_LENGTH) : name;
}

function plainAddress(seed: number, id: number, mark = ''): string {
    const first = pick(FIRST_NAMES, mix(seed, SALT.first, id))[1];
    const last = pick(LAST_NAMES, mix(seed, SALT.last, id))[1];
    return `${first}.${last}${mark}.${id}@${pick(DOMAINS, mix(seed, SALT.domain, id))}`;
}

function oddAddress(seed: number, id: number): string {
    const marks: Record<number, string> = { 66: '+shop', 67: "o'neil", 68: '%a/b' };
    return plainAddress(seed, id, marks[id % 100] ?? '');
}

function invalidAddress(seed: number, id: number): string {
    const name = plainAddress(seed, id);
    const forms = [name.replace('@', ' at '), name.replace('@', '@@'), name.slice(0, name.indexOf('@') + 1)];
    return pick(forms, Math.floor(id / 100));
}

/** The address of the generated person as Oro has it, `null` where there is none. */
export function emailOf(seed: number, id: number): string | null {
    switch (peculiarityOf(id)) {
        case 'withoutEmail':
            return null;
        case 'invalid':
            return invalidAddress(seed, id);
        case 'oddAddress':
            return oddAddress(seed, id);
        case 'duplicate': {
            const address = plainAddress(seed, id - DUPLICATE_DISTANCE);
            const forms: Record<number, string> = { 46: address.toUpperCase(), 47: ` ${address} ` };
            return forms[id % 100] ?? address;
        }
        default:
            return plainAddress(seed, id);
    }
}

/** The phone of the generated person, international unless that is what is special about them; `null` for one in thirteen. */
export function phoneOf(seed: number, id: number): string | null {
    const number = 1_000_000 + (mix(seed, SALT.phone, id) % 9_000_000);
    if (peculiarityOf(id) === 'phoneWithoutCode') {
        return `030 ${number}`;
    }
    return id % 13 === 0 ? null : `${id % 3 === 0 ? '+44 20' : '+49 30'} ${number}`;
}

/** The birthday of two people in three. */
export function birthdayOf(seed: number, id: number): string | null {
    return id % 3 === 0 ? null : oroDay(Date.UTC(1950, 0, 1) + (mix(seed, SALT.birthday, id) % 20_000) * DAY);
}

/** When a record was made: 40 to 1 040 days before the sandbox was. */
export function createdAtOf(seed: number, salt: number, id: number, anchor: number): number {
    const number = mix(seed, SALT.created + 16 * salt, id);
    return anchor - (40 + (number % 1_000)) * DAY - (number % 86_400) * 1_000;
}

/** When a record was last changed: up to 39 days after it was made. */
export function updatedAtOf(seed: number, salt: number, id: number, anchor: number): number {
    return createdAtOf(seed, salt, id, anchor) + (mix(seed, SALT.updated + 16 * salt, id) % (39 * 86_400)) * 1_000;
}

/** When a record was made, as text. */
export function createdText(seed: number, salt: number, id: number, anchor: number): string {
    return oroTime(createdAtOf(seed, salt, id, anchor));
}

/** When a record was last changed, as text. */
export function updatedText(seed: number, salt: number, id: number, anchor: number): string {
    return oroTime(updatedAtOf(seed, salt, id, anchor));
}
