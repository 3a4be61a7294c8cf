/** What an operation is about. Empty parts are not locked. */
export interface LockKeys {
    /** Key of the ledger; '' for a record that no ledger remembers. */
    readonly ledger: string;
    readonly id: number;
    /** Keyed hash of the address. */
    readonly address: string;
    readonly contactId: number;
}

/**
 * One operation at a time for each record, address and contact. Two imports may end in another order than they began, so
 * nothing is sent about any of the three while something else about it is on the way.
 */
export class KeyLocks {
    private readonly records = new Map<string, Set<number>>();
    private readonly addresses = new Set<string>();
    private readonly contacts = new Set<number>();
    private readonly waiting = new Set<() => void>();

    /** Takes all three or none. False when one of them is held. */
    tryAcquire({ ledger, id, address, contactId }: LockKeys): boolean {
        const ids = ledger === '' ? null : this.idsOf(ledger);
        if (ids?.has(id) === true || this.addresses.has(address) || this.contacts.has(contactId)) return false;
        ids?.add(id);
        if (address !== '') this.addresses.add(address);
        if (contactId !== 0) this.contacts.add(contactId);
        return true;
    }

    /** Gives back what {@link tryAcquire} took. */
    release({ ledger, id, address, contactId }: LockKeys): void {
        this.records.get(ledger)?.delete(id);
        this.addresses.delete(address);
        this.contacts.delete(contactId);
        for (const wake of this.waiting) wake();
    }

    /** Calls `wake` whenever keys were released. Answers the function that ends it. */
    onRelease(wake: () => void): () => void {
        this.waiting.add(wake);
        return () => this.waiting.delete(wake);
    }

    private idsOf(ledger: string): Set<number> {
        const ids = this.records.get(ledger) ?? new Set<number>();
        this.records.set(ledger, ids);
        return ids;
    }
}
