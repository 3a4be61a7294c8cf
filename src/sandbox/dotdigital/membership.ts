import { type Contact, type EmailStatus, isSuppressed } from './contact';
import type { ContactStore } from './contact-store';

/** A list ("address book") of the account. */
export interface List {
    readonly id: number;
    name: string;
    visibility: 'Private' | 'Public';
    /** Contacts on it that count: not suppressed in the account, not unsubscribed from the list. */
    members: number;
    /** When each contact (id) unsubscribed from this list, in milliseconds. */
    readonly unsubscribed: Map<number, number>;
}

/** Who is on which list and who is suppressed, with the counts kept up to date so that none is ever computed. */
export class Membership {
    readonly lists = new Map<number, List>();
    /** When each suppressed contact (id) was suppressed, in milliseconds. */
    readonly suppressed = new Map<number, number>();
    /** List unsubscribes that were undone by adding again, as `contactId:listId`. */
    readonly listResubscribed = new Map<string, { contact: Contact; listId: number }>();
    private readonly combinations = new Map<string, readonly number[]>();

    constructor(private readonly contacts: ContactStore) {}

    createList(id: number, name: string, visibility: 'Private' | 'Public'): List {
        const list: List = { id, name, visibility, members: 0, unsubscribed: new Map() };
        this.lists.set(id, list);
        return list;
    }

    deleteList(id: number): void {
        for (const contact of this.contacts.after(0)) {
            if (contact.lists.includes(id)) contact.lists = this.combination(contact.lists.filter((other) => other !== id));
        }
        this.lists.delete(id);
    }

    /** Puts the contact on the list. Somebody who had unsubscribed from the list is subscribed to it again: so does the service. */
    add(contact: Contact, listId: number): void {
        const list = this.lists.get(listId);
        if (!list) return;
        this.recounted(contact, () => {
            if (list.unsubscribed.delete(contact.id)) this.listResubscribed.set(`${contact.id}:${listId}`, { contact, listId });
            if (!contact.lists.includes(listId)) contact.lists = this.combination([...contact.lists, listId]);
        });
    }

    /** Takes the contact off the list; a list unsubscribe stays known. @returns whether it was on it */
    remove(contact: Contact, listId: number): boolean {
        if (!contact.lists.includes(listId)) return false;
        this.recounted(contact, () => {
            contact.lists = this.combination(contact.lists.filter((other) => other !== listId));
        });
        return true;
    }

    removeFromAll(contact: Contact): void {
        for (const listId of contact.lists) this.remove(contact, listId);
        for (const list of this.lists.values()) list.unsubscribed.delete(contact.id);
    }

    unsubscribe(contact: Contact, listId: number, at: number): void {
        this.recounted(contact, () => this.lists.get(listId)?.unsubscribed.set(contact.id, at));
        this.listResubscribed.delete(`${contact.id}:${listId}`);
    }

    setStatus(contact: Contact, status: EmailStatus, at: number): void {
        this.recounted(contact, () => {
            contact.status = status;
            if (!isSuppressed(status)) this.suppressed.delete(contact.id);
            else if (!this.suppressed.has(contact.id)) this.suppressed.set(contact.id, at);
        });
    }

    /** The contact goes to or comes back from the recycle bin. */
    setBinned(contact: Contact, binned: boolean): void {
        if (contact.binned === binned) return;
        this.recounted(contact, () => {
            contact.binned = binned;
            this.contacts.active += binned ? -1 : 1;
        });
    }

    /** Counts a contact of a snapshot. */
    restore(contact: Contact): void {
        contact.lists = this.combination(contact.lists);
        this.count(contact, 1);
    }

    /** Whether the contact counts as a member of the list. */
    counts(contact: Contact, listId: number): boolean {
        return !contact.binned && this.statusOn(contact, listId) !== 'suppressed' && contact.lists.includes(listId);
    }

    statusOn(contact: Contact, listId: number): 'subscribed' | 'suppressed' | 'pending' {
        if (isSuppressed(contact.status) || this.lists.get(listId)?.unsubscribed.has(contact.id)) return 'suppressed';
        return contact.status === 'pendingOptIn' ? 'pending' : 'subscribed';
    }

    private recounted(contact: Contact, change: () => void): void {
        this.count(contact, -1);
        change();
        this.count(contact, 1);
    }

    private count(contact: Contact, step: 1 | -1): void {
        for (const listId of contact.lists) {
            const list = this.lists.get(listId);
            if (list && this.counts(contact, listId)) list.members += step;
        }
    }

    private combination(lists: readonly number[]): readonly number[] {
        const key = lists.join();
        const known = this.combinations.get(key);
        if (known) return known;
        this.combinations.set(key, lists);
        return lists;
    }
}
