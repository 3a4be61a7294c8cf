import { oroTime } from './generate';
import { ListItems } from './list-items';
import { LISTS, MAIN_LIST, MANUAL_LIST, Memberships, VIP_LIST } from './marketing-lists';
import { peculiarityOf } from './people';
import { type Population, populationOf } from './population';
import { Records } from './records';

/** Switches of the installation. */
export interface Settings {
    /** System Configuration: "Enable Web API". Off on a new installation. */
    webApi: boolean;
    maintenance: boolean;
    /** A password in front of the whole site, as staging systems have it. */
    stagingPassword: boolean;
    /** True: marketing lists and segments are not exposed. */
    stock: boolean;
    /** True: customer users can be filtered and sorted by their times (`examples/oro/nodered_connector_audience.yml`). */
    audienceFile: boolean;
    /** Seconds. */
    tokenLifetime: number;
}

/** Everything the sandbox's Oro knows. */
export interface World {
    readonly population: Population;
    readonly records: Records;
    readonly lists: Memberships;
    readonly unsubscribed: ListItems;
    readonly removed: ListItems;
    readonly picked: ListItems;
    readonly settings: Settings;
    readonly organizationId: number;
}

/** Oro's token lifetime on a stock system, seconds. */
export const TOKEN_LIFETIME = 3_600;

const PICKED = [1, 2, 3, 6, 11];

/** The world as it is before anything happened. */
export function createWorld(size: number, seed: number, anchor: number, organizationId: number, stock: boolean): World {
    const population = populationOf(size, seed, anchor);
    const records = new Records();
    const world: World = {
        population,
        records,
        lists: new Memberships(population, records),
        unsubscribed: new ListItems(),
        removed: new ListItems(),
        picked: new ListItems(),
        settings: {
            webApi: true,
            maintenance: false,
            stagingPassword: false,
            stock,
            audienceFile: false,
            tokenLifetime: TOKEN_LIFETIME,
        },
        organizationId,
    };
    const at = oroTime(anchor);
    for (let person = 1; person <= size; person += 1) {
        const peculiarity = person % 100 > 50 && person % 100 < 58 ? peculiarityOf(person) : 'none';
        if (peculiarity === 'optedOut') {
            world.unsubscribed.add(MAIN_LIST, person, at);
        } else if (peculiarity === 'removed') {
            world.removed.add(MAIN_LIST, person, at);
        }
    }
    for (const person of PICKED.filter((person) => person <= size)) {
        world.picked.add(MANUAL_LIST, person, at);
    }
    const vip = LISTS.find((list) => list.id === VIP_LIST);
    if (vip) {
        world.lists.run(vip, at);
    }
    return world;
}
