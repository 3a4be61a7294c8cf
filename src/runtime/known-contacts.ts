import type { Dotdigital } from '../dotdigital/client';
import { readContacts } from '../dotdigital/contacts';
import type { Change, Store } from '../store/store';
import { addressHash, normalAddress } from '../sync/address';
import { unlessAborted } from './upsert/pause';

/** Overlap of two readings, in milliseconds: contacts that change while they are read are met by the next one. */
const OVERLAP = 10 * 60 * 1000;

/**
 * Which addresses the account has contacts for already, so that what is meant for new contacts alone reaches no other. Read
 * once, afterwards only what changed; remembered by the hashes of the addresses.
 */
export class KnownContacts {
    private reading: Promise<void> = Promise.resolve();
    private next: Promise<void> | null = null;

    constructor(
        private readonly store: Store,
        private readonly dotdigital: Dotdigital,
    ) {}

    /** Reads what changed. Callers that wait together share one reading that begins after they asked. */
    refresh(signal?: AbortSignal): Promise<void> {
        this.next ??= this.reading
            .catch(() => undefined)
            .then(() => {
                this.next = null;
                this.reading = this.read();
                return this.reading;
            });
        return unlessAborted(this.next, signal);
    }

    /** @param addresses keyed hashes */
    async has(addresses: readonly string[]): Promise<boolean[]> {
        const found = await this.store.getMany(addresses.map((address) => this.key(address)));
        return found.map((each) => each !== undefined);
    }

    private async read(): Promise<void> {
        const since = await this.store.get<string>(this.watermarkKey);
        let newest = since === undefined ? 0 : Date.parse(since);
        const modifiedSince = since === undefined ? undefined : new Date(newest - OVERLAP).toISOString();
        for await (const contacts of readContacts(this.dotdigital, { modifiedSince })) {
            const changes: Change[] = [];
            for (const { identifiers, updated, created } of contacts) {
                newest = Math.max(newest, Date.parse(updated ?? created ?? '') || 0);
                const address = normalAddress(identifiers['email']);
                if (address !== null) changes.push({ key: this.key(addressHash(this.store.secret, address)), value: true });
            }
            await this.store.write(changes);
        }
        await this.store.write([{ key: this.watermarkKey, value: new Date(newest).toISOString() }]);
    }

    private key(address: string): string {
        return `k/${this.dotdigital.account.id}/${address}`;
    }

    private get watermarkKey(): string {
        return `wk/${this.dotdigital.account.id}`;
    }
}
