import type { ErrorDetail } from './answers';

/** A contact as PATCH, POST, PUT and the import take it, after {@link bodyProblems} found nothing. */
export interface ContactBody {
    readonly identifiers?: Readonly<Record<string, string | number | null>>;
    readonly dataFields?: Readonly<Record<string, unknown>>;
    readonly channelProperties?: {
        readonly email?: {
            readonly emailType?: string;
            readonly optInType?: string;
            readonly status?: 'subscribed' | 'unsubscribed' | 'suppressed';
            readonly resubscribeOptions?: { readonly resubscribeWithNoChallenge?: boolean };
        };
        readonly sms?: { readonly status?: MobileStatusSent };
        readonly whatsApp?: { readonly status?: MobileStatusSent };
    };
    readonly lists?: readonly number[];
    readonly preferences?: readonly { readonly id: number; readonly isOptedIn: boolean }[];
    readonly consentRecords?: readonly Readonly<Record<string, string>>[];
}

type MobileStatusSent = 'noSubscription' | 'subscribed' | 'unsubscribed' | 'suppressed';
type Check = (value: unknown) => string | null;

const MAX_LISTS = 100;
const MAX_CONSENT_RECORDS = 5;
const CONSENT_FIELDS = ['text', 'dateTimeConsented', 'url', 'ipAddress', 'userAgent'];
const OPT_IN_TYPES = ['unknown', 'single', 'double', 'verifieddouble'];
const EMAIL_TYPES = ['plaintext', 'html'];
const EMAIL_STATUSES = ['subscribed', 'unsubscribed', 'suppressed'];
const MOBILE_STATUSES = ['noSubscription', ...EMAIL_STATUSES];

export const isRecord = (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null && !Array.isArray(value);

const object: Check = (value) => (isRecord(value) ? null : 'an object is expected');
const word =
    (allowed: readonly string[], anyCase = false): Check =>
    (value) =>
        typeof value === 'string' && allowed.includes(anyCase ? value.toLowerCase() : value)
            ? null
            : `one of ${allowed.join(', ')} is expected`;

const CHECKS: Readonly<Record<string, Check>> = {
    identifiers: (value) =>
        isRecord(value) && Object.values(value).every((one) => one === null || typeof one === 'string' || typeof one === 'number')
            ? null
            : 'an object of texts is expected',
    dataFields: object,
    channelProperties: channelProblem,
    lists: (value) =>
        Array.isArray(value) && value.length >= 1 && value.length <= MAX_LISTS && value.every(Number.isInteger)
            ? null
            : `an array of 1 to ${MAX_LISTS} integers is expected`,
    preferences: (value) =>
        Array.isArray(value) &&
        value.length >= 1 &&
        value.every((one) => isRecord(one) && Number.isInteger(one['id']) && typeof one['isOptedIn'] === 'boolean')
            ? null
            : 'an array of at least one {id, isOptedIn} is expected',
    consentRecords: (value) =>
        Array.isArray(value) && value.length >= 1 && value.length <= MAX_CONSENT_RECORDS && value.every(isConsentRecord)
            ? null
            : `an array of 1 to ${MAX_CONSENT_RECORDS} complete consent records is expected`,
};

/** What the schema of the v3 contact refuses in one contact; `extra` names what this call takes besides. */
export function bodyProblems(body: unknown, required: readonly string[], extra: readonly string[] = []): ErrorDetail[] {
    if (!isRecord(body)) return [{ item: 'body', description: 'An object is expected' }];
    const problems: ErrorDetail[] = [];
    for (const name of required) {
        if (body[name] === undefined) problems.push({ item: name, description: `The ${capitalised(name)} field is required.` });
    }
    for (const [name, value] of Object.entries(body)) {
        if (extra.includes(name)) continue;
        const check = CHECKS[name];
        if (value === null || !check) continue;
        const problem = check(value);
        if (problem) problems.push({ item: name, description: `Invalid value for '${name}': ${problem}` });
    }
    return problems;
}

function channelProblem(value: unknown): string | null {
    if (!isRecord(value)) return 'an object is expected';
    for (const [channel, properties] of Object.entries(value)) {
        if (!isRecord(properties)) return `an object is expected for ${channel}`;
        const allowed = ALLOWED[channel];
        if (!allowed) return `the channel ${channel} is not known`;
        for (const [name, one] of Object.entries(properties)) {
            const check = allowed[name];
            if (!check) return `${channel} has no property ${name}`;
            const problem = check(one);
            if (problem) return `${channel}.${name}: ${problem}`;
        }
    }
    return null;
}

const ALLOWED: Readonly<Record<string, Readonly<Record<string, Check>>>> = {
    email: {
        emailType: word(EMAIL_TYPES, true),
        optInType: word(OPT_IN_TYPES, true),
        status: word(EMAIL_STATUSES),
        resubscribeOptions: object,
    },
    sms: { status: word(MOBILE_STATUSES) },
    whatsApp: { status: word(MOBILE_STATUSES) },
};

function isConsentRecord(value: unknown): boolean {
    return (
        isRecord(value) &&
        Object.keys(value).length === CONSENT_FIELDS.length &&
        CONSENT_FIELDS.every((name) => typeof value[name] === 'string' && value[name] !== '')
    );
}

const capitalised = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);
