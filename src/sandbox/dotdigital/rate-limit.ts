import type { SandboxAnswer } from '../service';
import { v2Error } from './answers';

/** Which allowance a call is counted against; sends and polling are not limited. */
export type Tier = 'low' | 'medium' | 'high' | 'unlimited';

/** How calls are limited (Dotdigital: tiered for each minute and tier, or the deprecated flat scheme for each hour). */
export interface RateRules {
    readonly scheme: 'tiered' | 'flat' | 'none';
    /** Calls in a window: one number for each tier, or for all of them. */
    readonly limit: number | Readonly<Record<'low' | 'medium' | 'high', number>>;
    readonly windowMs: number;
    /** What `X-RateLimit-Reset` says: both meanings occur in the documentation. */
    readonly reset: 'epoch' | 'epochMs' | 'seconds';
}

export const GENEROUS: RateRules = { scheme: 'tiered', limit: 1_000_000, windowMs: 60_000, reset: 'epoch' };

interface Window {
    start: number;
    used: number;
}

/** Counts calls and refuses those beyond the allowance. */
export class RateLimiter {
    private windows = new Map<string, Window>();
    private rules: RateRules = GENEROUS;

    /** New rules begin with unused windows. */
    set(rules: Partial<RateRules>): void {
        this.rules = { ...GENEROUS, ...rules };
        this.windows = new Map();
    }

    /** @param now milliseconds of the sandbox's clock @returns the headers of the answer, and the refusal if there is one */
    count(tier: Tier, now: number): { headers: Record<string, string>; refusal: SandboxAnswer | null } {
        const { scheme } = this.rules;
        if (scheme === 'none' || (scheme === 'tiered' && tier === 'unlimited')) return { headers: {}, refusal: null };
        const window = this.window(scheme === 'flat' ? 'flat' : tier, now);
        const limit = this.limitOf(tier);
        const allowed = window.used < limit;
        if (allowed) window.used++;
        if (scheme === 'flat') return { headers: {}, refusal: allowed ? null : tooManyInTheHour() };
        const headers = {
            'x-ratelimit-limit': String(limit),
            'x-ratelimit-remaining': String(limit - window.used),
            'x-ratelimit-reset': this.resetText(window.start + this.rules.windowMs - now),
            'x-ratelimit-scope': `${tier}CallRate`,
        };
        return { headers, refusal: allowed ? null : { ...v2Error(429, 'API call rate limit exceeded.'), headers } };
    }

    /** For account-info's ApiCallsRemaining: 2000 calls an hour unless the flat scheme was set to something else. */
    remaining(now: number): { used: number; left: number } {
        if (this.rules.scheme !== 'flat') return { used: 0, left: 2000 };
        const { used } = this.window('flat', now);
        return { used, left: this.limitOf('low') - used };
    }

    private window(name: string, now: number): Window {
        let window = this.windows.get(name);
        if (!window || now >= window.start + this.rules.windowMs || now < window.start) {
            window = { start: now, used: 0 };
            this.windows.set(name, window);
        }
        return window;
    }

    private limitOf(tier: Tier): number {
        const { limit } = this.rules;
        if (typeof limit === 'number') return limit;
        return tier === 'unlimited' ? limit.low : limit[tier];
    }

    /** The header speaks of the caller's time: the real clock, whatever the sandbox's says. */
    private resetText(remainingMs: number): string {
        const seconds = Math.ceil(remainingMs / 1000);
        if (this.rules.reset === 'seconds') return String(seconds);
        const reset = Date.now() + remainingMs;
        return String(this.rules.reset === 'epochMs' ? reset : Math.ceil(reset / 1000));
    }
}

function tooManyInTheHour(): SandboxAnswer {
    const text = 'Your account has generated excess API activity and is being temporarily capped. Please contact support.';
    return v2Error(400, `${text} ERROR_APIUSAGE_EXCEEDED`);
}
