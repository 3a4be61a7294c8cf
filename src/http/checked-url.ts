import { PackageError } from './errors';

const LOOPBACK_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** True when an address points at this machine, the only place where unencrypted requests are allowed. */
export function isLoopback(url: URL): boolean {
    return LOOPBACK_HOST.test(url.hostname);
}

/**
 * Reads the address of a service out of a setting: `https:`, or `http:` for loopback hosts and nothing else.
 *
 * @param property name of the setting, for the error
 * @throws PackageError `settingsInvalid` when it is no address or holds a user name, a query or a fragment;
 *   `insecureUrl` when it would send secrets unencrypted
 */
export function checkedUrl(property: string, value: string): URL {
    let url: URL;
    try {
        url = new URL(value);
    } catch {
        throw invalid(property, 'is not an address. Expected something like https://shop.example.com');
    }
    if (url.protocol !== 'https:' && url.protocol !== 'http:') {
        throw invalid(property, 'has to start with https://');
    }
    if (url.username !== '' || url.password !== '') {
        throw invalid(property, 'holds a user name or password. Put them into the fields for credentials');
    }
    if (url.search !== '' || url.hash !== '') {
        throw invalid(property, 'holds a query (?) or a fragment (#). Only the address itself is expected');
    }
    if (url.protocol === 'http:' && !isLoopback(url)) {
        throw new PackageError(
            'insecureUrl',
            `${property} starts with http://, which would send the credentials unencrypted. Use https://.`,
            { details: { property } },
        );
    }
    return url;
}

function invalid(property: string, problem: string): PackageError {
    return new PackageError('settingsInvalid', `${property} ${problem}.`, { details: { property } });
}
