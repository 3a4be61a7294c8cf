import type { NodeAPI } from 'node-red';
import { isPackageError } from '../../http/errors';
import { isTyped } from './bodies';
import { failureOf } from './failure';

/** One request of a dialog. */
export interface Call {
    readonly body: unknown;
    /** Aborted when the dialog does not wait any more, or after {@link ANSWER_WITHIN}. */
    readonly signal: AbortSignal;
}

/** Who may ask. `typed`: reading, or writing where the request carries values that were typed and not deployed. */
export type Permission = 'read' | 'write' | 'typed';

/** A person waits for the answer: the retries of the clients end here, with the failure that was being waited out. Milliseconds. */
const ANSWER_WITHIN = 30_000;

/**
 * Adds a route below `oro-dotdigital/` of the editor. A failure is an answer too: `{error: {code, text, values}}` with
 * status 200, since the dialog shows it as it shows everything else.
 */
export function addRoute(RED: NodeAPI, path: string, permission: Permission, answer: (call: Call) => Promise<object>): void {
    const mayRead = RED.auth.needsPermission('oro-dotdigital.read');
    const mayWrite = RED.auth.needsPermission('oro-dotdigital.write');
    RED.httpAdmin.post(
        `/oro-dotdigital/${path}`,
        (request, response, next) => {
            const writes = permission === 'write' || (permission === 'typed' && isTyped(request.body));
            (writes ? mayWrite : mayRead)(request, response, next);
        },
        (request, response) => {
            const gone = new AbortController();
            response.on('close', () => gone.abort());
            const signal = AbortSignal.any([gone.signal, AbortSignal.timeout(ANSWER_WITHIN)]);
            // The promise must exist before anything can throw: a failure here must not end the process.
            Promise.resolve()
                .then(() => answer({ body: request.body, signal }))
                .catch((error: unknown) => {
                    if (!isPackageError(error)) RED.log.error(`oro-dotdigital ${path}: ${placeOf(error)}`);
                    return { error: failureOf(error) };
                })
                .then((result) => {
                    if (!response.destroyed) response.json(result);
                })
                .catch(() => response.destroy());
        },
    );
}

/** Where an unexpected error came from, without its message, which may hold data. */
function placeOf(error: unknown): string {
    if (!(error instanceof Error)) return typeof error;
    const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
    return [error.name, ...frames.slice(0, 4).map((line) => line.trim())].join(' ');
}
