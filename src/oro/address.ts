import { PackageError } from '../http/errors';
import { checkedUrl } from '../http/http';

/** Where an OroCommerce is: the address of the shop and the first segment of its back-office addresses. */
export interface OroAddress {
    /** Without a trailing slash. */
    readonly url: string;
    /** Without slashes. */
    readonly adminPrefix: string;
}

const DEFAULT_PREFIX = 'admin';

/**
 * Reads the address of a shop as people paste it: with trailing slashes, with the admin path, with a page of the back
 * office. What follows the admin path is cut off; any other path is kept, because a shop may live in a folder.
 *
 * @throws PackageError `settingsInvalid` or `insecureUrl`, naming `oroUrl` or `oroAdminPrefix`
 */
export function oroAddress(url: string, adminPrefix: string): OroAddress {
    const prefix = adminPrefix.trim().replace(/^\/+|\/+$/g, '') || DEFAULT_PREFIX;
    if (!/^[\w./-]+$/.test(prefix)) {
        throw new PackageError('settingsInvalid', 'oroAdminPrefix has to be the path of the back office, for example admin.', {
            details: { property: 'oroAdminPrefix' },
        });
    }
    const pasted = url.trim();
    const withoutPage = /^https?:\/\/[^/]+\/.*[?#]/i.test(pasted) ? pasted.replace(/[?#].*$/, '') : pasted;
    const checked = checkedUrl('oroUrl', withoutPage);
    const segments = checked.pathname.split('/').filter((segment) => segment !== '');
    const office = firstIndexOf(segments, prefix.split('/'));
    const folder = office === -1 ? segments : segments.slice(0, office);
    return { url: [checked.origin, ...folder].join('/'), adminPrefix: prefix };
}

function firstIndexOf(segments: readonly string[], wanted: readonly string[]): number {
    return segments.findIndex((_, start) => wanted.every((segment, offset) => segments[start + offset] === segment));
}
