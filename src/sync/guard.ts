/** So few people may leave at once whatever the percentage. */
const ALWAYS_ALLOWED = 10;

/** What is known when the reading has ended. */
export interface Leaving {
    /** People who are no longer in the audience. */
    readonly leaving: number;
    /** People who were on the list before. */
    readonly before: number;
    /** Members of the audience now. */
    readonly members: number;
    readonly maxLeavePercent: number;
    /** Number released by the message that started the run; null when it said nothing. */
    readonly allowLeaving: number | null;
}

/** True when the leaving people are held back: more than allowed, or the audience became empty. */
export function leavingIsHeld({ leaving, before, members, maxLeavePercent, allowLeaving }: Leaving): boolean {
    if (leaving === 0) return false;
    if (allowLeaving !== null && allowLeaving >= leaving) return false;
    if (members === 0) return true;
    return leaving > ALWAYS_ALLOWED && leaving * 100 > maxLeavePercent * before;
}
