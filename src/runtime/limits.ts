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
}

const DEFAULTS: Limits = {
    importDeadline: 2 * 3600 * 1000,
    callDeadline: 180 * 1000,
    pollAfter: [200, 300, 500, 800, 1000, 1000, 1000, 1000, 1000, 2000, 2000, 3000, 5000, 5000, 10_000, 15_000],
};

/** The limits in force. */
export function limitsFrom(settings: unknown): Limits {
    const changed = (settings as { oroDotdigitalLimits?: Partial<Limits> } | undefined)?.oroDotdigitalLimits ?? {};
    return { ...DEFAULTS, ...changed };
}
