import { type ErrorParts, ServiceError } from '../http/errors';
import type { HttpRequest } from '../http/http';

/** Resources that only exist in the API once the configuration file for marketing lists is installed. */
const NEEDS_CONFIGURATION = new Set([
    'marketinglists',
    'marketinglisttypes',
    'marketinglistitems',
    'marketinglistremoveditems',
    'marketinglistunsubscribeditems',
    'segments',
    'segmenttypes',
    'segmentsnapshots',
]);

/** What a refusal of the back-office API means; failures that need no such knowledge come back as they are. */
export function explainOro(failure: ServiceError, request: HttpRequest, apiPath: string): ServiceError {
    const { status, details } = failure;
    const resource = resourceOf(request.path, apiPath);
    const reason = details['reason'] ?? '';

    if (failure.code === 'unauthorised') {
        return explained(
            failure,
            'storefrontApplication',
            'OroCommerce gave a token, but its back office does not accept it. The OAuth application has to be one for the back office (not for the storefront), and its user has to be enabled.',
        );
    }
    if (failure.code === 'forbidden') {
        return explained(
            failure,
            'missingRight',
            `The user of the OAuth application has no right to use ${resource || 'this'} in OroCommerce, or the record belongs to another organization. Check the role of the user.`,
            { resource },
        );
    }
    if (reason === 'resource not accessible exception' || reason === 'entity type constraint') {
        return NEEDS_CONFIGURATION.has(resource)
            ? explained(
                  failure,
                  'listsNotExposed',
                  'This OroCommerce does not show its marketing lists to the API. Have the file from examples/oro installed in the shop; filter audiences work without it.',
              )
            : explained(failure, 'resourceUnknown', `The API of this OroCommerce has no resource named ${resource}.`, {
                  resource,
              });
    }
    if (status === 400 && (reason === 'filter constraint' || reason === 'sort constraint')) {
        const parameter = details['parameter'] ?? '';
        return explained(
            failure,
            'filterNotSupported',
            `OroCommerce cannot use ${parameter || 'this filter'} for ${resource}: ${details['detail'] ?? 'the filter is not supported.'}`,
            { resource },
        );
    }
    return failure.code === 'notFound' && isJsonApi(request.path, apiPath) ? explainNotFound(failure) : failure;
}

/** Three answers of 404 differ only in their body: no such record, API switched off, and no API below this path. */
function explainNotFound(failure: ServiceError): ServiceError {
    const { reason = '', detail } = failure.details;
    if (reason === 'not found http exception' && detail === undefined) {
        return explained(
            failure,
            'webApiOff',
            'The Web API of OroCommerce is switched off. Switch it on in System Configuration > General Setup > Application Settings.',
        );
    }
    if (reason === '') {
        return explained(
            failure,
            'wrongAdminPrefix',
            'OroCommerce has no back-office API at this path. Check the admin path of the connection: it is the first part of the addresses that people see in the back office.',
        );
    }
    return failure;
}

/** What a refusal of the token endpoint means. */
export function explainToken(failure: ServiceError): ServiceError {
    if (failure.code === 'unauthorised') {
        return explained(
            failure,
            'oroCredentials',
            'OroCommerce refused the OAuth application: client id or secret is wrong, the application or its user is disabled, or the Web API is switched off in System Configuration. OroCommerce gives one answer for all of these.',
        );
    }
    if (failure.code === 'refused' && failure.status === 400) {
        return explained(
            failure,
            'oroApplicationInvalid',
            'OroCommerce cannot use this OAuth application. Make one for the back office with the grant type Client Credentials, and check that client id and secret are filled in.',
        );
    }
    return failure;
}

/** First segment behind the API path (also behind the one of the old REST API), '' for paths elsewhere. */
function resourceOf(path: string, apiPath: string): string {
    const legacyPath = `${apiPath}/rest/latest`;
    const base = path.startsWith(`${legacyPath}/`) ? legacyPath : apiPath;
    return path.startsWith(`${base}/`) ? (path.slice(base.length + 1).split(/[/?]/, 1)[0] ?? '') : '';
}

function isJsonApi(path: string, apiPath: string): boolean {
    return path.startsWith(`${apiPath}/`) && !path.startsWith(`${apiPath}/rest/`);
}

function explained(failure: ServiceError, code: string, message: string, details: ErrorParts['details'] = {}): ServiceError {
    const status = failure.status === undefined ? {} : { status: failure.status };
    return new ServiceError('oro', code, message, { ...status, details: { ...failure.details, ...details } });
}
