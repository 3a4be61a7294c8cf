import { PackageError } from '../../http/errors';

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
