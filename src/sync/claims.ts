/** A record and when it last changed; of several records with one address the newest speaks, a tie goes to the higher id. */
export interface Claimant {
    readonly id: number;
    readonly updatedAt: number;
}

/** True when `one` speaks for the address rather than `other`. */
export function outranks(one: Claimant, other: Claimant): boolean {
    return one.updatedAt !== other.updatedAt ? one.updatedAt > other.updatedAt : one.id > other.id;
}

/** The record that speaks for an address; null where nobody claims it. */
export function speaker<T extends Claimant>(claimants: readonly T[]): T | null {
    return claimants.reduce<T | null>((best, each) => (best === null || outranks(each, best) ? each : best), null);
}
