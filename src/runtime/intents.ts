import { randomUUID } from 'node:crypto';
import { type Change, keysBelow, type Store, type Value } from '../store/store';
import { Ghosts } from './ghosts';

/** What an intent says of one record. */
export interface IntentItem {
    /** Key of the ledger; '' for a record that no ledger remembers. */
    readonly ledger: string;
    readonly id: number;
    /** Keyed hash of the address; '' where only the contact is known. */
    readonly address: string;
    readonly fingerprint: string;
    readonly updatedAt: number;
    /** 0 where it is not known. */
    readonly contactId: number;
    /** Lists that the contact is on once it is accepted. */
    readonly lists: readonly number[];
}

/** Something that was about to be sent to Dotdigital. It is written before it is sent. */
export interface Intent {
    readonly key: string;
    readonly kind: 'import' | 'contacts' | 'removal';
    /** Id of the import, or of the removal job, once it is known; else ''. */
    readonly job: string;
    /** Number of writing nodes that must accept a record before it is confirmed. */
    readonly writers: number;
    /** After this moment it can no longer take effect. Milliseconds since 1970. */
    readonly deadline: number;
    readonly items: readonly IntentItem[];
}

/** The durable list of what is on its way to one account. */
export class IntentLog {
    /** Intents of this process, with the ledgers that they are about: somebody is at work on them. */
    private readonly live = new Map<string, ReadonlySet<string>>();
    /** What nobody is at work on, and may still take effect. Complete once {@link leftOver} was asked for. */
    readonly ghosts = new Ghosts();
    private exclusive: Promise<unknown> = Promise.resolve();

    constructor(
        private readonly store: Store,
        private readonly account: string,
    ) {}

    /** Writes an intent to the disk before the caller sends anything. */
    async announce(intent: Omit<Intent, 'key' | 'job'>): Promise<Intent> {
        const announced: Intent = { ...intent, key: `i/${this.account}/${randomUUID()}`, job: '' };
        this.live.set(announced.key, new Set(intent.items.map(({ ledger }) => ledger)));
        await this.store.write([change(announced)], true);
        return announced;
    }

    /** Adds the id by which Dotdigital answers for it. */
    async accepted(intent: Intent, job: string): Promise<Intent> {
        const known: Intent = { ...intent, job };
        await this.store.write([change(known)], true);
        return known;
    }

    /** The change that closes an intent; to be written together with what its outcome changed. */
    closing(intent: Intent): Change {
        return { key: intent.key, remove: true };
    }

    async close(intent: Intent): Promise<void> {
        await this.store.write([this.closing(intent)]);
        this.closed(intent);
    }

    /** To be called when {@link closing} was written. */
    closed(intent: Intent): void {
        this.live.delete(intent.key);
        this.ghosts.remove(intent.key);
    }

    /** Nobody is at work on it any more, and its outcome is unknown: it stays until its deadline. */
    abandon(intent: Intent): void {
        this.live.delete(intent.key);
        this.ghosts.add(intent);
    }

    /** True while somebody in this process is at work on records of a ledger. */
    isAtWorkOn(ledger: string): boolean {
        for (const ledgers of this.live.values()) if (ledgers.has(ledger)) return true;
        return false;
    }

    /** Runs one piece of work at a time: two runs do not resolve the same intents. */
    alone<T>(work: () => Promise<T>): Promise<T> {
        const done = this.exclusive.then(work);
        this.exclusive = done.catch(() => undefined);
        return done;
    }

    /** Intents that nobody is at work on: left by a process that ended, or abandoned. */
    async leftOver(): Promise<Intent[]> {
        const found: Intent[] = [];
        for await (const entries of this.store.entries<Value[]>(keysBelow(`i/${this.account}/`))) {
            for (const [key, value] of entries) {
                if (!this.live.has(key)) found.push(decode(key, value));
            }
        }
        // The reading shows what was there when it began: what was closed since is nobody's any more.
        const still = await this.store.getMany(found.map((intent) => intent.key));
        const intents = found.filter((_, index) => still[index] !== undefined);
        for (const intent of intents) this.ghosts.add(intent);
        return intents;
    }
}

function change(intent: Intent): Change {
    const items = intent.items.map((item) => [
        item.ledger,
        item.id,
        item.address,
        item.fingerprint,
        item.updatedAt,
        item.contactId,
        item.lists.join(','),
    ]);
    return { key: intent.key, value: [intent.kind, intent.job, intent.writers, intent.deadline, items] };
}

function decode(key: string, value: readonly Value[]): Intent {
    const [kind, job, writers, deadline, items] = value;
    return {
        key,
        kind: kind as Intent['kind'],
        job: String(job),
        writers: Number(writers),
        deadline: Number(deadline),
        items: (items as readonly (readonly Value[])[]).map(
            ([ledger, id, address, fingerprint, updatedAt, contactId, lists]): IntentItem => ({
                ledger: String(ledger),
                id: Number(id),
                address: String(address),
                fingerprint: String(fingerprint),
                updatedAt: Number(updatedAt),
                contactId: Number(contactId),
                lists: lists === '' ? [] : String(lists).split(',').map(Number),
            }),
        ),
    };
}
