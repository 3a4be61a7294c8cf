import { PackageError } from './errors';
import type { HttpRequest } from './http';

const AGENT = 'oro-dotdigital-node-red';

/** The full address of a request. Names and values of the query are percent-encoded, brackets included. */
export function requestUrl(baseUrl: string, { path, query }: HttpRequest): string {
    if (!path.startsWith('/')) {
        throw new PackageError('settingsInvalid', 'The path of a request has to start with a slash.', {
            details: { property: 'path' },
        });
    }
    const pairs = Object.entries(query ?? {}).map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
    return pairs.length === 0 ? baseUrl + path : `${baseUrl}${path}${path.includes('?') ? '&' : '?'}${pairs.join('&')}`;
}

/** The body as it is sent: strings and Buffers as they are, everything else as JSON. */
export function requestBody({ body }: HttpRequest): string | Buffer | undefined {
    if (body === undefined || typeof body === 'string' || Buffer.isBuffer(body)) {
        return body;
    }
    return JSON.stringify(body);
}

/** Headers in lower case; the credentials win over what the request gives. */
export function requestHeaders(
    request: HttpRequest,
    body: string | Buffer | undefined,
    credentials: Readonly<Record<string, string>>,
): Record<string, string> {
    return {
        accept: request.expect === 'text' ? '*/*' : 'application/json',
        'user-agent': AGENT,
        ...lowerCase(request.headers),
        ...(body === undefined ? {} : { 'content-type': request.contentType ?? 'application/json' }),
        ...lowerCase(credentials),
    };
}

/** Kind of a call for the rate budget where the caller names none: method and the first three segments of the path. */
export function callKind({ method, path }: HttpRequest): string {
    return `${method} ${path.split(/[?/]/, 4).join('/')}`;
}

function lowerCase(headers: Readonly<Record<string, string>> | undefined): Record<string, string> {
    return Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
}
