import { ServiceError } from '../http/errors';
import { checkedUrl, createHttp, type Http, type RetryRules, type TlsSettings } from '../http/http';
import { type Account, accountInfo } from './account';
import { explainDotdigital } from './failures';

/** How to reach the API of a Dotdigital account. */
export interface DotdigitalOptions {
    /** `https://r1-api.dotdigital.com`, or '' to ask the account for its region. */
    readonly url: string;
    /** Of an API user, which looks like an e-mail address. */
    readonly user: string;
    readonly password: string;
    readonly tls?: TlsSettings | undefined;
    /** Milliseconds, 121 000 when missing: what Dotdigital advises. */
    readonly timeout?: number | undefined;
    readonly retry?: Partial<RetryRules> | undefined;
}

/** An open connection to one account. */
export interface Dotdigital {
    readonly http: Http;
    /** Address of the account's region, without a trailing slash. */
    readonly url: string;
    readonly account: Account;
    readonly requests: number;
    close(): void;
}

const TIMEOUT = 121_000;
/** Region 1 tells every account where it lives; the other regions refuse accounts that are not theirs. */
const DISCOVERY_URL = 'https://r1-api.dotdigital.com';

/**
 * Opens a connection and reads the account, which tests the credentials.
 *
 * @throws ServiceError `dotdigitalCredentials`, `wrongRegionOrRight`, …; PackageError `settingsInvalid` or `insecureUrl`
 */
export async function connectDotdigital(options: DotdigitalOptions, signal?: AbortSignal): Promise<Dotdigital> {
    const given = options.url.trim();
    const first = openHttp(options, given === '' ? DISCOVERY_URL : checkedUrl('dotdigitalUrl', given).href);
    try {
        const account = await accountInfo(first, signal);
        const home = given === '' && account.endpoint !== '' ? checkedUrl('ApiEndpoint', account.endpoint).href : null;
        const url = withoutSlash(home ?? (given || DISCOVERY_URL));
        if (home === null) {
            checkRegion(url, account);
        }
        if (home === null || url === DISCOVERY_URL) {
            return connection(first, url, account, 0);
        }
        const http = openHttp(options, url);
        first.close();
        return connection(http, url, account, first.requests);
    } catch (error) {
        first.close();
        throw error;
    }
}

/** Region 1 answers for accounts of every region here, and refuses them everything else. */
function checkRegion(url: string, { region }: Account): void {
    const given = /^https:\/\/(r\d+)-api\.dotdigital\.com$/.exec(url)?.[1];
    if (given !== undefined && region !== '' && given !== region) {
        throw new ServiceError(
            'dotdigital',
            'wrongRegionOrRight',
            `The account is in region ${region}, not in ${given}. Leave the address of Dotdigital empty to use the right one.`,
            { details: { region } },
        );
    }
}

function openHttp(options: DotdigitalOptions, baseUrl: string): Http {
    const authorization = `Basic ${Buffer.from(`${options.user}:${options.password}`, 'utf8').toString('base64')}`;
    return createHttp({
        service: 'dotdigital',
        baseUrl,
        timeout: options.timeout ?? TIMEOUT,
        tls: options.tls,
        retry: options.retry,
        authorise: async () => ({ authorization }),
        explain: explainDotdigital,
    });
}

function connection(http: Http, url: string, account: Account, before: number): Dotdigital {
    return {
        http,
        url,
        account,
        get requests() {
            return before + http.requests;
        },
        close: () => http.close(),
    };
}

function withoutSlash(url: string): string {
    return url.replace(/\/+$/, '');
}
