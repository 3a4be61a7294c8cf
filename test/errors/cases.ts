import https from 'node:https';
import type { ControlCommand } from '../../src/sandbox';
import { CERTIFICATE, PRIVATE_KEY } from '../http/certificates';
import { type Listening, listening } from '../http/listening';
import type { FlowOptions } from '../mirror/mirror';

/** Secrets that must come out nowhere. */
export const WRONG_SECRET = 'wrong-secret-4711';

/** One way in which a connection or what it leads to is wrong. */
export interface Case {
    /** What is wrong, as a person would say it. */
    readonly name: string;
    /** Prepares the sandbox. */
    readonly control?: ControlCommand;
    /** Puts the sandbox right again. */
    readonly restore?: ControlCommand;
    /** How the flow differs; `secure` is an https server whose certificate nobody vouches for. */
    flow?(secure: string): FlowOptions;
    /** True when a run has to have gone well before: the connection is open. */
    readonly afterRun?: boolean;
    readonly code: string;
    /** What the reader shows. */
    readonly status: string;
    /** What the text has to tell, in English. */
    readonly tells: readonly RegExp[];
    /** The code in the dialog's test where it is another one, and null where that test does not ask about it. */
    readonly dialog?: string | null;
}

const secret = { oroClientSecret: WRONG_SECRET };
const password = { dotdigitalPassword: WRONG_SECRET };

/** Credentials of the sandbox, some of them replaced. */
function credentials(more: Readonly<Record<string, string>>): FlowOptions {
    const known = {
        oroClientId: 'sandbox-client',
        oroClientSecret: 'sandbox-secret',
        dotdigitalUser: 'apiuser-sandbox@apiconnector.com',
        dotdigitalPassword: 'sandbox-password',
    };
    return { connection: { credentials: { ...known, ...more } } };
}

