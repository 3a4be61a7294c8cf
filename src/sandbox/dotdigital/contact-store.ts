import { addressKey, Contact, type ContactExtras } from './contact';

/** Contact ids of one account begin at a multiple of this, so that ids of another account are never known by chance. */
const IDS_PER_ACCOUNT = 10_000_000;
const ACCOUNT_RANGES = 200;

/** All contacts of the account, found by any identifier. */
export class ContactStore {
    private readonly firstId: number;
    private readonly byIndex: (Contact | null)[] = [];
    private readonly byAddress = new Map<string, Contact>();
    private readonly byMobile = new Map<string, Contact>();
    private readonly byCustom = new Map<string, Map<string, Contact>>();
    private readonly extras = new Map<number, ContactExtras>();
    /** Contacts that are not in the recycle bin. */
    active = 0;

    constructor(accountId: number) {
        this.firstId = IDS_PER_ACCOUNT * (1 + (accountId % ACCOUNT_RANGES)) + 1;
    }

    create(at: number): Contact {
        const contact = new Contact(this.firstId + this.byIndex.length, '', at);
        this.byIndex.push(contact);
        this.active++;
        return contact;
    }

    /** Puts a contact of a snapshot back in its place. */
    restore(contact: Contact): void {
        const index = contact.id - this.firstId;
        while (this.byIndex.length < index) this.byIndex.push(null);
        this.byIndex[index] = contact;
        if (!contact.binned) this.active++;
        if (contact.email) this.byAddress.set(addressKey(contact.email), contact);
        if (contact.mobile) this.byMobile.set(contact.mobile, contact);
    }

    setEmail(contact: Contact, email: string): void {
        if (contact.email) this.byAddress.delete(addressKey(contact.email));
        contact.email = email.trim();
        this.byAddress.set(addressKey(email), contact);
    }

    setMobile(contact: Contact, mobile: string): void {
        if (contact.mobile) this.byMobile.delete(contact.mobile);
        contact.mobile = mobile;
        this.byMobile.set(mobile, contact);
    }

    setCustom(contact: Contact, name: string, value: string): void {
        const owners = this.byCustom.get(name) ?? new Map<string, Contact>();
        this.byCustom.set(name, owners);
        const extras = this.extrasToChange(contact);
        const old = extras.custom?.[name];
        if (old !== undefined) owners.delete(old);
        extras.custom = { ...extras.custom, [name]: value };
        owners.set(value, contact);
    }

    /** The contact with this identifier, also when it is in the recycle bin. */
    find(identifier: string, value: string): Contact | null {
        if (identifier === 'contactId') return this.byId(Number(value));
        if (identifier === 'email') return this.byAddress.get(addressKey(value)) ?? null;
        if (identifier === 'mobileNumber') return this.byMobile.get(value.replace(/^\+/, '')) ?? null;
        return this.byCustom.get(identifier)?.get(value) ?? null;
    }

    byId(id: number): Contact | null {
        return this.byIndex[id - this.firstId] ?? null;
    }

    /** All contacts with a higher id, in the order of their ids, with the binned ones. */
    *after(id: number): Generator<Contact> {
        for (let index = Math.max(0, id - this.firstId + 1); index < this.byIndex.length; index++) {
            const contact = this.byIndex[index];
            if (contact) yield contact;
        }
    }

    extrasOf(contact: Contact): Readonly<ContactExtras> {
        return this.extras.get(contact.id) ?? {};
    }

    extrasToChange(contact: Contact): ContactExtras {
        const extras = this.extras.get(contact.id) ?? {};
        this.extras.set(contact.id, extras);
        return extras;
    }
}
