/** Status of the e-mail channel as the v3 API spells it. */
export type EmailStatus =
    | 'noSubscription'
    | 'subscribed'
    | 'unsubscribed'
    | 'softBounced'
    | 'hardBounced'
    | 'ispComplained'
    | 'pendingOptIn'
    | 'directComplaint'
    | 'sharedsuppression'
    | 'domainSuppressed'
    | 'suppressed';

export type OptInType = 'Unknown' | 'Single' | 'Double' | 'VerifiedDouble';
export type EmailType = 'PlainText' | 'Html';
export type MobileStatus = 'noSubscription' | 'subscribed' | 'unsubscribed' | 'suppressed';

/** A consent record as it is kept. */
export interface ConsentRecord {
    readonly text: string;
    readonly dateTimeConsented: string;
    readonly url: string;
    readonly ipAddress: string;
    readonly userAgent: string;
    readonly dateTimeCreated: string;
}

/** What few contacts have, kept apart so that a million contacts stay small. */
export interface ContactExtras {
    custom?: Record<string, string>;
    preferences?: Map<number, boolean>;
    consents?: ConsentRecord[];
    sms?: MobileStatus;
    whatsApp?: MobileStatus;
}

/** One contact in as few bytes as is reasonable: a million of them must fit into an ordinary Node.js heap. */
export class Contact {
    mobile = '';
    /** JSON array of data field values by column, '' for none. */
    values = '';
    /** Lists the contact was put on, also where suppressed; one shared array for each combination. */
    lists: readonly number[] = [];
    status: EmailStatus = 'subscribed';
    optIn: OptInType = 'Unknown';
    emailType: EmailType = 'Html';
    updated: number;
    /** In the recycle bin: not readable, not counted, brought back by the next write. */
    binned = false;

    constructor(
        readonly id: number,
        /** As it was written, without blanks around it; '' for none. */
        public email: string,
        /** Milliseconds since 1970. */
        public created: number,
    ) {
        this.updated = created;
    }
}

/** What addresses are compared by. */
export const addressKey = (email: string): string => email.trim().toLowerCase();

const REASONS: readonly (readonly [EmailStatus, string])[] = [
    ['unsubscribed', 'Unsubscribed'],
    ['softBounced', 'SoftBounced'],
    ['hardBounced', 'HardBounced'],
    ['ispComplained', 'IspComplained'],
    ['directComplaint', 'DirectComplaint'],
    ['sharedsuppression', 'SharedSuppression'],
    ['domainSuppressed', 'DomainSuppression'],
    ['suppressed', 'Suppressed'],
    ['pendingOptIn', 'PendingOptIn'],
    ['subscribed', 'Subscribed'],
    ['noSubscription', 'NotAllowed'],
];

/** The v2 API's word for a status. */
export function reasonOfStatus(status: EmailStatus): string {
    return REASONS.find(([known]) => known === status)?.[1] ?? 'NotAvailableInThisVersion';
}

/** The status behind a v2 reason, whatever its capitals; null for an unknown one. */
export function statusOfReason(reason: string): EmailStatus | null {
    const wanted = reason.toLowerCase();
    return REASONS.find(([status, word]) => word.toLowerCase() === wanted || status.toLowerCase() === wanted)?.[0] ?? null;
}

/** Whether an address in this status is mailed: only then its owner counts on lists. */
export function isSuppressed(status: EmailStatus): boolean {
    return status !== 'subscribed' && status !== 'pendingOptIn' && status !== 'noSubscription' && status !== 'softBounced';
}

/** Whether its owner may be subscribed again by request: a bounce or a complaint may not. */
export function isReversible(status: EmailStatus): boolean {
    return status === 'unsubscribed' || status === 'suppressed' || status === 'noSubscription' || status === 'pendingOptIn';
}
