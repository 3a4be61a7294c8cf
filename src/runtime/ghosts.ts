import type { Intent } from './intents';

interface Ghost {
    readonly kind: Intent['kind'];
    readonly fingerprint: string;
}

/**
 * What may still take effect in Dotdigital although nobody is at work on it: sent before a crash or a lost connection, and
 * never answered. Until its deadline nothing else is sent about the same record, address or contact; the same content may
 * be sent again at once, since the order of two equal imports does not matter.
 */
export class Ghosts {
    private readonly byRecord = new Map<string, Ghost>();
    private readonly byAddress = new Map<string, Ghost>();
    private readonly byContact = new Map<number, Ghost>();

    constructor(
        intents: readonly Intent[],
        private readonly ledger: string,
    ) {
        for (const intent of intents) {
            for (const item of intent.items) {
                const ghost = { kind: intent.kind, fingerprint: item.fingerprint };
                if (item.ledger !== '') this.byRecord.set(`${item.ledger}/${item.id}`, ghost);
                if (item.address !== '') this.byAddress.set(item.address, ghost);
                if (item.contactId !== 0) this.byContact.set(item.contactId, ghost);
            }
        }
    }

    /** True when a record has to wait. */
    blocks(id: number, address: string, contactId: number, fingerprint: string): boolean {
        return this.of(id, address, contactId).some((ghost) => ghost.kind === 'removal' || ghost.fingerprint !== fingerprint);
    }

    /** True when a contact must not be taken off the list yet: something that is on its way could add it again. */
    blocksRemoval(id: number, address: string, contactId: number): boolean {
        return this.of(id, address, contactId).length > 0;
    }

    private of(id: number, address: string, contactId: number): Ghost[] {
        const found = [
            this.byRecord.get(`${this.ledger}/${id}`),
            address === '' ? undefined : this.byAddress.get(address),
            contactId === 0 ? undefined : this.byContact.get(contactId),
        ];
        return found.filter((ghost) => ghost !== undefined);
    }
}
