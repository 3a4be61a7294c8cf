import type { SeedPerson } from '../service';
import { LISTS, MAIN_LIST } from './marketing-lists';
import { DUPLICATE_DISTANCE, emailOf, firstNameOf, isOrdinary, lastNameOf, type Peculiarity, peculiarityOf } from './people';
import type { World } from './world';

/** What is known about the people of the main list as they were generated, before any change. */
export interface SeedNumbers {
    /** Members without those taken off by hand: what a mirror has to account for. */
    readonly members: number;
    /** Rows of the segment, those taken off by hand among them. */
    readonly matching: number;
    readonly withoutEmail: number;
    /** Records whose address another member has too, each pair counted once. */
    readonly duplicates: number;
    readonly optedOut: number;
    readonly removed: number;
    readonly invalid: number;
    readonly longNames: number;
    readonly phonesWithoutCode: number;
    readonly emoji: number;
    readonly oddAddresses: number;
    /** Different valid addresses of members who have not opted out: what a mirror can deliver, were nobody suppressed. */
    readonly deliverable: number;
}

/** Counts the generated people of the main list by what is special about them. */
export function seedNumbers(size: number): SeedNumbers {
    const main = LISTS.find((list) => list.id === MAIN_LIST);
    const counts = new Map<Peculiarity, number>();
    let matching = 0;
    let duplicates = 0;
    for (let person = 1; person <= size; person += 1) {
        if (!main?.matches(person)) {
            continue;
        }
        matching += 1;
        const peculiarity = peculiarityOf(person);
        counts.set(peculiarity, (counts.get(peculiarity) ?? 0) + 1);
        duplicates += peculiarity === 'duplicate' && main.matches(person - DUPLICATE_DISTANCE) ? 1 : 0;
    }
    const count = (peculiarity: Peculiarity): number => counts.get(peculiarity) ?? 0;
    const members = matching - count('removed');
    const numbers = {
        members,
        matching,
        withoutEmail: count('withoutEmail'),
        duplicates,
        optedOut: count('optedOut'),
        removed: count('removed'),
        invalid: count('invalid'),
    };
    return {
        ...numbers,
        longNames: count('longName'),
        phonesWithoutCode: count('phoneWithoutCode'),
        emoji: count('emoji'),
        oddAddresses: count('oddAddress'),
        deliverable: members - numbers.withoutEmail - numbers.duplicates - numbers.optedOut - numbers.invalid,
    };
}

/** The first members of the main list that nothing is wrong with, as they were generated. */
export function seedPeople(world: Pick<World, 'population'>, count: number): SeedPerson[] {
    const { seed, people } = world.population;
    const main = LISTS.find((list) => list.id === MAIN_LIST);
    const found: SeedPerson[] = [];
    for (let id = 1; id <= people && found.length < count; id += 1) {
        const email = main?.matches(id) && isOrdinary(id) ? emailOf(seed, id) : null;
        if (email !== null) {
            found.push({ id, email, firstName: firstNameOf(seed, id), lastName: lastNameOf(seed, id) });
        }
    }
    return found;
}
