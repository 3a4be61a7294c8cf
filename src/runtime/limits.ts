import type { RetryRules } from '../http/http';

/**
 * Times after which the nodes give up. `oroDotdigitalLimits` in Node-RED's settings file changes them, so that tests and
 * very slow accounts need not wait.
 */
export interface Limits {
    /** An import that has not ended by then is given up, in milliseconds. Also how long an import without an answer may still land. */
    readonly importDeadline: number;
    /** How long a single call that was never answered may still take effect, in milliseconds: Dotdigital's time-out with a margin. */
    readonly callDeadline: number;
    /** Waiting times between two looks at an import, in milliseconds; the last one goes on. */
    readonly pollAfter: readonly number[];
    /** Up to this number contacts are written, or taken off a list, one by one: answered at once, without an import. */
    readonly singly: number;
    /** How long single messages are gathered, in milliseconds. */
    readonly gather: number;
    /** Contacts in one import. */
    readonly importSize: number;
    /**
     * How long the end of a run waits for messages of which nobody knows whether they will move any more, in milliseconds: what
     * a join waits to complete, what a node that a deploy replaced had held, what a function may send after it has finished.
     */
    readonly grace: number;
    /** How long the start of an import waits while as many are active as the account allows, in milliseconds. */
    readonly slotWait: number;
    /** Time-out of a single request in milliseconds; null: what each service needs. */
    readonly requestTimeout: number | null;
    /** How failed requests are repeated, where it differs from what is usual. */
    readonly retry: Partial<RetryRules>;
}

const DEFAULTS: Limits = {
    importDeadline: 2 * 3600 * 1000,
    callDeadline: 180 * 1000,
    pollAfter: [200, 300, 500, 800, 1000, 1000, 1000, 1000, 1000, 2000, 2000, 3000, 5000, 5000, 10_000, 15_000],
    singly: 5,
    gather: 150,
    // Large enough that 100 000 contacts take 20, small enough that one comes back within seconds.
    importSize: 5000,
    grace: 5000,
    slotWait: 5000,
    requestTimeout: null,
    retry: {},
};

/** The limits in force. */
export function limitsFrom(settings: unknown): Limits {
    const changed = (settings as { oroDotdigitalLimits?: Partial<Limits> } | undefined)?.oroDotdigitalLimits ?? {};
    return { ...DEFAULTS, ...changed };
}
