import { setMaxListeners } from 'node:events';

/** A signal that follows others until it is let go. */
export interface LinkedSignal {
    readonly signal: AbortSignal;
    abort(): void;
    /** Stops following, so that long-lived sources do not collect listeners. */
    release(): void;
}

/** Links a signal to others: it is aborted, for the same reason, as soon as one of them is. */
export function linkedSignal(...candidates: readonly (AbortSignal | undefined)[]): LinkedSignal {
    const own = new AbortController();
    const links = candidates
        .filter((source) => source !== undefined)
        .map((source) => ({ source, follow: () => own.abort(source.reason) }));
    for (const { source, follow } of links) {
        // Many requests follow one signal at the same time; that is no leak.
        setMaxListeners(0, source);
        source.addEventListener('abort', follow, { once: true });
        if (source.aborted) {
            follow();
        }
    }
    return {
        signal: own.signal,
        abort: () => own.abort(),
        release() {
            for (const { source, follow } of links) {
                source.removeEventListener('abort', follow);
            }
        },
    };
}
