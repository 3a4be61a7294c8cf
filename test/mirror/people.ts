import type { Sandbox } from '../../src/sandbox';
import type { Deed, Plan } from './acts';
import { type InspectedContact, MAIN_LIST, NEWSLETTER } from './mirror';

/** What a record of Oro is now. */
interface Person {
    readonly id: number;
    address: number;
    name: string;
    /** Seconds since 1970, as Oro has it. */
    updatedAt: number;
    member: boolean;
    optedOut: boolean;
    /** Every address that it ever had. */
    readonly addresses: Set<number>;
}

/** Somebody who has to be on the list. */
export interface Wanted {
    readonly email: string;
    readonly firstName: string;
    readonly lastName: string;
}

/** The people of a small world, and who of them has to be on the list. */
export class People {
    private readonly people: Person[] = [];
    private changes = 0;

    constructor(private readonly sandbox: Sandbox) {}

    /** The people of a plan, in Oro, and a contact by hand on the list whom nobody may touch. */
    async settle({ people, outside }: Plan): Promise<void> {
        const ids = people.map((_, index) => index + 1);
        const others = [1, 2, 3, 4, 5, 6].filter((id) => !ids.includes(id));
        await this.sandbox.control({ oro: { leave: others } });
        await this.sandbox.control({
            oro: { join: ids.filter((id) => id !== outside), leave: ids.filter((id) => id === outside) },
        });
        await this.sandbox.control({
            dotdigital: { addContacts: [{ email: 'by-hand@example.com', lists: [NEWSLETTER] }, { email: this.address(4) }] },
        });
        for (const [index, address] of people.entries()) {
            const id = index + 1;
            const addresses = new Set<number>();
            this.people.push({ id, address, name: '', updatedAt: 0, member: id !== outside, optedOut: false, addresses });
            await this.change(id, address, false);
        }
    }

    address(number: number): string {
        return `x${number}@example.com`;
    }

    async perform(act: Deed): Promise<void> {
        switch (act.do) {
            case 'rename':
                return this.change(act.who, null, false);
            case 'move':
                return this.change(act.who, act.address, act.loud);
            case 'swap': {
                const [one, other] = [this.find(act.who), this.find(act.other)];
                if (one === undefined || other === undefined) return;
                const address = one.address;
                await this.change(one.id, other.address, false);
                return this.change(other.id, address, false);
            }
            case 'join':
            case 'leave':
                return this.be(act.who, { member: act.do === 'join' }, act.do);
            case 'optOut':
            case 'optIn':
                return this.be(act.who, { optedOut: act.do === 'optOut' }, act.do === 'optOut' ? 'optOut' : 'resubscribe');
            case 'hide':
            case 'show':
                if (this.find(act.who) !== undefined)
                    await this.sandbox.control({ oro: { [act.do]: [{ type: 'customerusers', id: String(act.who) }] } });
                return;
            case 'unsubscribe':
                await this.sandbox.control({ dotdigital: { unsubscribe: [this.address(act.address)] } });
                return;
            case 'unsubscribeFromList':
                await this.sandbox.control({
                    dotdigital: { unsubscribeFromList: [{ listId: NEWSLETTER, email: this.address(act.address) }] },
                });
                return;
            default:
        }
    }

    showAll(): void {
        const show = this.people.map(({ id }) => ({ type: 'customerusers', id: String(id) }));
        void this.sandbox.control({ oro: { show } });
    }

    /** Numbers that the summary of a run has to show. */
    counted(): { members: number; optedOut: number; duplicates: number } {
        const members = this.people.filter(({ member }) => member);
        const optedOut = members.filter((each) => each.optedOut).length;
        return { members: members.length, optedOut, duplicates: members.length - optedOut - this.speakers().length };
    }

