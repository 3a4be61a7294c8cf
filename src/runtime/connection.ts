import { join } from 'node:path';
import { connectDotdigital, type Dotdigital } from '../dotdigital/client';
import { PackageError, type Service } from '../http/errors';
import type { Http, RetryRules, TlsSettings, Wait } from '../http/http';
import { connectOro, type Oro } from '../oro/client';
import { signedInAs } from '../oro/userprofile';
import type { Sandbox } from '../sandbox';
import type { Store } from '../store/store';
import { AccountDirectory } from './account-directory';
import { Gate } from './gate';
import { IntentLog } from './intents';
import type { Limits } from './limits';
import { KeyLocks } from './locks';
import { acquireSandbox } from './sandboxes';
import { acquireStore } from './stores';

export { runningSandboxes } from './sandboxes';

/** Settings of a connection, with `${ENV}` resolved. */
export interface ConnectionSettings {
    readonly id: string;
    readonly name: string;
    readonly environment: 'sandbox' | 'dryRun' | 'live';
    readonly oroUrl: string;
    readonly oroAdminPrefix: string;
    readonly dotdigitalUrl: string;
    readonly callbackUrl: string;
    /** Id of a tls-config node, or ''. */
    readonly tls: string;
    readonly storePath: string;
    readonly credentials: ConnectionCredentials;
}

/** Secrets of a connection; '' where one is missing. */
export interface ConnectionCredentials {
    readonly oroClientId: string;
    readonly oroClientSecret: string;
    readonly dotdigitalUser: string;
    readonly dotdigitalPassword: string;
}

/** What a connection needs of Node-RED. */
export interface ConnectionHost {
    /** Node-RED's user directory. */
    readonly userDir: string;
    /** TLS settings of a tls-config node. */
    tls(id: string): TlsSettings | undefined;
    readonly limits: Limits;
}

/** The Dotdigital side: the client, and what is shared by everybody who writes to the account. */
export interface DotdigitalSide {
    readonly dotdigital: Dotdigital;
    readonly directory: AccountDirectory;
    readonly gate: Gate;
    readonly intents: IntentLog;
    readonly locks: KeyLocks;
}

/** Where an Oro connection leads: whose data it shows. */
export interface OroSide {
    readonly oro: Oro;
    readonly organizationId: string;
}

/** Requests that are held back: which service, why, and until when (milliseconds since 1970). */
export interface ServiceWait extends Wait {
    readonly service: Service;
}

/** Locks by account: two connections to one account do not overtake each other. */
const locksByAccount = new Map<string, KeyLocks>();

/** Intents by memory and account: what one connection is at work on is not left over for another. */
const intentsByStore = new WeakMap<Store, Map<string, IntentLog>>();

function intentsOf(store: Store, account: string): IntentLog {
    const logs = intentsByStore.get(store) ?? new Map<string, IntentLog>();
    intentsByStore.set(store, logs);
    const log = logs.get(account) ?? new IntentLog(store, account);
    logs.set(account, log);
    return log;
}

/** One client, one token, one rate budget for each side, and the memory; shared by all nodes that use the connection. */
export class Connection {
    private oroSide: Promise<OroSide> | null = null;
    private dotdigitalSide: Promise<DotdigitalSide> | null = null;
    private opened: Promise<{ readonly store: Store; release(): Promise<void> }> | null = null;
    private sandbox: Promise<{ readonly sandbox: Sandbox; release(): Promise<void> }> | null = null;
    private users = 0;
    private closing = false;
    private onUnused: (() => void) | null = null;
    private readonly waitListeners = new Set<(wait: ServiceWait | null) => void>();

    constructor(
        readonly settings: ConnectionSettings,
        private readonly host: ConnectionHost,
    ) {}

    get environment(): ConnectionSettings['environment'] {
        return this.settings.environment;
    }

    /** Counts a user; the connection stays open until each has called the returned function. */
    use(): () => void {
        this.users++;
        let released = false;
        return () => {
            if (released) return;
            released = true;
            this.users--;
            if (this.users === 0) this.onUnused?.();
        };
    }

    /** Tells when requests have to wait, for a rate limit or a service that is away. Answers the function that ends it. */
    onWait(listener: (wait: ServiceWait | null) => void): () => void {
        this.waitListeners.add(listener);
        return () => this.waitListeners.delete(listener);
    }

    /** OroCommerce, signed in. */
    oro(): Promise<OroSide> {
        this.oroSide ??= forgottenOnFailure(this.connectOro(), () => {
            this.oroSide = null;
        });
        return this.oroSide;
    }

    /** Dotdigital, with what is shared by all who write to the account. */
    dotdigital(): Promise<DotdigitalSide> {
        this.dotdigitalSide ??= forgottenOnFailure(this.connectDotdigital(), () => {
            this.dotdigitalSide = null;
        });
        return this.dotdigitalSide;
    }

    /** The durable memory. */
    async store(): Promise<Store> {
        this.opened ??= forgottenOnFailure(acquireStore(this.directory), () => {
            this.opened = null;
        });
        return (await this.opened).store;
    }

