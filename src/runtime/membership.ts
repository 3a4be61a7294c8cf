import { PackageError } from '../http/errors';
import { addressHash, normalAddress } from '../sync/address';
import { outranks, speaker } from '../sync/claims';
import { recordFingerprint } from '../sync/fingerprint';
import { type OroRecord, type ReadRecord, valueAt } from '../sync/record';
import type { Standing } from '../sync/summary';
import type { MemberPage } from './audience';
import { SUPPRESSED_FOR } from './gate';
import type { Concern, Ghosts } from './ghosts';
import type { Claim, Ledger, Row } from './ledger';
import { LEFT_BY_FLOW, type Recorder } from './recorder';
import type { Item } from './run';
import { SortedCursor } from './sorted-cursor';

/** Someone who opted out speaks for the address before everybody else, so that no other record with it is written. */
const OPTED_OUT_RANK = 9_999_999_999;

/** What decides whether a member is offered to the flow. */
export interface MembershipOptions {
    readonly ledger: Ledger;
    /** Ledgers of other sources that write to the same account. */
    readonly otherLedgers: readonly Ledger[];
    readonly recorder: Recorder;
    readonly ghosts: Ghosts;
    readonly run: string;
    /** Fingerprint of the settings of the writing nodes behind the reader. */
    readonly settings: string;
    /** Offer everyone, whatever was confirmed before. */
    readonly everyone: boolean;
    /** Offer again what was refused. */
    readonly retryRejected: boolean;
    /** Path of a record's own opt-out field; '' where there is none. */
    readonly optOutField: string;
    readonly optedOut: AsyncGenerator<[number, true][]> | null;
    /** True for a record that was offered in this run and is not settled. */
    isUnsettled(id: number): boolean;
    readonly now: () => number;
}

/** A record that is offered to the flow. */
export interface Offer {
    readonly record: OroRecord;
    readonly item: Item;
}

interface Member {
    readonly person: ReadRecord;
    readonly id: number;
    readonly row: Row | null;
    readonly optedOut: boolean;
    readonly address: string;
    readonly email: string;
    /** The claim's rank: last change in seconds, or the rank of someone who opted out. */
    readonly rank: number;
    readonly fingerprint: string;
}

/** Compares the members of the audience, in ascending order, with what the ledger knows of them. */
export class Membership {
    joined = 0;
    changed = 0;
    unchanged = 0;
    /** Members that were met. */
    met = 0;
    /** Rows of people who were on the list when the run began. */
    before = 0;
    private readonly rows: SortedCursor<Row>;
    private readonly optOuts: SortedCursor<true> | null;
    private readonly leaving = new Map<number, Row>();
    /** Records that gave way to one that was never confirmed, and was not met yet in this run. */
    private unspoken: Pick<Member, 'id' | 'address'>[] = [];
    /** Rows that this run changed although the cursor has not met them yet. */
    private readonly overrides = new Map<number, Row>();
    private claims = new Map<string, Claim[]>();
    private readonly touched = new Set<string>();
    /** Claims of the page before, while they are written. */
    private saved: ReadonlyMap<string, Claim[]> = new Map();
    private saving: Promise<void> = Promise.resolve();

    private readonly startedAt: number;

    constructor(private readonly options: MembershipOptions) {
        this.startedAt = Math.floor(options.now() / 1000);
        this.rows = new SortedCursor(options.ledger.allRows());
        this.optOuts = options.optedOut === null ? null : new SortedCursor(options.optedOut);
    }

    /** The offers of one page of members. */
    async page(page: MemberPage): Promise<Offer[]> {
        return this.offersOf(await this.membersOf(page), (member) => this.decide(this.asOfNow(member), false, null));
    }

    /** Claims the addresses of people who will be read again in this run, before anybody is offered. */
    async claim(people: readonly ReadRecord[]): Promise<void> {
        const members = (await this.membersAgain(people)).filter((member) => this.needsClaims(member));
        await this.loadClaims(members);
        for (const member of members) {
            this.setClaims(member.address, this.withClaim(await this.claimsOf(member.address), member));
        }
        await this.saveClaims();
    }

    /** To be called when everybody was read: has those offered whose address nobody speaks for any more. */
    async offerUnspoken(): Promise<void> {
        const { ledger, recorder } = this.options;
        for (const member of this.unspoken) {
            if ((await this.validClaims(member)).length === 0) recorder.change(ledger.offerAgain(member.id));
        }
        this.unspoken = [];
    }

