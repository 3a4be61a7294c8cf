import { ServiceError } from '../http/errors';
import type { HttpRequest } from '../http/http';

/** What a refusal of Dotdigital means; failures that need no such knowledge come back as they are. */
export function explainDotdigital(failure: ServiceError, request: HttpRequest): ServiceError {
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
