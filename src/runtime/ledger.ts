import { type Change, keysBelow, type Range, type Store, type Value } from '../store/store';
import { fingerprintOf } from '../sync/fingerprint';

/** What became of a record when it was last confirmed. `leaving`: it left, and its contact is still to be taken off the list. */
export type Outcome = 'accepted' | 'refused' | 'suppressed' | 'duplicate' | 'optedOut' | 'leaving';

/** What is remembered of one record of an audience. No clear personal data. */
export interface Row {
    readonly outcome: Outcome;
    /** Keyed hash of the address. */
    readonly address: string;
    /** Last change in Oro as far as known here, seconds since 1970. */
    readonly updatedAt: number;
    readonly fingerprint: string;
    /** Contact in Dotdigital; 0 where there is none. */
    readonly contactId: number;
    /** Lists that the contact was confirmed to be on. */
    readonly lists: readonly number[];
    /** When it was confirmed, seconds since 1970. */
    readonly at: number;
    /** Why it was refused, else ''. */
    readonly code: string;
}

/** A record's claim to an address: `[record id, last change in seconds, run in which it was seen]`. */
export type Claim = readonly [id: number, updatedAt: number, run: string];

/** A contact that is to be taken off the list, since the record that held it left or took another address. */
export interface Release {
    readonly contactId: number;
    readonly id: number;
    readonly why: 'left' | 'optedOut' | 'letGo';
    /** Keyed hash of the address that the record had when it held the contact. */
    readonly address: string;
}

/** What a ledger belongs to. Anything else in it means another ledger. */
export interface LedgerIdentity {
    readonly node: string;
    readonly environment: string;
    readonly oro: string;
    readonly organization: string;
    readonly audience: Value;
    readonly account: string;
}

/** What is remembered of a ledger as a whole. */
export interface LedgerHeader {
    readonly [key: string]: Value;
    readonly since: string;
    readonly account: string;
    /** Fingerprint of the settings of the last complete run; '' before it. */
    readonly settings: string;
    /** True once a run has read the whole audience. */
    readonly complete: boolean;
}

/** Key of the ledger of one source, audience and destination. */
export function ledgerKey(identity: LedgerIdentity): string {
    return fingerprintOf(identity);
}

/** Keys of all ledgers that feed an account. */
export async function ledgersOf(store: Store, account: string): Promise<Ledger[]> {
    const ledgers: Ledger[] = [];
    for await (const entries of store.entries<LedgerHeader>(keysBelow('h/'))) {
        for (const [key, header] of entries) {
            if (header.account === account) ledgers.push(new Ledger(store, key.slice('h/'.length), account));
        }
    }
    return ledgers;
}

const OUTCOMES: readonly Outcome[] = ['accepted', 'refused', 'suppressed', 'duplicate', 'optedOut', 'leaving'];
const ID_DIGITS = 14;

/** The durable memory of one source node for one audience and one destination. All keys of it are made here. */
export class Ledger {
    private readonly prefix: string;

    /** @param key from {@link ledgerKey} */
    constructor(
        readonly store: Store,
        readonly key: string,
        readonly account: string,
    ) {
        this.prefix = `l/${key}/`;
    }

    /** The header, made when this is the first run. */
    async open(now: Date): Promise<LedgerHeader> {
        const known = await this.store.get<LedgerHeader>(this.headerKey);
        if (known !== undefined) return known;
        const header: LedgerHeader = { since: now.toISOString(), account: this.account, settings: '', complete: false };
        await this.store.write([this.headerChange(header)], true);
        return header;
    }

    headerChange(header: LedgerHeader): Change {
        return { key: this.headerKey, value: header };
    }

    rowKey(id: number): string {
        return `${this.prefix}r/${padded(id)}`;
    }

    rowChange(id: number, row: Row): Change {
        return { key: this.rowKey(id), value: encodeRow(row) };
    }

    /** The change that writes a row which is JSON already, see {@link rowJson}. */
    rowJsonChange(id: number, json: string): Change {
        return { key: this.rowKey(id), json };
    }

    rowRemoval(id: number): Change {
        return { key: this.rowKey(id), remove: true };
    }

    async row(id: number): Promise<Row | undefined> {
        const value = await this.store.get<Value[]>(this.rowKey(id));
        return value === undefined ? undefined : decodeRow(value);
    }

    async rows(ids: readonly number[]): Promise<(Row | undefined)[]> {
        const values = await this.store.getMany<Value[]>(ids.map((id) => this.rowKey(id)));
        return values.map((value) => (value === undefined ? undefined : decodeRow(value)));
    }

    /** All rows in the order of the record ids. */
    async *allRows(): AsyncGenerator<[number, Row][]> {
        const start = `${this.prefix}r/`.length;
        for await (const entries of this.store.entries<Value[]>(keysBelow(`${this.prefix}r/`))) {
            yield entries.map(([key, value]) => [Number(key.slice(start)), decodeRow(value)]);
        }
    }