    /** The offers for records that have to be sent although they did not change: they speak for their address now. */
    async again(people: readonly ReadRecord[]): Promise<Offer[]> {
        const { ledger, recorder } = this.options;
        const all = await this.membersAgain(people);
        const members = all.filter((member) => member.row?.outcome === 'duplicate');
        for (const { id, row } of all) if (row?.outcome !== 'duplicate') recorder.change(ledger.offeredAgain(id));
        return this.offersOf(members, (member) => this.decide(member, true, 'duplicates'));
    }

    /** The offers for records that were on their way while nodes were replaced. What was found to be confirmed is counted so. */
    async retry(people: readonly ReadRecord[]): Promise<Offer[]> {
        return this.offersOf(await this.membersAgain(people), async (member) => {
            const standing = this.standingWithoutChange(member);
            if (standing === null) return this.decide(member, true, 'unconfirmed');
            this.options.recorder.tally.move('unconfirmed', standing);
            return null;
        });
    }

    private async membersAgain(people: readonly ReadRecord[]): Promise<Member[]> {
        const rows = await this.options.recorder.rows(people.map((person) => Number(person.record.id)));
        return people
            .map((person, index) => this.member(person, rows[index] ?? null, false))
            .filter((member) => member.address !== '');
    }

    private async offersOf(members: readonly Member[], decide: (member: Member) => Promise<Offer | null>): Promise<Offer[]> {
        await this.loadClaims(members);
        await this.claimTogether(members);
        const offers: Offer[] = [];
        for (const member of members) {
            const offer = await decide(member);
            if (offer !== null) offers.push(offer);
        }
        await this.saveClaims();
        return offers;
    }

    /** To be called when everybody was read: the rows that no member met. */
    async rest(): Promise<ReadonlyMap<number, Row>> {
        await this.rows.rest((id, row) => this.passed(id, row));
        return this.leaving;
    }

    async close(): Promise<void> {
        await this.rows.close();
        await this.optOuts?.close();
    }

    /** Drops a record's claim to an address, and marks who speaks for it now. */
    async letGoOfAddress(id: number, address: string): Promise<void> {
        const remaining = (await this.claimsOf(address)).filter((claim) => claim[0] !== id);
        this.setClaims(address, remaining);
        const rows = await this.options.recorder.rows(remaining.map((claim) => claim[0]));
        const duplicates = remaining.filter(
            (_, index) => rows[index]?.outcome === 'duplicate' && rows[index]?.address === address,
        );
        const next = speaker(duplicates.map(([claimant, updatedAt]) => ({ id: claimant, updatedAt })));
        if (next !== null) this.options.recorder.change(this.options.ledger.offerAgain(next.id));
    }

    async saveClaims(): Promise<void> {
        const { ledger, recorder } = this.options;
        for (const address of this.touched) recorder.change(ledger.claimsChange(address, this.claims.get(address) ?? []));
        this.touched.clear();
        await this.saving;
        const saved = this.claims;
        this.claims = new Map();
        this.saved = saved;
        this.saving = recorder.flush(false).then(() => {
            if (this.saved === saved) this.saved = new Map();
        });
        // A failure shows in the next write, which follows this one.
        this.saving.catch(() => undefined);
    }

    private async membersOf(page: MemberPage): Promise<Member[]> {
        const unreadable = new Set(page.unreadable);
        const people = new Map(page.people.map((person) => [Number(person.record.id), person]));
        const ids = [...people.keys(), ...unreadable].sort((a, b) => a - b);
        const members: Member[] = [];
        this.met += ids.length;
        for (const id of ids) {
            const optedOut = this.optOuts !== null && (this.optOuts.seekLoaded(id) ?? (await this.optOuts.seek(id))) === true;
            const found = this.rows.seekLoaded(id) ?? (await this.rows.seek(id, (other, row) => this.passed(other, row)));
            if (found !== undefined && found.outcome === 'accepted') this.before++;
            const person = people.get(id);
            if (person === undefined) this.unreadable(id, found, optedOut);
            else members.push(this.member(person, this.overrides.get(id) ?? found ?? null, optedOut));
        }
        return members;
    }

    /** A member whose record Oro did not return is left alone, unless the list itself says that they opted out. */
    private unreadable(id: number, row: Row | undefined, optedOut: boolean): void {
        const { ledger, recorder } = this.options;
        recorder.tally.add(optedOut ? 'optedOut' : 'unreadable');
        if (!optedOut || row === undefined || row.contactId === 0) return;
        const { contactId, address } = row;
        recorder.setRow(id, { ...row, outcome: 'optedOut', fingerprint: '' });
        recorder.change(ledger.releaseChange({ contactId, id, why: 'optedOut', address }));
    }

