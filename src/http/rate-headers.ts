/** What a service says about its limit in `X-RateLimit-*`. */
export interface RateState {
    /** Name of the counter, e.g. `lowCallRate`; '' when the service names none. */
    readonly scope: string;
    /** Calls of a window, where told. */
    readonly limit: number | null;
    /** Calls left in this window. */
    readonly remaining: number;
    /** Epoch in milliseconds, where told. */
    readonly resetAt: number | null;
}

const SHORTEST_WAIT = 1_000;
const LONGEST_WAIT = 120_000;
const SMALLEST_EPOCH_SECONDS = 1e9;
const SMALLEST_EPOCH_MILLISECONDS = 1e12;

/** The counter that an answer reports, or null when it reports none. */
export function rateState(headers: Readonly<Record<string, string>>, now: number): RateState | null {
    const remaining = count(headers['x-ratelimit-remaining']);
    if (remaining === null) {
        return null;
    }
    const untilReset = millisecondsToReset(headers, now);
    return {
        scope: headers['x-ratelimit-scope'] ?? '',
        limit: count(headers['x-ratelimit-limit']),
        remaining,
        resetAt: untilReset === null ? null : now + untilReset,
    };
}

/**
 * Milliseconds until the window of the limit ends, 1 to 120 seconds, or null when the answer does not tell.
 *
 * Both are met in the wild: an epoch (in seconds or milliseconds) and seconds from now. An epoch is compared with the
 * service's own `Date`, so that a wrong clock on this side does not matter.
 */
export function millisecondsToReset(headers: Readonly<Record<string, string>>, now: number): number | null {
    const reset = count(headers['x-ratelimit-reset'] ?? headers['retry-after']);
    if (reset === null) {
        return null;
    }
    const clock = Date.parse(headers['date'] ?? '') || now;
    let wait = reset * 1_000;
    if (reset > SMALLEST_EPOCH_MILLISECONDS) {
        wait = reset - clock;
    } else if (reset > SMALLEST_EPOCH_SECONDS) {
        wait = reset * 1_000 - clock;
    }
    return Math.min(LONGEST_WAIT, Math.max(SHORTEST_WAIT, wait));
}

function count(text: string | undefined): number | null {
    const value = text === undefined || text.trim() === '' ? Number.NaN : Number(text);
    return Number.isFinite(value) && value >= 0 ? value : null;
}
