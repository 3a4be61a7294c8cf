import { SERVICE_NAMES, type Service, ServiceError } from './errors';
import { API_USAGE_EXCEEDED } from './retry';
import { type ServiceReason, serviceReason } from './service-reason';

/** An answer as it came. Names of headers are in lower case. */
export interface RawAnswer {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: Buffer;
}

interface Verdict {
    readonly code: string;
    readonly message: string;
    readonly retryable?: boolean;
}

/** Every wait for a job to end is answered 429 with a token of this form by Dotdigital's v3 API. */
const TOO_MANY_JOBS = /^\w+:(tooMany\w+)/;

/**
 * Decides whether an answer is a failure.
 *
 * @returns null for an answer that says yes (2xx and not a web page)
 */
export function answerFailure(service: Service, answer: RawAnswer): ServiceError | null {
    const { status } = answer;
    const page = isWebPage(answer);
    if (status >= 200 && status < 300 && !page) {
        return null;
    }
    const name = SERVICE_NAMES[service];
    const said = page ? serviceReason(Buffer.alloc(0)) : serviceReason(answer.body);
    const verdict = (page ? pageVerdict(name, answer) : null) ?? statusVerdict(name, answer, said);
    return new ServiceError(service, verdict.code, verdict.message, {
        status,
        retryable: verdict.retryable ?? false,
        details: known({ reason: said.reason, detail: said.detail, parameter: said.parameter }),
    });
}

/** True when the body is HTML, whatever the header says: a login page, a firewall, maintenance. */
export function isWebPage({ headers, body }: RawAnswer): boolean {
    const start = body.subarray(0, 200).toString('latin1').trimStart().toLowerCase();
    const html = (headers['content-type'] ?? '').toLowerCase().includes('text/html');
    return start.startsWith('<!doctype html') || start.startsWith('<html') || (html && start.startsWith('<'));
}

function pageVerdict(name: string, { status }: RawAnswer): Verdict | null {
    if (status === 503 || status === 415) {
        return { code: 'maintenance', message: `${name} is in maintenance mode. Try again later.`, retryable: true };
    }
    if (status === 401) {
        return stagingPassword(name);
    }
    if (status >= 500 || (status >= 300 && status < 400) || status === 429 || status === 407) {
        return null;
    }
    return {
        code: 'htmlAnswer',
        message: `${name} answered with a web page instead of data (status ${status}). Check that the address is the address of the service itself and that no login page or firewall stands before it.`,
    };
}

function statusVerdict(name: string, { status, headers }: RawAnswer, { reason, detail }: ServiceReason): Verdict {
    const tooMany = TOO_MANY_JOBS.exec(reason)?.[1];
    if (status === 429 && tooMany !== undefined) {
        return {
            code: tooMany,
            message: `${name} works on as many jobs as it allows. Wait until one has ended.`,
            retryable: true,
        };
    }
    if (status === 429 || (status === 400 && reason === API_USAGE_EXCEEDED)) {
        return { code: 'rateLimited', message: `${name} allows no more requests for now. Try again later.`, retryable: true };
    }
    if (status < 400) {
        return {
            code: 'redirected',
            message: `${name} redirects to another address (status ${status}). Redirects are not followed; set the final address.`,
        };
    }
    if (status === 401) {
        return isBasic(headers) && name === SERVICE_NAMES.oro
            ? stagingPassword(name)
            : { code: 'unauthorised', message: `${name} refused the credentials. Check them.` };
    }
    if (status === 403) {
        return {
            code: 'forbidden',
            message: `${name} does not allow this (${why(reason, detail)}). Check the rights of the API user.`,
        };
    }
    if (status === 404) {
        return { code: 'notFound', message: `${name} does not know what was asked for (${why(reason, detail)}).` };
    }
    if (status === 407) {
        return {
            code: 'refused',
            message: `The proxy in front of ${name} wants a user name and password. Put them into HTTPS_PROXY.`,
        };
    }
    if (status === 409) {
        return { code: 'conflict', message: `${name} found a conflict with another record (${why(reason, detail)}).` };
    }
    if (status >= 500) {
        return {
            code: 'serviceUnavailable',
            message: `${name} failed to answer (status ${status}). Try again later.`,
            retryable: true,
        };
    }
    return { code: 'refused', message: `${name} refused the request with status ${status} (${why(reason, detail)}).` };
}

function stagingPassword(name: string): Verdict {
    return {
        code: 'stagingPassword',
        message: `A password stands before ${name}: its web server asks for one of its own. Ask for an address without it, or have the API paths left open.`,
    };
}

function isBasic(headers: Readonly<Record<string, string>>): boolean {
    return (headers['www-authenticate'] ?? '').toLowerCase().startsWith('basic');
}

function why(reason: string, detail: string): string {
    return [reason, detail].filter((text) => text !== '').join(': ') || 'no reason given';
}

function known(details: Readonly<Record<string, string>>): Record<string, string> {
    return Object.fromEntries(Object.entries(details).filter(([, text]) => text !== ''));
}
