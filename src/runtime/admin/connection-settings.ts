import type { NodeAPI } from 'node-red';
import { PackageError } from '../../http/errors';
import type { ConnectionSettings } from '../connection';
import type { ConnectionBody } from './bodies';
import { withEnvironment } from './environment';

/** What the dialogs show and send instead of a stored secret. */
const STORED = '__PWRD__';
const CREDENTIALS = ['oroClientId', 'oroClientSecret', 'dotdigitalUser', 'dotdigitalPassword'] as const;
const ENVIRONMENTS = ['sandbox', 'dryRun', 'live'] as const;

/**
 * The settings that a request means: those that were typed, else those that are deployed, with stored secrets in place of
 * missing ones and `${ENV}` resolved.
 *
 * @throws PackageError connectionUnknown when nothing was typed and the connection is not deployed
 */
export function settingsOf(RED: NodeAPI, body: ConnectionBody): ConnectionSettings {
    const typed = Object.keys(body).length > 1;
    const deployed = deployedConfig(RED, body.id);
    if (!typed && deployed === null) {
        throw new PackageError('connectionUnknown', 'The server does not know this connection yet. Deploy it first.');
    }
    const stored = (RED.nodes.getCredentials(body.id) ?? {}) as Readonly<Record<string, unknown>>;
    const credentials = Object.fromEntries(
        CREDENTIALS.map((name) => {
            const value = body.credentials?.[name];
            return [name, value === undefined || value === STORED ? stored[name] : value];
        }),
    );
    const values: Readonly<Record<string, unknown>> = withEnvironment(RED, body.id, { ...deployed, ...body, credentials });
    return {
        id: body.id,
        name: textOf(values['name']),
        environment: ENVIRONMENTS.find((each) => each === values['environment']) ?? 'live',
        oroUrl: textOf(values['oroUrl']),
        oroAdminPrefix: textOf(values['oroAdminPrefix']) || 'admin',
        dotdigitalUrl: textOf(values['dotdigitalUrl']),
        callbackUrl: textOf(values['callbackUrl']),
        tls: textOf(values['tls']),
        storePath: textOf(values['storePath']),
        credentials: secrets(values['credentials']),
    };
}

function secrets(values: unknown): ConnectionSettings['credentials'] {
    const given = values as Readonly<Record<string, unknown>>;
    return {
        oroClientId: textOf(given['oroClientId']),
        oroClientSecret: String(given['oroClientSecret'] ?? ''),
        dotdigitalUser: textOf(given['dotdigitalUser']),
        dotdigitalPassword: String(given['dotdigitalPassword'] ?? ''),
    };
}

/** The connection as it is in the running flows; null where it is not deployed. */
function deployedConfig(RED: NodeAPI, id: string): Readonly<Record<string, unknown>> | null {
    let found: Readonly<Record<string, unknown>> | null = null;
    RED.nodes.eachNode((config) => {
        if (config.id === id && config.type === 'oro-dotdigital-connection') {
            found = config as unknown as Readonly<Record<string, unknown>>;
        }
    });
    return found;
}

function textOf(value: unknown): string {
    return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
}
