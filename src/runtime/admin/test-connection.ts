import { contactCount } from '../../dotdigital/account';
import type { Dotdigital } from '../../dotdigital/client';
import type { Oro } from '../../oro/client';
import { jsonApi } from '../../oro/json-api';
import { listMarketingLists } from '../../oro/marketing-lists';
import { signedInAs } from '../../oro/userprofile';
import type { DialogConnection } from './dialog-connection';
import { failureOf } from './failure';

/** One line of "Test connection". */
export interface Finding {
    readonly side: 'oro' | 'dotdigital';
    readonly ok: boolean;
    /** How the line looks where it is not plainly good or bad. */
    readonly level?: 'info' | 'warning';
    readonly code: string;
    readonly text: string;
    readonly values: Readonly<Record<string, string | number>>;
    /** Something that the dialog offers to do about it. */
    readonly action?: 'copyOroFile';
}

/** Asks both sides at the same time what there is to know; every failure is a finding of its own. */
export async function testConnection(connection: DialogConnection, signal: AbortSignal): Promise<Finding[]> {
    const [oro, dotdigital] = await Promise.all([testOro(connection, signal), testDotdigital(connection, signal)]);
    return [...oro, ...dotdigital];
}

async function testOro(connection: DialogConnection, signal: AbortSignal): Promise<Finding[]> {
    const { environment, oroUrl, credentials } = connection.settings;
    if (environment !== 'sandbox' && oroUrl === '' && credentials.oroClientId === '') {
        return [info('oro', 'oroLeftEmpty', 'OroCommerce: left empty. Nodes that read from Oro will ask for it.')];
    }
    let oro: Oro;
    const findings: Finding[] = [];
    try {
        oro = await connection.oro();
        const { userName, organizationName } = await signedInAs(oro, signal);
        const known = organizationName !== '';
        findings.push(
            good('oro', known ? 'oroSignedIn' : 'oroSignedInAs', `Signed in as ${userName}`, { userName, organizationName }),
        );
    } catch (error) {
        return [bad('oro', error)];
    }
    findings.push(...(await Promise.all([marketingLists(oro, signal), webhooks(oro, signal)])));
    return findings;
}

async function marketingLists(oro: Oro, signal: AbortSignal): Promise<Finding> {
    try {
        const { length } = await listMarketingLists(oro, signal);
        return good('oro', 'listsReadable', `${length} marketing lists can be read`, { count: length });
    } catch (error) {
        const finding = bad('oro', error);
        return finding.code === 'listsNotExposed' ? { ...finding, level: 'warning', action: 'copyOroFile' } : finding;
    }
}

/** Stock versions with webhooks answer with an empty list; older ones do not know the resource. */
async function webhooks(oro: Oro, signal: AbortSignal): Promise<Finding> {
    try {
        const { status } = await jsonApi(oro, {
            method: 'GET',
            path: '/webhooktopics',
            query: { 'page[size]': '1' },
            accept: [403, 404],
            signal,
        });
        return status === 404
            ? info('oro', 'noWebhooks', 'This version of OroCommerce has no webhooks. Lists work all the same.')
            : good('oro', 'webhooks', 'Webhooks are available', {});
    } catch (error) {
        return bad('oro', error);
    }
}

async function testDotdigital(connection: DialogConnection, signal: AbortSignal): Promise<Finding[]> {
    const { environment, dotdigitalUrl, credentials } = connection.settings;
    if (environment !== 'sandbox' && dotdigitalUrl === '' && credentials.dotdigitalUser === '') {
        const text = 'Dotdigital: left empty. Nodes that write contacts will ask for it.';
        return [info('dotdigital', 'dotdigitalLeftEmpty', text)];
    }
    try {
        const dotdigital = await connection.dotdigital(signal);
        const { id, name, region } = dotdigital.account;
        const known = region !== '';
        const account = good('dotdigital', known ? 'account' : 'accountWithoutRegion', `Account ${name} (${id})`, {
            id,
            name,
            region,
        });
        return [account, await contacts(dotdigital, signal)];
    } catch (error) {
        return [bad('dotdigital', error)];
    }
}

async function contacts(dotdigital: Dotdigital, signal: AbortSignal): Promise<Finding> {
    try {
        const count = await contactCount(dotdigital, signal);
        return good('dotdigital', 'contacts', `${count} contacts`, { count });
    } catch (error) {
        return bad('dotdigital', error);
    }
}

function good(side: Finding['side'], code: string, text: string, values: Finding['values']): Finding {
    return { side, ok: true, code, text, values };
}

function info(side: Finding['side'], code: string, text: string): Finding {
    return { side, ok: true, level: 'info', code, text, values: {} };
}

function bad(side: Finding['side'], error: unknown): Finding {
    return { side, ok: false, ...failureOf(error) };
}