    private member(person: ReadRecord, row: Row | null, optedOutInList: boolean): Member {
        const { ledger, settings, optOutField } = this.options;
        const address = normalAddress(person.record['email']);
        const optedOut = optedOutInList || (optOutField !== '' && saysYes(person.record, optOutField));
        return {
            person,
            id: Number(person.record.id),
            row,
            optedOut,
            address: address === null ? '' : addressHash(ledger.store.secret, address),
            email: address ?? '',
            rank: optedOut ? OPTED_OUT_RANK : person.updatedAt,
            fingerprint: recordFingerprint(person.record, settings),
        };
    }

    private passed(id: number, row: Row): void {
        if (row.outcome === 'accepted') this.before++;
        if (row.outcome !== 'leaving') this.leaving.set(id, this.overrides.get(id) ?? row);
    }

    private async decide(member: Member, again: boolean, counted: Standing | null): Promise<Offer | null> {
        const { recorder } = this.options;
        if (member.address === '') {
            this.withoutAddress(member);
            return null;
        }
        const standing = again ? null : this.standingWithoutChange(member);
        if (standing !== null) {
            if (standing === 'duplicates' && (await this.validClaims(member)).length === 0)
                this.unspoken.push({ id: member.id, address: member.address });
            recorder.tally.add(standing);
            this.unchanged++;
            return null;
        }
        if (member.optedOut) return this.optOut(member);
        if (this.options.ghosts.blocks(this.concernOf(member), member.fingerprint)) {
            if (counted === null) recorder.tally.add('unconfirmed');
            return null;
        }
        return this.decideByClaims(member, again, counted);
    }

    /** A member of the same page may have outranked it since the page was read. */
    private asOfNow(member: Member): Member {
        const row = this.overrides.get(member.id);
        return row === undefined || row.address !== member.address ? member : { ...member, row };
    }

    private concernOf({ id, address, row }: Member): Concern {
        return { ledger: this.options.ledger.key, id, address, contactId: row?.contactId ?? 0 };
    }

    /** The contact of an address that is nobody's any more leaves the list like that of somebody who left the audience. */
    private withoutAddress({ id, row, optedOut }: Member): void {
        const { ledger, recorder } = this.options;
        recorder.tally.add(optedOut ? 'optedOut' : 'withoutEmail');
        if (row === null || row.contactId === 0) return;
        if (!optedOut) {
            this.leaving.set(id, row);
            return;
        }
        const { contactId, address } = row;
        recorder.setRow(id, { ...row, outcome: 'optedOut', fingerprint: '' });
        recorder.change(ledger.releaseChange({ contactId, id, why: 'optedOut', address }));
    }

    /** Where a member stands who is as it was confirmed; null when it has to be looked at. */
    private standingWithoutChange(member: Member): Standing | null {
        const { row } = member;
        const { everyone, retryRejected, now } = this.options;
        if (row === null || row.address !== member.address) return null;
        if (member.optedOut) return row.outcome === 'optedOut' ? 'optedOut' : null;
        if (row.updatedAt !== member.person.updatedAt && row.outcome !== 'accepted') return null;
        if (row.outcome === 'duplicate') return 'duplicates';
        if (row.fingerprint !== member.fingerprint || everyone) return null;
        if (
            row.updatedAt !== member.person.updatedAt &&
            this.claims.get(member.address)?.some((claim) => claim[0] !== member.id) === true
        )
            return null;
        if (row.outcome === 'accepted') {
            if (row.updatedAt !== member.person.updatedAt) this.noteLaterChange(member, row);
            return 'inList';
        }
        if (row.outcome === 'refused' && !retryRejected) return row.code === LEFT_BY_FLOW ? 'leftOutByFlow' : 'stillRejected';
        if (row.outcome === 'suppressed' && now() - row.at * 1000 < SUPPRESSED_FOR) return 'suppressed';
        return null;
    }

    /** Something that is not sent changed in Oro: only the time is kept, for the rank among records with one address. */
    private noteLaterChange(member: Member, row: Row): void {
        this.options.recorder.setRow(member.id, { ...row, updatedAt: member.person.updatedAt });
        this.setClaims(member.address, this.withClaim(this.claims.get(member.address) ?? [], member));
    }

