import { rateState } from './rate-headers';

/** Milliseconds by which two answers of one window may differ, because the service rounds to seconds. */
const ROUNDING = 2_000;

interface Counter {
    limit: number | null;
    /** Calls that may still be sent in this window, those on the way already taken off. */
    remaining: number;
    /** Epoch in milliseconds; null when the end of the window is not known. */
    resetAt: number | null;
    onTheWay: number;
}

/**
 * The calls that a service still allows, learned from its answers, so that a client waits instead of being refused.
 *
 * A service counts in tiers (`X-RateLimit-Scope`) and tells the tier only in the answer. So each kind of call is held
 * against the tier that its last answer named; a kind that was never answered is not held back.
 */
export class RateBudget {
    private readonly counters = new Map<string, Counter>();
    private readonly scopeOf = new Map<string, string>();

    /** Milliseconds to wait before a call of this kind. 0 means that the call is counted as sent: {@link learn} or {@link giveBack} must follow. */
    take(kind: string, now: number): number {
        const counter = this.counterOf(kind);
        if (counter === undefined) {
            return 0;
        }
        if (counter.resetAt !== null && counter.resetAt <= now) {
            startWindow(counter);
        }
        if (counter.remaining <= 0 && counter.resetAt !== null) {
            return counter.resetAt - now;
        }
        counter.remaining -= 1;
        counter.onTheWay += 1;
        return 0;
    }

    /** Takes back a call that was counted as sent and then was not. */
    giveBack(kind: string): void {
        const counter = this.counterOf(kind);
        if (counter !== undefined) {
            counter.remaining += 1;
            counter.onTheWay = Math.max(0, counter.onTheWay - 1);
        }
    }

    /** Takes in what an answer says; without headers (no answer) the call is only no longer on the way. */
    learn(kind: string, headers: Readonly<Record<string, string>>, now: number): void {
        const before = this.counterOf(kind);
        if (before !== undefined) {
            before.onTheWay = Math.max(0, before.onTheWay - 1);
        }
        const state = rateState(headers, now);
        if (state === null) {
            return;
        }
        this.scopeOf.set(kind, state.scope);
        const counter = this.counters.get(state.scope);
        if (counter === undefined) {
            this.counters.set(state.scope, {
                limit: state.limit,
                remaining: state.remaining,
                resetAt: state.resetAt,
                onTheWay: 0,
            });
            return;
        }
        // Answers may overtake each other: within one window the number of calls left can only fall.
        const left = state.remaining - counter.onTheWay;
        const sameWindow = counter.resetAt !== null && now < counter.resetAt && !endsLater(state.resetAt, counter.resetAt);
        counter.remaining = sameWindow ? Math.min(counter.remaining, left) : left;
        counter.limit = state.limit ?? counter.limit;
        counter.resetAt = sameWindow ? earlier(counter.resetAt, state.resetAt) : state.resetAt;
    }

    private counterOf(kind: string): Counter | undefined {
        const scope = this.scopeOf.get(kind);
        return scope === undefined ? undefined : this.counters.get(scope);
    }
}

function endsLater(resetAt: number | null, than: number): boolean {
    return resetAt !== null && resetAt - than > ROUNDING;
}

function earlier(one: number | null, other: number | null): number | null {
    return one === null || other === null ? one : Math.min(one, other);
}

function startWindow(counter: Counter): void {
    counter.remaining = (counter.limit ?? Number.POSITIVE_INFINITY) - counter.onTheWay;
    counter.resetAt = null;
}