/** Everything that can be wrong with a connection, a right or a list. */
export const CASES: readonly Case[] = [
    {
        name: 'a wrong secret',
        flow: () => credentials(secret),
        code: 'oroCredentials',
        status: 'Oro: secret or Web API off',
        tells: [/client id or secret is wrong/, /Web API is switched off/],
    },
    {
        name: 'an application of the storefront',
        flow: () => credentials({ oroClientId: 'sandbox-storefront' }),
        code: 'storefrontApplication',
        status: 'Oro: storefront application',
        tells: [/has to be one for the back office \(not for the storefront\)/],
    },
    {
        name: 'an application of another grant type',
        flow: () => credentials({ oroClientId: 'sandbox-password' }),
        code: 'oroCredentials',
        status: 'Oro: secret or Web API off',
        tells: [/the application or its user is disabled/],
    },
    {
        name: 'a Web API that is switched off',
        control: { oro: { webApi: false } },
        restore: { oro: { webApi: true } },
        afterRun: true,
        code: 'webApiOff',
        status: 'Oro: Web API off',
        tells: [/Switch it on in System Configuration/],
        // A new sign-in is refused in the way of a wrong secret: Oro gives one answer for both.
        dialog: 'oroCredentials',
    },
    {
        name: 'a wrong path of the back office',
        flow: () => ({ connection: { oroAdminPrefix: 'backend' } }),
        code: 'wrongAdminPrefix',
        status: 'Oro: back-office path wrong',
        tells: [/Check the admin path of the connection/],
    },
    {
        name: 'a wrong password of Dotdigital',
        flow: () => credentials(password),
        code: 'dotdigitalCredentials',
        status: 'Dotdigital: wrong password',
        tells: [/those of an API user/],
    },
    {
        name: 'the region of another account',
        control: { dotdigital: { wrongRegion: true } },
        restore: { dotdigital: { wrongRegion: false } },
        code: 'wrongRegionOrRight',
        status: 'Dotdigital: region or right',
        tells: [/another region/, /leave it empty/],
    },
    {
        name: 'marketing lists that are not exposed',
        control: { oro: { stock: true } },
        restore: { oro: { stock: false } },
        code: 'listsNotExposed',
        status: 'Oro: lists not readable',
        tells: [/file from examples\/oro/, /filter audiences work without it/],
    },
    {
        name: 'a missing right',
        control: { oro: { deny: ['marketinglists'] } },
        restore: { oro: { allow: ['marketinglists'] } },
        code: 'missingRight',
        status: 'Oro: right missing',
        tells: [/no right to use marketinglists/, /Check the role/],
    },
    {
        name: 'a missing right for the people',
        control: { oro: { deny: ['customerusers'] } },
        restore: { oro: { allow: ['customerusers'] } },
        code: 'missingRight',
        status: 'Oro: right missing',
        tells: [/no right to use customerusers/],
        dialog: null,
    },
    {
        name: 'an unknown marketing list',
        flow: () => ({ reader: { listId: '99', listName: 'Gone' } }),
        code: 'listNotFound',
        status: 'list not found',
        tells: [/choose another one/i],
        dialog: null,
    },
    {
        name: 'the name of a marketing list that nobody has',
        flow: () => ({ reader: { listId: 'Gone' } }),
        code: 'listNotFound',
        status: 'list not found',
        tells: [/no marketing list named "Gone"/, /Choose another one/],
        dialog: null,
    },
    {
        name: 'an unknown list of Dotdigital',
        flow: () => ({ upsert: { lists: [{ id: '4711', name: 'Gone' }] } }),
        code: 'listMissing',
        status: 'list missing',
        tells: [/The Dotdigital list "Gone" does not exist/, /Choose another list/, /Nothing was written/],
        dialog: null,
    },
    {
        name: 'a connection without credentials, as after an import',
        flow: () => ({
            connection: { id: 'imported', credentials: {} },
            reader: { connection: 'imported' },
            upsert: { connection: 'imported' },
        }),
        code: 'credentialsMissing',
        status: 'credentials missing',
        tells: [/not part of an exported or imported flow/, /open the connection and enter them/],
    },
    {
        name: 'no connection at all',
        flow: () => ({ reader: { connection: 'gone' } }),
        code: 'connectionMissing',
        status: 'no connection',
        tells: [/choose the connection, and deploy/],
        dialog: null,
    },
    {
        name: 'a connection without OroCommerce',
        flow: () => ({ connection: { oroUrl: '' } }),
        code: 'sideMissing',
        status: 'one side not set up',
        tells: [/no address for OroCommerce/, /fill in OroCommerce/],
    },
    {
        name: 'http: to a public host',
        flow: () => ({ connection: { oroUrl: 'http://shop.example.com' } }),
        code: 'insecureUrl',
        status: 'https needed',
        tells: [/https/],
    },
    {
        name: 'http: to a public host of Dotdigital',
        flow: () => ({ connection: { dotdigitalUrl: 'http://r1-api.dotdigital.com' } }),
        code: 'insecureUrl',
        status: 'https needed',
        tells: [/https/],
    },
    {
        name: 'a certificate that nobody vouches for',
        flow: (secure) => ({ connection: { oroUrl: secure } }),
        code: 'certificate',
        status: 'Oro: bad certificate',
        tells: [/self-signed/, /Network|tls|authority/i],
    },
    {
        name: 'a name that does not exist',
        flow: () => ({ connection: { oroUrl: 'https://shop.invalid' } }),
        code: 'hostNotFound',
        status: 'Oro: address not found',
        tells: [/Check the address/],
    },
    {
        name: 'a port where nobody listens',
        flow: () => ({ connection: { dotdigitalUrl: 'http://127.0.0.1:9' } }),
        code: 'connectionRefused',
        status: 'Dotdigital: nobody answers',
        tells: [/Check address and port/],
    },
    {
        name: 'a maintenance page',
        control: { oro: { maintenance: true } },
        restore: { oro: { maintenance: false } },
        code: 'maintenance',
        status: 'Oro: maintenance',
        tells: [/maintenance/, /Try again later/],
    },
    {
        name: 'a maintenance page in the middle of it',
        control: { oro: { maintenance: true } },
        restore: { oro: { maintenance: false } },
        afterRun: true,
        code: 'maintenance',
        status: 'Oro: maintenance',
        tells: [/maintenance/, /Try again later/],
        dialog: null,
    },
    {
        name: 'a password before a staging system',
        control: { oro: { stagingPassword: true } },
        restore: { oro: { stagingPassword: false } },
        code: 'stagingPassword',
        status: 'Oro: staging password',
        tells: [/password stands before OroCommerce/, /have the API paths left open/],
    },
    {
        name: 'a redirect to another address',
        control: {
            faults: [
                {
                    service: 'oro',
                    path: '/oauth2-token',
                    times: 9,
                    status: 301,
                    headers: { location: 'https://www.shop.example' },
                },
            ],
        },
        code: 'redirected',
        status: 'Oro: redirects elsewhere',
        tells: [/Redirects are not followed/, /set the final address/],
    },
    {
        name: 'a web page instead of data',
        control: { faults: [{ service: 'oro', path: '/admin/api/', times: 99, kind: 'html' }] },
        code: 'htmlAnswer',
        status: 'Oro: web page, no data',
        tells: [/web page instead of data/, /no login page or firewall/],
    },
    {
        name: 'a web page instead of data, from Dotdigital',
        control: { faults: [{ service: 'dotdigital', path: '/v2/', times: 99, kind: 'html' }] },
        code: 'htmlAnswer',
        status: 'Dotdigital: web page, no data',
        tells: [/Dotdigital answered with a web page/],
    },
    {
        name: 'a service that is out of order',
        control: { faults: [{ service: 'oro', path: '/admin/api/', times: 99, status: 503, body: {} }] },
        code: 'serviceUnavailable',
        status: 'Oro: out of order',
        tells: [/failed to answer \(status 503\)/],
    },
];

/** An https server with a certificate of its own making. */
export function selfSigned(): Promise<Listening> {
    return listening(() => ({ body: {} }), https.createServer({ key: PRIVATE_KEY, cert: CERTIFICATE }));
}