    private async optOut(member: Member): Promise<Offer | null> {
        const { ledger, recorder, now } = this.options;
        recorder.tally.add('optedOut');
        const contactId = member.row?.contactId ?? 0;
        recorder.setRow(member.id, {
            outcome: 'optedOut',
            address: member.address,
            updatedAt: member.person.updatedAt,
            fingerprint: '',
            contactId,
            lists: member.row?.lists ?? [],
            at: Math.floor(now() / 1000),
            code: '',
        });
        // Whether the list holds a contact with this address is found out before the removals.
        if (contactId === 0) recorder.change(ledger.lostChange(member.id, member.address));
        else {
            const address = member.row?.address ?? member.address;
            recorder.change(ledger.releaseChange({ contactId, id: member.id, why: 'optedOut', address }));
        }
        if (member.row !== null && member.row.address !== member.address)
            await this.letGoOfAddress(member.id, member.row.address);
        const others = (await this.validClaims(member)).filter((claim) => claim[0] !== member.id);
        for (const other of others) await this.outrank(other[0], member, 'optedOut');
        this.setClaims(member.address, this.withClaim(await this.claimsOf(member.address), member));
        return null;
    }

    private async decideByClaims(member: Member, again: boolean, counted: Standing | null): Promise<Offer | null> {
        const { ledger, recorder, now } = this.options;
        const { row } = member;
        const movedAway = row !== null && row.address !== member.address;
        const heldByOthers = movedAway && (await this.isHeldByOthers(member.id, row.address));
        if (movedAway) await this.letGoOfAddress(member.id, row.address);
        const others = await this.validClaims(member);
        this.setClaims(member.address, this.withClaim(others, member));
        const best = speaker(others.map(([id, updatedAt]) => ({ id, updatedAt })));
        if (best !== null && outranks(best, { id: member.id, updatedAt: member.rank })) {
            if (counted === null) recorder.tally.add('duplicates');
            else recorder.change(ledger.offeredAgain(member.id));
            recorder.setRow(member.id, {
                outcome: 'duplicate',
                address: member.address,
                updatedAt: member.person.updatedAt,
                fingerprint: '',
                contactId: movedAway ? 0 : (row?.contactId ?? 0),
                lists: [],
                at: Math.floor(now() / 1000),
                code: '',
            });
            if (movedAway && row.contactId !== 0)
                recorder.change(
                    ledger.releaseChange({ contactId: row.contactId, id: member.id, why: 'letGo', address: row.address }),
                );
            const spoken = this.overrides.get(best.id) ?? (await recorder.rows([best.id]))[0];
            if (spoken?.outcome === 'duplicate') recorder.change(ledger.offerAgain(best.id));
            return null;
        }
        for (const other of others) await this.outrank(other[0], member, 'duplicate');
        return this.offer(member, again, counted, movedAway && !heldByOthers && others.length === 0);
    }

    /** True when another record has the address, in this audience or in that of another source. */
    private async isHeldByOthers(id: number, address: string): Promise<boolean> {
        if ((await this.claimsOf(address)).some((claim) => claim[0] !== id)) return true;
        const others = await Promise.all(this.options.otherLedgers.map((ledger) => ledger.claims([address])));
        return others.some(([claims]) => claims !== undefined && claims.length > 0);
    }

    private offer(member: Member, again: boolean, counted: Standing | null, matchById: boolean): Offer {
        const { row } = member;
        const known = row !== null && row.outcome === 'accepted';
        const change = known ? 'changed' : 'joined';
        if (!again) {
            if (change === 'joined') this.joined++;
            else this.changed++;
        }
        const sameAddress = row !== null && row.address === member.address;
        const { record } = member.person;
        record.change = change;
        return {
            record,
            item: {
                id: member.id,
                change,
                email: member.email,
                address: member.address,
                updatedAt: member.person.updatedAt,
                fingerprint: member.fingerprint,
                contactId: row?.contactId ?? 0,
                lists: known && (sameAddress || matchById) ? row.lists : [],
                matchById: matchById && row !== null && row.contactId !== 0,
                row,
                counted,
            },
        };
    }

