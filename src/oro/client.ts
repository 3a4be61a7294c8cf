import { createHttp, type Http, type RetryRules, type TlsSettings } from '../http/http';
import { oroAddress } from './address';
import { explainOro } from './failures';
import { createTokens } from './token';

/** How to reach the back-office API of an OroCommerce. */
export interface OroOptions {
    /** `https://shop.example.com`; a pasted address of a back-office page is cut down to it. */
    readonly url: string;
    /** First segment of back-office addresses, `admin` unless the shop changed it. */
    readonly adminPrefix: string;
    readonly clientId: string;
    readonly clientSecret: string;
    readonly tls?: TlsSettings | undefined;
    /** Milliseconds, 60 000 when missing. */
    readonly timeout?: number | undefined;
    /** Records of a page where a reader does not ask for another number, 5 000 when missing. */
    readonly pageSize?: number | undefined;
    readonly retry?: Partial<RetryRules> | undefined;
}

/** An open connection to the back-office API. */
export interface Oro {
    readonly http: Http;
    /** `/admin/api` */
    readonly apiPath: string;
    /** `/admin/api/rest/latest` */
    readonly legacyPath: string;
    readonly pageSize: number;
    /** Requests sent so far, those for tokens included. */
    readonly requests: number;
    close(): void;
}

const TIMEOUT = 60_000;
/** Nine to seventeen times faster than small pages on a real shop; larger ones bring little more. */
const PAGE_SIZE = 5_000;

/**
 * Opens a connection; nothing is sent before the first request. One token is shared by all requests.
 *
 * @throws PackageError `settingsInvalid` or `insecureUrl` for an address that cannot be used
 */
export function connectOro(options: OroOptions): Oro {
    const { url, adminPrefix } = oroAddress(options.url, options.adminPrefix);
    const apiPath = `/${adminPrefix}/api`;
    const shared = {
        service: 'oro',
        baseUrl: url,
        timeout: options.timeout ?? TIMEOUT,
        tls: options.tls,
        retry: options.retry,
    } as const;
    const tokens = createTokens(shared, options.clientId, options.clientSecret);
    const http = createHttp({
        ...shared,
        authorise: async (signal) => ({ authorization: `Bearer ${await tokens.current(signal)}` }),
        onUnauthorised: async ({ authorization = '' }) => {
            tokens.drop(authorization.replace(/^Bearer /, ''));
            return true;
        },
        explain: (failure, request) => explainOro(failure, request, apiPath),
    });
    return {
        http,
        apiPath,
        legacyPath: `${apiPath}/rest/latest`,
        pageSize: options.pageSize ?? PAGE_SIZE,
        get requests() {
            return http.requests + tokens.requests;
        },
        close() {
            http.close();
            tokens.close();
        },
    };
}
