/** The sandbox's clock: runs with the real one, shifted by what the `clock` commands asked for. */
export class Clock {
    /** Milliseconds ahead of the real clock. */
    offset = 0;
    private fixed: number | null = null;

    now(): Date {
        return new Date(this.fixed ?? Date.now() + this.offset);
    }

    advance(milliseconds: number): void {
        this.offset += milliseconds;
    }

    /** Sets the time; the clock runs on from there. */
    set(instant: Date): void {
        this.offset = instant.getTime() - Date.now();
    }

    /** Runs `work` with the clock standing at the given time: a replayed event happens when it happened. */
    at<T>(instant: Date, work: () => T): T {
        this.fixed = instant.getTime();
        try {
            return work();
        } finally {
            this.fixed = null;
        }
    }
}