    /** A newer record speaks for the address of `id` now. */
    private async outrank(id: number, by: Member, why: 'duplicate' | 'optedOut'): Promise<void> {
        const { ledger, recorder, isUnsettled } = this.options;
        recorder.outranked.set(id, by.address);
        const row = this.overrides.get(id) ?? (await recorder.rows([id]))[0];
        if (row === undefined || row.outcome === 'duplicate' || row.outcome === 'leaving' || row.outcome === 'optedOut') return;
        // Whoever comes later, or is on the way, is not counted yet.
        if (id < by.id && !isUnsettled(id)) recorder.tally.move(standingOfRow(row, this.startedAt), 'duplicates');
        const outranked: Row = { ...row, outcome: 'duplicate', fingerprint: '' };
        this.overrides.set(id, outranked);
        recorder.setRow(id, outranked);
        if (why === 'optedOut' && row.contactId !== 0)
            recorder.change(ledger.releaseChange({ contactId: row.contactId, id, why: 'optedOut', address: row.address }));
    }

    /**
     * Claims of other records that still hold: confirmed by their row, or made in this run. A claim that an earlier run left
     * without a confirmation may be out of date; its record will be met, and then makes its claim itself.
     */
    private async validClaims(member: Pick<Member, 'id' | 'address'>): Promise<Claim[]> {
        const others = (await this.claimsOf(member.address)).filter((claim) => claim[0] !== member.id);
        if (others.every((claim) => claim[2] === this.options.run)) return others;
        const rows = await this.options.recorder.rows(others.map((claim) => claim[0]));
        return others.filter((claim, index) => {
            if (claim[2] === this.options.run) return true;
            const row = this.overrides.get(claim[0]) ?? rows[index];
            return row !== undefined && row.address === member.address && row.outcome !== 'leaving';
        });
    }

    private withClaim(claims: readonly Claim[], member: Member): Claim[] {
        return [...claims.filter((claim) => claim[0] !== member.id), [member.id, member.rank, this.options.run]];
    }

    private async loadClaims(members: readonly Member[]): Promise<void> {
        const addresses = [...new Set(members.filter((member) => this.needsClaims(member)).map((member) => member.address))];
        const { saved } = this;
        const found = await this.options.ledger.claims(addresses);
        addresses.forEach((address, index) => {
            this.claims.set(address, saved.get(address) ?? found[index] ?? []);
        });
    }

    /** Members of one page with one address: all of them claim it before the first is decided, so that only one is sent. */
    private async claimTogether(members: readonly Member[]): Promise<void> {
        const byAddress = new Map<string, Member[]>();
        for (const member of members) {
            if (member.address === '') continue;
            const others = byAddress.get(member.address);
            if (others === undefined) byAddress.set(member.address, [member]);
            else others.push(member);
        }
        for (const [address, together] of byAddress) {
            if (together.length === 1 || !together.some((member) => this.needsClaims(member))) continue;
            const claims = together.reduce((all, member) => this.withClaim(all, member), await this.claimsOf(address));
            this.setClaims(address, claims);
        }
    }

    private needsClaims(member: Member): boolean {
        if (member.address === '') return false;
        const { row } = member;
        return (
            row === null ||
            row.address !== member.address ||
            row.updatedAt !== member.person.updatedAt ||
            row.outcome !== 'accepted'
        );
    }

    private async claimsOf(address: string): Promise<Claim[]> {
        const known = this.claims.get(address) ?? this.saved.get(address);
        if (known !== undefined) return known;
        const [found] = await this.options.ledger.claims([address]);
        const claims = found ?? [];
        this.claims.set(address, claims);
        return claims;
    }

    private setClaims(address: string, claims: Claim[]): void {
        this.claims.set(address, claims);
        this.touched.add(address);
    }
}

/**
 * What the opt-out field of a record says.
 *
 * @throws PackageError settingsInvalid for a field that says neither yes nor no: nobody could ever opt out by it
 */
function saysYes(record: OroRecord, path: string): boolean {
    const value = valueAt(record, path) ?? false;
    if (typeof value === 'boolean') return value;
    throw new PackageError(
        'settingsInvalid',
        `optOutField: "${path}" of ${record.type} is no yes/no field, so that nobody could opt out by it. Choose another one. Nothing was written.`,
        { details: { property: 'optOutField' } },
    );
}

function standingOfRow(row: Row, startedAt: number): Standing {
    switch (row.outcome) {
        case 'accepted':
            return 'inList';
        case 'refused':
            if (row.code === LEFT_BY_FLOW) return 'leftOutByFlow';
            return row.at >= startedAt ? 'rejected' : 'stillRejected';
        case 'suppressed':
            return 'suppressed';
        case 'duplicate':
            return 'duplicates';
        case 'optedOut':
        case 'leaving':
            return 'optedOut';
    }
}