    /** Where the memory is, how large and how old. */
    async memory(): Promise<{ readonly path: string; readonly bytes: number; readonly since: string }> {
        const store = await this.store();
        return { path: store.path, bytes: await store.bytes(), since: store.since };
    }

    /** Closes when the last user has gone. */
    async close(): Promise<void> {
        if (this.closing) return;
        this.closing = true;
        if (this.users > 0) {
            await new Promise<void>((resolve) => {
                this.onUnused = resolve;
            });
        }
        const settle = async <T>(side: Promise<T> | null, close: (value: T) => unknown) => {
            if (side !== null) await side.then(close, () => undefined);
        };
        await settle(this.oroSide, ({ oro }) => oro.close());
        await settle(this.dotdigitalSide, ({ dotdigital }) => dotdigital.close());
        await settle(this.opened, ({ release }) => release());
        await settle(this.sandbox, ({ release }) => release());
    }

    private get directory(): string {
        const { storePath } = this.settings;
        return storePath === '' ? join(this.host.userDir, 'oro-dotdigital') : storePath;
    }

    private async connectOro(): Promise<OroSide> {
        const { settings } = this;
        const { credentials } = settings;
        const tls = settings.tls === '' ? undefined : this.host.tls(settings.tls);
        let oro: Oro;
        if (settings.environment === 'sandbox') {
            const sandbox = await this.practice();
            const { oroClientId, oroClientSecret } = sandbox.credentials;
            oro = connectOro({ url: sandbox.oroUrl, adminPrefix: 'admin', clientId: oroClientId, clientSecret: oroClientSecret });
        } else {
            if (settings.oroUrl === '') throw sideMissing('OroCommerce');
            if (credentials.oroClientId === '' || credentials.oroClientSecret === '') throw credentialsMissing('OroCommerce');
            oro = connectOro({
                url: settings.oroUrl,
                adminPrefix: settings.oroAdminPrefix,
                clientId: credentials.oroClientId,
                clientSecret: credentials.oroClientSecret,
                tls,
                ...this.patience,
            });
        }
        this.watch('oro', oro.http);
        try {
            const { organizationId } = await signedInAs(oro);
            return { oro, organizationId };
        } catch (error) {
            oro.close();
            throw error;
        }
    }

    private async connectDotdigital(): Promise<DotdigitalSide> {
        const dotdigital = await this.dotdigitalClient();
        this.watch('dotdigital', dotdigital.http);
        const store = await this.store();
        const { id } = dotdigital.account;
        const locks = locksByAccount.get(id) ?? new KeyLocks();
        locksByAccount.set(id, locks);
        return {
            dotdigital,
            locks,
            directory: new AccountDirectory(dotdigital),
            gate: new Gate(store, dotdigital),
            intents: intentsOf(store, id),
        };
    }

    private watch(service: Service, http: Http): void {
        http.onWait = (wait) => {
            for (const listener of this.waitListeners) listener(wait === null ? null : { service, ...wait });
        };
    }

    private async dotdigitalClient(): Promise<Dotdigital> {
        const { settings } = this;
        const { dotdigitalUser, dotdigitalPassword } = settings.credentials;
        if (settings.environment === 'sandbox') {
            const sandbox = await this.practice();
            return connectDotdigital({
                url: sandbox.dotdigitalUrl,
                user: sandbox.credentials.dotdigitalUser,
                password: sandbox.credentials.dotdigitalPassword,
            });
        }
        if (dotdigitalUser === '' || dotdigitalPassword === '') throw credentialsMissing('Dotdigital');
        const tls = settings.tls === '' ? undefined : this.host.tls(settings.tls);
        const user = { user: dotdigitalUser, password: dotdigitalPassword };
        return connectDotdigital({ url: settings.dotdigitalUrl, ...user, tls, ...this.patience });
    }

    /** How long requests are waited for and how often they are repeated. */
    private get patience(): { readonly timeout: number | undefined; readonly retry: Partial<RetryRules> } {
        const { requestTimeout, retry } = this.host.limits;
        return { timeout: requestTimeout ?? undefined, retry };
    }

    /** The sandbox lives where the memory lives, so that a second start finds both or neither. */
    private async practice(): Promise<Sandbox> {
        this.sandbox ??= forgottenOnFailure(acquireSandbox(join(this.directory, 'sandbox')), () => {
            this.sandbox = null;
        });
        return (await this.sandbox).sandbox;
    }
}

/** Keeps a successful connection and forgets a failed one, so that the next attempt begins anew. */
function forgottenOnFailure<T>(promise: Promise<T>, forget: () => void): Promise<T> {
    promise.catch(forget);
    return promise;
}

function sideMissing(side: string): PackageError {
    return new PackageError(
        'sideMissing',
        `The connection has no address for ${side}, and this node needs it. Open the connection and fill in ${side}.`,
        {
            details: { side },
        },
    );
}

function credentialsMissing(side: string): PackageError {
    return new PackageError(
        'credentialsMissing',
        `The connection has no credentials for ${side}. They are not part of an exported or imported flow: open the connection and enter them.`,
        { details: { side } },
    );
}
