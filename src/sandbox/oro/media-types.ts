import type { SandboxRequest } from '../service';
import { JSON_API, refuse } from './refusal';

/** What the headers of a request ask for. */
export type Format = 'jsonApi' | 'plain';

function types(header: string | undefined): { name: string; hasParameters: boolean }[] {
    return (header ?? '')
        .split(',')
        .map((part) => part.trim().toLowerCase())
        .filter((part) => part !== '')
        .map((part) => ({ name: part.replace(/\s*;.*$/, ''), hasParameters: part.includes(';') }));
}

/**
 * JSON:API when `Accept` or `Content-Type` names it, Oro's plain REST format when neither does.
 *
 * @throws Refusal (406, 415) when the name comes with parameters only, such as a charset; the answer is plain then
 */
export function formatOf(request: SandboxRequest): Format {
    const accepted = types(request.headers['accept']).filter((type) => type.name === JSON_API);
    const sent = types(request.headers['content-type']).filter((type) => type.name === JSON_API);
    if (accepted.length > 0 && accepted.every((type) => type.hasParameters)) {
        throw refuse(
            406,
            'not acceptable http exception',
            'The "Accept" request header should contains at least one instance of JSON:API media type without any parameters.',
        );
    }
    if (sent.some((type) => type.hasParameters)) {
        throw refuse(
            415,
            'unsupported media type http exception',
            'The "Content-Type" request header should contain JSON:API media type without any parameters.',
        );
    }
    return accepted.length > 0 || sent.length > 0 ? 'jsonApi' : 'plain';
}

/** True when the request names JSON:API in `Accept`, with or without parameters: decides the type of an empty 401. */
export function namesJsonApi(request: SandboxRequest): boolean {
    return types(request.headers['accept']).some((type) => type.name === JSON_API);
}
