/** What a refusing service says about its reason, cut down to what is free of personal data. */
export interface ServiceReason {
    /** Token or title: `ERROR_ADDRESSBOOK_DUPLICATE`, `contacts:invalidId`, `filter constraint`, `invalid_client`; '' when there is none. */
    readonly reason: string;
    /** Explanation with addresses taken out; '' when there is none. */
    readonly detail: string;
    /** Query parameter, JSON pointer or field that is meant; '' when none is named. */
    readonly parameter: string;
}

const NO_REASON: ServiceReason = { reason: '', detail: '', parameter: '' };
const LONGEST_TEXT = 300;
const LONGEST_BODY = 256 * 1_024;
const ADDRESS = /[^\s"'<>(),;:]+@[^\s"'<>(),;:]+/g;
const LONG_NUMBER = /\+?\d{8,}/g;

type Json = Readonly<Record<string, unknown>>;

/**
 * Finds the service's own reason in the body of a refusal. Four shapes are known: JSON:API errors (and Oro's bare array
 * of them), OAuth2 errors, Dotdigital's v3 `errorCode` and Dotdigital's v2 `message` with an `ERROR_` token.
 */
export function serviceReason(body: Buffer): ServiceReason {
    const answer = parsed(body);
    if (Array.isArray(answer)) {
        return jsonApiReason(answer);
    }
    if (!isObject(answer)) {
        return NO_REASON;
    }
    if (Array.isArray(answer['errors'])) {
        return jsonApiReason(answer['errors']);
    }
    if (typeof answer['errorCode'] === 'string') {
        return codedReason(answer['errorCode'], answer);
    }
    if (typeof answer['error'] === 'string') {
        return {
            reason: harmless(answer['error']),
            detail: harmless(answer['hint'] ?? answer['error_description']),
            parameter: '',
        };
    }
    const message = harmless(answer['message'] ?? answer['Message']);
    const token = /ERROR_[A-Z0-9_]+/.exec(message)?.[0];
    return { reason: token ?? message, detail: token === undefined ? '' : message, parameter: '' };
}

/** Text of a service without addresses and phone numbers, of bounded length. */
export function harmless(text: unknown): string {
    return typeof text === 'string' ? text.replace(ADDRESS, '…').replace(LONG_NUMBER, '…').slice(0, LONGEST_TEXT) : '';
}

function jsonApiReason(errors: readonly unknown[]): ServiceReason {
    const first = errors.find(isObject);
    if (first === undefined) {
        return NO_REASON;
    }
    const source = isObject(first['source']) ? first['source'] : {};
    return {
        reason: harmless(first['title']),
        detail: harmless(first['detail']),
        parameter: harmless(source['parameter'] ?? source['pointer']),
    };
}

function codedReason(errorCode: string, answer: Json): ServiceReason {
    const details = Array.isArray(answer['details']) ? answer['details'].find(isObject) : undefined;
    return {
        reason: harmless(errorCode),
        detail: harmless(details?.['description'] ?? details?.['error'] ?? answer['description']),
        parameter: harmless(details?.['item']),
    };
}

function parsed(body: Buffer): unknown {
    if (body.length > LONGEST_BODY) {
        return undefined;
    }
    try {
        return JSON.parse(body.toString('utf8'));
    } catch {
        return undefined;
    }
}

function isObject(value: unknown): value is Json {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}