    /** Who has to be on the list; apart, those of whom it depends on what was known when whether they are. */
    async wanted(): Promise<{ must: Wanted[]; may: Wanted[] }> {
        const suppressed = new Set([...(await this.unsubscribed()), ...(await this.unsubscribedFromList())]);
        const [must, may]: [Wanted[], Wanted[]] = [[], []];
        for (const { id, address, name, addresses } of this.speakers()) {
            const email = this.address(address);
            if (suppressed.has(email)) continue;
            const before = [...addresses].some((each) => suppressed.has(this.address(each)));
            (before ? may : must).push({ email, firstName: `First ${id}`, lastName: name });
        }
        return { must, may };
    }

    /** Addresses that have unsubscribed from the list, as Dotdigital says. */
    async unsubscribedFromList(): Promise<string[]> {
        return this.feed(`/v2/address-books/${NEWSLETTER}/contacts/unsubscribed-since/2000-01-01T00:00:00Z`);
    }

    /** Contacts that count on the list, by address. */
    async onList(): Promise<Map<string, InspectedContact>> {
        const answer = await fetch(`${this.sandbox.dotdigitalUrl}/sandbox/contacts?list=${NEWSLETTER}`);
        const contacts = (await answer.json()) as InspectedContact[];
        return new Map(contacts.map((contact) => [(contact.identifiers['email'] ?? '').trim().toLowerCase(), contact]));
    }

    private unsubscribed(): Promise<string[]> {
        return this.feed('/v2/contacts/suppressed-since/2000-01-01T00:00:00Z');
    }

    private async feed(path: string): Promise<string[]> {
        const { dotdigitalUser, dotdigitalPassword } = this.sandbox.credentials;
        const authorization = `Basic ${Buffer.from(`${dotdigitalUser}:${dotdigitalPassword}`).toString('base64')}`;
        const answer = await fetch(`${this.sandbox.dotdigitalUrl}${path}?select=1000`, { headers: { authorization } });
        const rows = (await answer.json()) as { suppressedContact: { email: string } }[];
        return rows.map(({ suppressedContact }) => suppressedContact.email.trim().toLowerCase());
    }

    /** For each address the newest of its members, a tie goes to the higher id; nobody where one of them has opted out. */
    private speakers(): Person[] {
        const speakers = new Map<number, Person>();
        const members = this.people.filter(({ member }) => member);
        const silent = new Set(members.filter(({ optedOut }) => optedOut).map(({ address }) => address));
        for (const person of members) {
            const other = speakers.get(person.address);
            if (!silent.has(person.address) && (other === undefined || person.updatedAt >= other.updatedAt))
                speakers.set(person.address, person);
        }
        return [...speakers.values()];
    }

    private find(id: number): Person | undefined {
        return this.people.find((person) => person.id === id);
    }

    private async be(
        id: number,
        state: Partial<Pick<Person, 'member' | 'optedOut'>>,
        command: 'join' | 'leave' | 'optOut' | 'resubscribe',
    ): Promise<void> {
        const person = this.find(id);
        if (person === undefined) return;
        Object.assign(person, state);
        await this.sandbox.control({ oro: { list: MAIN_LIST, [command]: [id] } });
    }

    private async change(id: number, address: number | null, loud: boolean): Promise<void> {
        const person = this.find(id);
        if (person === undefined) return;
        // Now and then two changes fall into one second.
        const advance = ++this.changes % 3 === 0 ? 0 : 1000;
        const { clock } = (await this.sandbox.control({ clock: { advance } })) as { clock: string };
        person.name = `Name ${this.changes}`;
        person.address = address ?? person.address;
        person.addresses.add(person.address);
        person.updatedAt = Math.floor(Date.parse(clock) / 1000);
        const email = this.address(person.address);
        const attributes = { email: loud ? ` ${email.toUpperCase()} ` : email, firstName: `First ${id}`, lastName: person.name };
        await this.sandbox.control({ oro: { change: [{ type: 'customerusers', id: String(id), attributes }] } });
    }
}
