import type { ServiceError } from './errors';
import { millisecondsToReset } from './rate-headers';

/** Limits of repeating a request. Times in milliseconds. */
export interface RetryRules {
    /** How often a request is sent at most when the network or the service fails. Rate limits and maintenance do not count. */
    readonly attempts: number;
    /** First wait after a failure of the network or the service; each further one is twice as long. */
    readonly firstWait: number;
    readonly longestWait: number;
    /** First wait when the calls of an hour are used up (`ERROR_APIUSAGE_EXCEEDED`); each further one is twice as long. */
    readonly usageWait: number;
    /** Sum of all waits of one request. */
    readonly deadline: number;
}

export const RETRY_RULES: RetryRules = {
    attempts: 6,
    firstWait: 1_000,
    longestWait: 60_000,
    usageWait: 60_000,
    deadline: 15 * 60_000,
};

/** Answer of Dotdigital's flat rate scheme (status 400) when the calls of an hour are used up. */
export const API_USAGE_EXCEEDED = 'ERROR_APIUSAGE_EXCEEDED';

/** The request was refused before anything was done with it, so that even a send may be repeated. */
const NEVER_HANDLED = new Set(['rateLimited', 'connectionRefused', 'hostNotFound']);
const COUNTED = new Set(['connectionRefused', 'hostNotFound', 'connectionReset', 'timeout', 'serviceUnavailable']);
const WAITED_OUT = new Set(['rateLimited', 'maintenance']);

/** What happened to a request so far. */
export interface FailedAttempt {
    /** Failures of this request including this one: 1, 2, … */
    readonly attempt: number;
    readonly failure: ServiceError;
    /** Of the answer; empty when there was none. */
    readonly headers: Readonly<Record<string, string>>;
    readonly repeatable: boolean;
    /** Milliseconds that this request has waited already. */
    readonly waited: number;
    /** Epoch in milliseconds. */
    readonly now: number;
    /** 0 to 1, spreads the waits of many clients. */
    readonly random: number;
}

/** Milliseconds to wait before the request is sent again, or null when it is not to be repeated. */
export function retryWait(failed: FailedAttempt, rules: RetryRules = RETRY_RULES): number | null {
    const { failure, attempt } = failed;
    const counted = COUNTED.has(failure.code);
    if (!failure.retryable || !(counted || WAITED_OUT.has(failure.code))) {
        return null;
    }
    if (!failed.repeatable && !NEVER_HANDLED.has(failure.code)) {
        return null;
    }
    if (counted && attempt >= rules.attempts) {
        return null;
    }
    const wait = waitFor(failed, rules);
    return failed.waited + wait <= rules.deadline ? wait : null;
}

function waitFor({ failure, attempt, headers, now, random }: FailedAttempt, rules: RetryRules): number {
    if (failure.details['reason'] === API_USAGE_EXCEEDED) {
        return rules.usageWait * 2 ** (attempt - 1);
    }
    const untilReset = failure.code === 'rateLimited' ? millisecondsToReset(headers, now) : null;
    if (untilReset !== null) {
        return untilReset;
    }
    const longest = Math.min(rules.longestWait, rules.firstWait * 2 ** (attempt - 1));
    return Math.round(longest * (0.5 + random / 2));
}