    async claims(addresses: readonly string[]): Promise<Claim[][]> {
        const values = await this.store.getMany<Value[]>(addresses.map((address) => this.claimKey(address)));
        return values.map((value) => (value ?? []) as unknown as Claim[]);
    }

    claimsChange(address: string, claims: readonly Claim[]): Change {
        const key = this.claimKey(address);
        return claims.length === 0 ? { key, remove: true } : { key, value: claims as readonly (readonly Value[])[] };
    }

    releaseChange(release: Release): Change {
        return { key: `${this.prefix}x/${padded(release.contactId)}`, value: [release.id, release.why, release.address] };
    }

    releaseRemoval(contactId: number): Change {
        return { key: `${this.prefix}x/${padded(contactId)}`, remove: true };
    }

    async *releases(): AsyncGenerator<Release[]> {
        const start = `${this.prefix}x/`.length;
        for await (const entries of this.store.entries<[number, Release['why'], string]>(keysBelow(`${this.prefix}x/`))) {
            yield entries.map(([key, [id, why, address]]) => ({ contactId: Number(key.slice(start)), id, why, address }));
        }
    }

    /** Marks an address under which an import whose outcome is unknown may have put a record on the list. */
    lostChange(id: number, address: string): Change {
        return { key: `${this.prefix}y/${padded(id)}/${address}`, value: true };
    }

    lostRemoval(id: number, address: string): Change {
        return { key: `${this.prefix}y/${padded(id)}/${address}`, remove: true };
    }

    async *lost(): AsyncGenerator<[number, string][]> {
        const start = `${this.prefix}y/`.length;
        for await (const entries of this.store.entries(keysBelow(`${this.prefix}y/`))) {
            yield entries.map(([key]) => [Number(key.slice(start, start + ID_DIGITS)), key.slice(start + ID_DIGITS + 1)]);
        }
    }

    /** Marks a record that has to be sent although it did not change: the record that spoke for its address is gone. */
    offerAgain(id: number): Change {
        return { key: `${this.prefix}q/${padded(id)}`, value: true };
    }

    offeredAgain(id: number): Change {
        return { key: `${this.prefix}q/${padded(id)}`, remove: true };
    }

    async *toOfferAgain(): AsyncGenerator<number[]> {
        const start = `${this.prefix}q/`.length;
        for await (const entries of this.store.entries(keysBelow(`${this.prefix}q/`))) {
            yield entries.map(([key]) => Number(key.slice(start)));
        }
    }

    /** A sorted set of record ids on disk, for the length of one run. */
    staging(name: string): Staging {
        return new Staging(this.store, `${this.prefix}t/${name}/`);
    }

    async forgetStaging(): Promise<void> {
        await this.store.clear(keysBelow(`${this.prefix}t/`));
    }

    /** Drops everything that this ledger remembers. */
    async forget(): Promise<void> {
        await this.store.clear(keysBelow(this.prefix));
        await this.store.write([{ key: this.headerKey, remove: true }], true);
    }

    private get headerKey(): string {
        return `h/${this.key}`;
    }

    private claimKey(address: string): string {
        return `${this.prefix}a/${address}`;
    }
}

/** A set of record ids, each with a small value, that is read back in ascending order. */
export class Staging {
    constructor(
        private readonly store: Store,
        private readonly prefix: string,
    ) {}

    change(id: number, value: Value): Change {
        return { key: `${this.prefix}${padded(id)}`, value };
    }

    async add(ids: readonly number[], value: Value): Promise<void> {
        await this.store.write(ids.map((id) => this.change(id, value)));
    }

    async *entries<T extends Value>(): AsyncGenerator<[number, T][]> {
        for await (const entries of this.store.entries<T>(this.range())) {
            yield entries.map(([key, value]) => [Number(key.slice(this.prefix.length)), value]);
        }
    }

    async clear(): Promise<void> {
        await this.store.clear(this.range());
    }

    private range(): Range {
        return keysBelow(this.prefix);
    }
}

/** A row as it is stored. Much smaller than the row itself: rows wait in this form until they are written. */
export function rowJson(row: Row): string {
    return JSON.stringify(encodeRow(row));
}

/** The row of a {@link rowJson}. */
export function rowOfJson(json: string): Row {
    return decodeRow(JSON.parse(json) as Value[]);
}

function padded(id: number): string {
    return String(id).padStart(ID_DIGITS, '0');
}

function encodeRow(row: Row): Value[] {
    return [
        OUTCOMES.indexOf(row.outcome),
        row.address,
        row.updatedAt,
        row.fingerprint,
        row.contactId,
        row.lists.length === 0 ? '' : row.lists.join(','),
        row.at,
        row.code,
    ];
}

function decodeRow(value: readonly Value[]): Row {
    const [outcome, address, updatedAt, fingerprint, contactId, lists, at, code] = value;
    return {
        outcome: OUTCOMES[Number(outcome)] ?? 'leaving',
        address: String(address),
        updatedAt: Number(updatedAt),
        fingerprint: String(fingerprint),
        contactId: Number(contactId),
        lists: lists === '' ? [] : String(lists).split(',').map(Number),
        at: Number(at),
        code: String(code),
    };
}
