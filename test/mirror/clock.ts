const real = Date.now;
let ahead = 0;

/** Puts a clock that can jump ahead in the place of this process's, for deadlines of hours. Timers are not touched. */
export function takeClock(): void {
    Date.now = () => real() + ahead;
}

/** Lets the clock jump ahead, in milliseconds. */
export function advanceClock(milliseconds: number): void {
    ahead += milliseconds;
}

/** Gives the clock back. */
export function restoreClock(): void {
    ahead = 0;
    Date.now = real;
}
