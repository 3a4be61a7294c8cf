import { certificateProblem } from './certificate';
import { type ErrorParts, SERVICE_NAMES, type Service, ServiceError } from './errors';

/** Marks a request that took longer than its time-out; set by the transport. */
export const TIMED_OUT = 'ETIMEDOUT';

const RESET = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED', 'ERR_STREAM_PREMATURE_CLOSE', 'ERR_STREAM_DESTROYED']);
const NOT_REACHED = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'ENETDOWN', 'EADDRNOTAVAIL']);
const TIMED = new Set([TIMED_OUT, 'ESOCKETTIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT']);

/**
 * The failure of a request that got no answer. Nothing of the original error is kept but its code, because the errors of
 * the transport hold the whole request with its credentials.
 */
export function networkFailure(service: Service, error: unknown): ServiceError {
    const code = codeOf(error);
    const text = error instanceof Error ? error.message : '';
    const name = SERVICE_NAMES[service];
    const failure = (kind: string, message: string, parts: ErrorParts = {}) =>
        new ServiceError(service, kind, message, { details: { reason: code }, ...parts });

    if (code === 'ERR_CANCELED' || code === 'ABORT_ERR') {
        return new ServiceError(service, 'aborted', `The request to ${name} was stopped.`);
    }
    if (code === 'ENOTFOUND' || code === 'EAI_NODATA' || code === 'EAI_NONAME') {
        return failure(
            'hostNotFound',
            `The host name in the address of ${name} does not exist. Check the address for a typing mistake.`,
        );
    }
    if (code === 'EAI_AGAIN') {
        return failure(
            'hostNotFound',
            `The host name of ${name} could not be looked up just now. Check the network and its name server.`,
            {
                retryable: true,
                details: { reason: code },
            },
        );
    }
    if (NOT_REACHED.has(code)) {
        return failure(
            'connectionRefused',
            `Nothing accepts connections at the address of ${name}. Check address and port, or wait until it runs again.`,
            {
                retryable: true,
                details: { reason: code },
            },
        );
    }
    const certificate = certificateProblem(code, text);
    if (certificate !== null) {
        return failure('certificate', `No secure connection to ${name}: ${certificate}`);
    }
    if (TIMED.has(code) || (code === 'ECONNABORTED' && text.includes('timeout'))) {
        return failure(
            'timeout',
            `${name} did not answer in time. Try again; if it happens often, read or write smaller batches.`,
            {
                retryable: true,
                details: { reason: code },
            },
        );
    }
    if (code.startsWith('HPE_') || text.includes('maxContentLength')) {
        return failure(
            'badAnswer',
            `${name} sent an answer that cannot be read. Check that the address is the one of the service itself.`,
        );
    }
    if (code === 'ERR_FR_MAX_BODY_LENGTH_EXCEEDED' || text.includes('maxBodyLength')) {
        return failure('refused', `The request is too big to be sent to ${name}. Use smaller batches.`);
    }
    const broken = RESET.has(code) || text.includes('aborted') || text.includes('socket hang up');
    return failure('connectionReset', `The connection to ${name} was cut${broken ? '' : ' or could not be made'}. Try again.`, {
        retryable: true,
        details: { reason: code },
    });
}

/**
 * The failure of a request that was given up from outside: a stop, a redeploy, a closed client. When a time limit
 * (`AbortSignal.timeout`) gave it up, the failure that was being waited out says more, or else it is a `timeout`.
 */
export function stoppedRequest(service: Service, signal: AbortSignal, waitedOut?: ServiceError): ServiceError {
    if (signal.reason instanceof DOMException && signal.reason.name === 'TimeoutError') {
        return waitedOut ?? networkFailure(service, { code: TIMED_OUT });
    }
    return networkFailure(service, { code: 'ERR_CANCELED' });
}

/** The code of an error or of what caused it, '' when there is none. A failure on several addresses has the code of the first. */
function codeOf(error: unknown): string {
    for (let current = error, depth = 0; typeof current === 'object' && current !== null && depth < 5; depth += 1) {
        const { code, cause, errors } = current as { code?: unknown; cause?: unknown; errors?: unknown };
        if (typeof code === 'string' && code !== 'ERR_NETWORK' && code !== 'ERR_BAD_RESPONSE' && code !== 'ERR_BAD_REQUEST') {
            return code;
        }
        current = cause ?? (Array.isArray(errors) ? errors[0] : undefined);
    }
    return '';
}
