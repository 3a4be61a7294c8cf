import { ServiceError } from '../http/errors';
import type { HttpRequest } from '../http/http';

/** What a refusal of Dotdigital means; failures that need no such knowledge come back as they are. */
export function explainDotdigital(refusal: ServiceError, request: HttpRequest): ServiceError {
    const failure = withoutPeople(refusal, request);
    const { status } = failure;
    const reason = String(failure.details['reason'] ?? '');
    const explained = (code: string, message: string, retryable = false) =>
        new ServiceError('dotdigital', code, message, {
            ...(status === undefined ? {} : { status }),
            details: failure.details,
            retryable,
        });

    if (status === 401) {
        return explained(
            'dotdigitalCredentials',
            'Dotdigital refused user name or password. They have to be those of an API user (Settings > Access > API users), not those of a person.',
        );
    }
    if (status === 403) {
        return explained(
            'wrongRegionOrRight',
            'Dotdigital does not allow this. Either the address is the one of another region than the account (leave it empty to find the right one), or the API user lacks a right.',
        );
    }
    if (reason === 'ERROR_IMPORT_TOOMANYACTIVEIMPORTS') {
        return explained(
            'tooManyActiveImports',
            'Dotdigital works on as many imports as it allows. Wait until one has ended.',
            true,
        );
    }
    if (reason === 'ERROR_NON_UNIQUE_DATAFIELD') {
        return explained(
            'dataFieldExists',
            'Dotdigital has a data field with this name already. Use it, or choose another name.',
        );
    }
    if (reason.startsWith('ERROR_ADDRESSBOOK_NOT_FOUND') || (status === 404 && request.path.startsWith('/v2/address-books/'))) {
        return explained('listNotFound', 'Dotdigital has no list with this id. It may have been deleted; choose another one.');
    }
    if (reason === 'contacts:contactNotFound' || reason === 'ERROR_CONTACT_NOT_FOUND') {
        return explained('contactNotFound', 'Dotdigital has no such contact.');
    }
    return failure;
}

/** Dotdigital repeats in its refusals what it was sent: the name and the address of a person must not come into a log by that. */
function withoutPeople(failure: ServiceError, request: HttpRequest): ServiceError {
    const { status, retryable } = failure;
    const texts = [failure.details['detail'], failure.details['reason']].filter((text) => typeof text === 'string');
    const isImport = request.path === '/contacts/v3/import';
    const sent = isImport ? [] : sentTexts(request);
    let { message } = failure;
    const details: Record<string, string | number> = { ...failure.details };
    for (const text of texts) {
        const harmless =
            isImport && text === details['detail'] ? '…' : sent.reduce((rest, word) => rest.replaceAll(word, '…'), text);
        if (harmless === text) continue;
        message = message.replaceAll(text, harmless);
        for (const name of ['detail', 'reason']) if (details[name] === text) details[name] = harmless;
    }
    if (message === failure.message) return failure;
    return new ServiceError('dotdigital', failure.code, message, {
        ...(status === undefined ? {} : { status }),
        details,
        retryable,
    });
}

/** The shortest text that could be a name; shorter ones are in too many words. */
const SHORTEST_NAME = 2;

/** What a request says of a person: the last part of its path, and the values of identifiers and data fields. */
function sentTexts({ path, body }: HttpRequest): string[] {
    const { identifiers, dataFields, email } = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
    const values = [identifiers, dataFields].flatMap((each) =>
        typeof each === 'object' && each !== null ? Object.values(each) : [],
    );
    return [...values, email, decodeURIComponent(/^\/contacts\/v3\/\w+\/(.+)$/.exec(path)?.[1] ?? '')]
        .filter((value) => typeof value === 'string')
        .filter((value) => value.length >= SHORTEST_NAME)
        .sort((one, other) => other.length - one.length);
}
