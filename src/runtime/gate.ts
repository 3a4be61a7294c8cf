import type { Dotdigital } from '../dotdigital/client';
import { suppressedSince, unsubscribedFromListSince } from '../dotdigital/suppressions';
import { type Change, keysBelow, type Store, type Value } from '../store/store';
import { addressHash, normalAddress } from '../sync/address';
import { unlessAborted } from './upsert/pause';

/** Where Dotdigital's feeds begin when nothing was read yet. */
const BEGINNING = '2000-01-01T00:00:00Z';
/** Overlap of two readings: rows that arrive while a feed is paged are met by the next one. */
const OVERLAP = 10 * 60 * 1000;
/** After this time a feed is read from its beginning again, so that people who subscribed again are found. Also how long a suppressed person waits. */
export const SUPPRESSED_FOR = 7 * 24 * 3600 * 1000;
/** How long callers are gathered before a reading begins, in milliseconds. */
const TOGETHER = 20;
/** Reasons that are no suppression: a soft bounce passes, a pending opt-in is its own state. */
const NO_SUPPRESSION: ReadonlySet<string> = new Set(['softbounced', 'pendingoptin', 'subscribed']);

interface Watermark {
    readonly [key: string]: Value;
    readonly since: string;
    /** When the feed was last read from its beginning, milliseconds since 1970. */
    readonly full: number;
    /** Number of that reading; entries of an older one are gone from the feed. */
    readonly generation: number;
}

/**
 * Who must not be written or added to a list: unsubscribed, suppressed, bounced, complained, in the whole account or on one
 * list. Read again before each import, since consent outranks data.
 */
export class Gate {
    private next: { promise: Promise<void>; lists: Set<number> } | null = null;

    constructor(
        private readonly store: Store,
        private readonly dotdigital: Dotdigital,
        private readonly now: () => number = Date.now,
    ) {}

    /** Reads the feeds of the account and of `lists`. Callers that ask close together share one reading that begins after they asked. */
    async refresh(lists: readonly number[], signal?: AbortSignal): Promise<void> {
        if (this.next === null) {
            const wanted = new Set<number>();
            const promise = new Promise<void>((resolve, reject) => {
                setTimeout(() => {
                    this.next = null;
                    this.read([...wanted]).then(resolve, reject);
                }, TOGETHER);
            });
            this.next = { promise, lists: wanted };
        }
        for (const list of lists) this.next.lists.add(list);
        await unlessAborted(this.next.promise, signal);
    }

    /**
     * Why each person must not be written, or null. Whoever is known by a contact is looked for by that too: somebody who
     * unsubscribed and then took another address has still unsubscribed.
     *
     * @param people keyed hash of the address, and the contact that is known; 0 where there is none
     * @param lists lists that the contact would be added to
     */
    async blocked(
        people: readonly { readonly address: string; readonly contactId: number }[],
        lists: readonly number[],
    ): Promise<(string | null)[]> {
        const scopes = [0, ...lists];
        const keys = people.map(({ address, contactId }) =>
            scopes.flatMap((scope) => [
                this.key(scope, address),
                ...(contactId === 0 ? [] : [this.key(scope, contactKey(contactId))]),
            ]),
        );
        const found = await this.store.getMany<Value[]>(keys.flat());
        let position = 0;
        return keys.map(({ length }) => {
            const entry = found.slice(position, position + length).find((each) => each !== undefined);
            position += length;
            return entry === undefined ? null : String(entry[0]);
        });
    }

    /**
     * Who is known to have unsubscribed from a list, although Dotdigital may not know it any more.
     *
     * @param addresses keyed hashes
     * @returns for each address its contact, or null
     */
    async unsubscribedFrom(list: number, addresses: readonly string[]): Promise<(number | null)[]> {
        const found = await this.store.getMany<Value[]>(addresses.map((address) => this.key(list, address)));
        return found.map((entry) => (entry === undefined ? null : Number(entry[2])));
    }

    hash(email: string): string {
        return addressHash(this.store.secret, normalAddress(email) ?? '');
    }

    private async read(lists: readonly number[]): Promise<void> {
        await Promise.all([0, ...lists].map((scope) => this.readFeed(scope)));
    }

    private async readFeed(scope: number): Promise<void> {
        const mark = await this.store.get<Watermark>(this.watermarkKey(scope));
        const fromBeginning = mark === undefined || this.now() - mark.full > SUPPRESSED_FOR;
        const generation = (mark?.generation ?? 0) + (fromBeginning ? 1 : 0);
        const since = fromBeginning ? BEGINNING : overlapped(mark.since);
        let newest = Date.parse(mark?.since ?? BEGINNING);
        const pages =
            scope === 0 ? suppressedSince(this.dotdigital, since) : unsubscribedFromListSince(this.dotdigital, scope, since);
        for await (const page of pages) {
            const changes: Change[] = [];
            for (const suppression of page) {
                const at = Date.parse(suppression.at);
                if (at > newest) newest = at;
                const reason = suppression.reason === '' ? suppression.status : suppression.reason;
                if (NO_SUPPRESSION.has(reason.toLowerCase()) || suppression.email === '') continue;
                const address = this.hash(suppression.email);
                changes.push({ key: this.key(scope, address), value: [reason, generation, suppression.contactId] });
                changes.push({ key: this.key(scope, contactKey(suppression.contactId)), value: [reason, generation] });
            }
            await this.store.write(changes);
        }
        if (fromBeginning) await this.dropOlder(scope, generation);
        const full = fromBeginning ? this.now() : mark.full;
        await this.store.write([
            { key: this.watermarkKey(scope), value: { since: new Date(newest).toISOString(), full, generation } },
        ]);
    }

    /** Entries that a reading from the beginning did not meet belong to people who subscribed again. */
    private async dropOlder(scope: number, generation: number): Promise<void> {
        for await (const entries of this.store.entries<Value[]>(keysBelow(this.key(scope, '')))) {
            const gone = entries.filter(([, value]) => Number(value[1]) < generation);
            await this.store.write(gone.map(([key]) => ({ key, remove: true })));
        }
    }

    private key(scope: number, address: string): string {
        return `g/${this.dotdigital.account.id}/${scope}/${address}`;
    }

    private watermarkKey(scope: number): string {
        return `w/${this.dotdigital.account.id}/${scope}`;
    }
}

/** Cannot be the hash of an address: those have no sign like this in them. */
function contactKey(contactId: number): string {
    return `#${contactId}`;
}

function overlapped(since: string): string {
    return new Date(Math.max(Date.parse(since) - OVERLAP, Date.parse(BEGINNING))).toISOString();
}
