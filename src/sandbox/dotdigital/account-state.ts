import { ContactStore } from './contact-store';
import { DataFieldStore } from './data-field-store';
import type { ImportJob } from './import-job';
import { Membership } from './membership';
import type { RemovalJob } from './removal-job';

/** A preference, or a category of preferences. */
export interface Preference {
    readonly id: number;
    readonly publicName: string;
    readonly privateName: string;
    readonly isPreference: boolean;
    readonly order: number;
    readonly isPublic: boolean;
    /** 0 where it is in no category. */
    readonly categoryId: number;
    readonly created: string;
    readonly lastModified: string;
}

/** A custom identifier of the account. */
export interface CustomIdentifier {
    readonly name: string;
    readonly created: string;
    readonly updated: string;
}

/** A bulk delete job of contacts (v3). */
export interface DeletionJob {
    readonly id: string;
    readonly answer: Record<string, unknown>;
}

/** Everything the sandbox's Dotdigital knows. Changed only by operations, which are journaled and replayed. */
export class AccountState {
    readonly contacts: ContactStore;
    readonly fields = new DataFieldStore();
    readonly membership: Membership;
    readonly preferences = new Map<number, Preference>();
    readonly customIdentifiers = new Map<string, CustomIdentifier>();
    readonly imports = new Map<string, ImportJob>();
    readonly removals = new Map<string, RemovalJob>();
    readonly deletions = new Map<string, DeletionJob>();
    /** Addresses subscribed again through the API. */
    readonly resubscribed: string[] = [];
    /** Requests and imports that sent a subscription status. */
    statusSent = 0;
    /** Contacts deleted through the API. */
    deleted = 0;
    largestImport = 0;

    constructor(readonly accountId: number) {
        this.contacts = new ContactStore(accountId);
        this.membership = new Membership(this.contacts);
    }
}

/** Changes the state by one journaled event; `at` is the time of the event. Deterministic: a replay gives the same state. */
export type Operation = (account: AccountState, event: never) => unknown;

/** Every event carries its time (ISO, milliseconds). */
export interface Timed {
    readonly at: string;
}
