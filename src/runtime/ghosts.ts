import type { Intent } from './intents';

/** What is about to be sent, as far as it matters whether something else is on its way. */
export interface Concern {
    readonly ledger: string;
    readonly id: number;
    /** Keyed hash; '' where there is none. */
    readonly address: string;
    /** 0 where there is none. */
    readonly contactId: number;
}

interface Ghost {
    readonly key: string;
    readonly kind: Intent['kind'];
    readonly fingerprint: string;
}

/**
 * What may still take effect in Dotdigital although nobody is at work on it: sent before a crash or a lost connection, and
 * never answered. Until its deadline nothing else is sent about the same record, address or contact; the same content may
 * be sent again at once, since the order of two equal imports does not matter.
 */
export class Ghosts {
    private readonly intents = new Map<string, Intent>();
    private readonly byConcern = new Map<string, Ghost[]>();

    add(intent: Intent): void {
        this.remove(intent.key);
        this.intents.set(intent.key, intent);
        for (const item of intent.items) {
            const ghost = { key: intent.key, kind: intent.kind, fingerprint: item.fingerprint };
            for (const name of namesOf(item)) {
                const known = this.byConcern.get(name);
                if (known === undefined) this.byConcern.set(name, [ghost]);
                else known.push(ghost);
            }
        }
    }

    /** Nothing of the intent can take effect any more. */
    remove(key: string): void {
        const intent = this.intents.get(key);
        if (intent === undefined) return;
        this.intents.delete(key);
        for (const name of intent.items.flatMap(namesOf)) {
            const left = (this.byConcern.get(name) ?? []).filter((ghost) => ghost.key !== key);
            if (left.length === 0) this.byConcern.delete(name);
            else this.byConcern.set(name, left);
        }
    }

    /** True when a record with this content has to wait. */
    blocks(concern: Concern, fingerprint: string): boolean {
        return this.of(concern).some((ghost) => ghost.kind === 'removal' || ghost.fingerprint !== fingerprint);
    }

    /** True when a contact must not be taken off the list yet: something that is on its way could add it again. */
    blocksRemoval(concern: Concern): boolean {
        return this.of(concern).some((ghost) => ghost.kind !== 'removal');
    }

    private of(concern: Concern): Ghost[] {
        if (this.intents.size === 0) return [];
        return namesOf(concern).flatMap((name) => this.byConcern.get(name) ?? []);
    }
}

function namesOf({ ledger, id, address, contactId }: Concern): string[] {
    const names: string[] = [];
    if (ledger !== '') names.push(`r/${ledger}/${id}`);
    if (address !== '') names.push(`a/${address}`);
    if (contactId !== 0) names.push(`c/${contactId}`);
    return names;
}
