import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { connectDotdigital, type Dotdigital } from '../../dotdigital/client';
import { PackageError } from '../../http/errors';
import type { RetryRules, TlsSettings } from '../../http/http';
import { connectOro, type Oro } from '../../oro/client';
import type { Sandbox } from '../../sandbox';
import type { Store } from '../../store/store';
import type { ConnectionHost, ConnectionSettings } from '../connection';
import { acquireSandbox } from '../sandboxes';
import { acquireStore } from '../stores';

/** A person waits: one repetition, then the failure is told. Runs are more patient. */
const IMPATIENT: Partial<RetryRules> = { attempts: 2, firstWait: 500, longestWait: 2000, deadline: 5000 };

/**
 * Both services as a dialog asks them, with values that may not be deployed. It shares nothing with the running nodes but
 * the sandbox and the memory: what somebody tries in a dialog must not wait behind a run, nor hold one up.
 */
export class DialogConnection {
    private oroClient: Oro | null = null;
    private dotdigitalClient: Promise<Dotdigital> | null = null;
    private sandbox: Promise<{ readonly sandbox: Sandbox; release(): Promise<void> }> | null = null;

    constructor(
        readonly settings: ConnectionSettings,
        private readonly host: ConnectionHost,
    ) {}

    /** @throws PackageError sideMissing or credentialsMissing */
    async oro(): Promise<Oro> {
        this.oroClient ??= connectOro({ ...(await this.oroAccess()), retry: IMPATIENT });
        return this.oroClient;
    }

    /** Dotdigital, with the account read, which tests the credentials. @throws PackageError credentialsMissing */
    dotdigital(signal: AbortSignal): Promise<Dotdigital> {
        this.dotdigitalClient ??= this.dotdigitalAccess()
            .then((access) => connectDotdigital({ ...access, retry: IMPATIENT }, signal))
            .catch((error: unknown) => {
                this.dotdigitalClient = null;
                throw error;
            });
        return this.dotdigitalClient;
    }

    /** Runs something with the memory; null where there is none yet. It is never made here. */
    async withStore<T>(run: (store: Store) => Promise<T>): Promise<T | null> {
        // Every LevelDB has this file; the directory alone may hold no more than the state of the sandbox.
        if (!existsSync(join(this.directory, 'CURRENT'))) return null;
        const { store, release } = await acquireStore(this.directory);
        try {
            return await run(store);
        } finally {
            await release();
        }
    }

    async close(): Promise<void> {
        this.oroClient?.close();
        await this.dotdigitalClient?.then(
            (dotdigital) => dotdigital.close(),
            () => undefined,
        );
        await this.sandbox?.then(
            ({ release }) => release(),
            () => undefined,
        );
    }

    private get directory(): string {
        return this.settings.storePath === '' ? join(this.host.userDir, 'oro-dotdigital') : this.settings.storePath;
    }

    private async oroAccess() {
        const { environment, oroUrl, oroAdminPrefix, credentials } = this.settings;
        if (environment === 'sandbox') {
            const { oroUrl: url, credentials: known } = await this.practice();
            return { url, adminPrefix: 'admin', clientId: known.oroClientId, clientSecret: known.oroClientSecret };
        }
        if (oroUrl === '') throw sideMissing('OroCommerce');
        if (credentials.oroClientId === '' || credentials.oroClientSecret === '') throw credentialsMissing('OroCommerce');
        return {
            url: oroUrl,
            adminPrefix: oroAdminPrefix,
            clientId: credentials.oroClientId,
            clientSecret: credentials.oroClientSecret,
            tls: this.tls(),
        };
    }

    private async dotdigitalAccess() {
        const { environment, dotdigitalUrl, credentials } = this.settings;
        if (environment === 'sandbox') {
            const { dotdigitalUrl: url, credentials: known } = await this.practice();
            return { url, user: known.dotdigitalUser, password: known.dotdigitalPassword };
        }
        if (credentials.dotdigitalUser === '' || credentials.dotdigitalPassword === '') throw credentialsMissing('Dotdigital');
        return {
            url: dotdigitalUrl,
            user: credentials.dotdigitalUser,
            password: credentials.dotdigitalPassword,
            tls: this.tls(),
        };
    }

    private tls(): TlsSettings | undefined {
        return this.settings.tls === '' ? undefined : this.host.tls(this.settings.tls);
    }

    private async practice(): Promise<Sandbox> {
        this.sandbox ??= acquireSandbox(join(this.directory, 'sandbox')).catch((error: unknown) => {
            this.sandbox = null;
            throw error;
        });
        return (await this.sandbox).sandbox;
    }
}

function sideMissing(side: string): PackageError {
    return new PackageError('sideMissing', `The connection has no address for ${side}. Open the connection and fill it in.`, {
        details: { side },
    });
}

function credentialsMissing(side: string): PackageError {
    return new PackageError(
        'credentialsMissing',
        `The connection has no credentials for ${side}. They are never part of an exported flow: open the connection and enter them.`,
        { details: { side } },
    );
}
