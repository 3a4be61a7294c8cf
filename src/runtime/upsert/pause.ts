import { PackageError } from '../../http/errors';
import { packageError } from '../unexpected';

/** Waits, unless the node is closed meanwhile. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
        if (signal.aborted) {
            reject(stopped());
            return;
        }
        const timer = setTimeout(() => {
            signal.removeEventListener('abort', abort);
            resolve();
        }, milliseconds);
        function abort() {
            clearTimeout(timer);
            reject(stopped());
        }
        signal.addEventListener('abort', abort, { once: true });
    });
}

/** The node was closed while something was on its way. */
export function stopped(): PackageError {
    return new PackageError('stopped', 'The node was stopped while records were on their way. They are offered again.', {
        retryable: true,
    });
}

/** Why something failed. Whatever was cut off because the node was closed is `stopped`, so that it is offered again at once. */
export function failureOf(error: unknown, signal: AbortSignal): PackageError {
    if (signal.aborted) return stopped();
    return packageError(error);
}

/** Waits for something that others wait for too, and that goes on when this node is closed. */
export function unlessAborted<T>(shared: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    // Nobody may be left to hear of a failure.
    shared.catch(() => undefined);
    if (signal === undefined) return shared;
    return new Promise((resolve, reject) => {
        const stop = () => reject(stopped());
        if (signal.aborted) stop();
        signal.addEventListener('abort', stop, { once: true });
        shared.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
    });
}
