import { readContacts } from '../dotdigital/contacts';
import type { Change } from '../store/store';
import { normalAddress } from '../sync/address';
import type { DotdigitalSide } from './connection';
import type { Ghosts } from './ghosts';
import { type Claim, type Ledger, ledgersOf, type Release, type Row } from './ledger';
import type { Membership } from './membership';
import type { Recorder } from './recorder';

/** Releases looked at together: each look goes once through the ledgers. */
const LOOK = 50_000;

/** What the removals work with. */
export interface LeavingContext {
    readonly ledger: Ledger;
    readonly recorder: Recorder;
    readonly membership: Membership;
    readonly ghosts: Ghosts;
    readonly run: string;
    /** Null where no writing node is behind the reader. */
    readonly side: DotdigitalSide | null;
    /** Lists of the writing nodes behind the reader. */
    readonly lists: readonly number[];
    /** True when the lists had no contact as the run began: nobody who opted out can be on them. */
    readonly listsWereEmpty: boolean;
    /** False when not everybody was read: then only those go who are known to have opted out. */
    readonly complete: boolean;
    readonly signal: AbortSignal;
}

/** Marks the rows of people who left, so that their contacts are taken off after everything else has settled. */
export async function markLeaving(
    rows: ReadonlyMap<number, Row>,
    { ledger, recorder, membership }: LeavingContext,
): Promise<void> {
    for (const [id, row] of rows) {
        await membership.letGoOfAddress(id, row.address);
        recorder.change(ledger.offeredAgain(id));
        const { contactId, address } = row;
        if (contactId === 0) {
            recorder.removeRow(id);
        } else {
            recorder.setRow(id, { ...row, outcome: 'leaving' });
            const why = row.outcome === 'optedOut' ? 'optedOut' : 'left';
            recorder.change(ledger.releaseChange({ contactId, id, why, address }));
        }
    }
    await membership.saveClaims();
}

/**
 * Finds contacts that are known by the hash of their address alone: of people who opted out before they were ever synchronised,
 * and of records whose import was lost and who are no longer members. The list is read once.
 */
export async function findLost(context: LeavingContext): Promise<void> {
    const { ledger, recorder, ghosts, side, lists } = context;
    const wanted = new Map<string, { id: number; why: Release['why'] }>();
    const done: Change[] = [];
    for await (const entries of ledger.lost()) {
        const rows = await recorder.rows(entries.map(([id]) => id));
        const holders = await holdersOfAddresses(
            entries.map(([, address]) => address),
            context,
        );
        for (const [index, [id, address]] of entries.entries()) {
            // What may still land is looked for later.
            if (ghosts.blocksRemoval({ ledger: ledger.key, id, address, contactId: 0 })) continue;
            const row = rows[index];
            const holder = holders[index] ?? 'nobody';
            const optedOut = row?.outcome === 'optedOut' && row.address === address;
            if (optedOut && !context.listsWereEmpty) wanted.set(address, { id, why: 'optedOut' });
            else if (!optedOut && !context.complete) continue;
            else if (!optedOut && holder === 'nobody') wanted.set(address, { id, why: 'left' });
            else if (!optedOut && holder === 'unconfirmed') continue;
            done.push(ledger.lostRemoval(id, address));
        }
    }
    if (wanted.size > 0 && side !== null) {
        for (const list of lists) await lookOnList(list, wanted, side, context);
    }
    recorder.change(...done);
    await recorder.flush(false);
}

/** Whether a member has each address now, and whether one of those is confirmed with it. */
async function holdersOfAddresses(
    addresses: readonly string[],
    { ledger, recorder, run }: LeavingContext,
): Promise<('nobody' | 'unconfirmed' | 'confirmed')[]> {
    const claims = await ledger.claims(addresses);
    return Promise.all(
        claims.map(async (claimants, index) => {
            const rows = await recorder.rows(claimants.map(([id]) => id));
            const isConfirmed = rows.some((row) => row?.address === addresses[index] && row.outcome !== 'leaving');
            if (isConfirmed) return 'confirmed';
            return claimants.some((claim) => claim[2] === run) ? 'unconfirmed' : 'nobody';
        }),
    );
}

async function lookOnList(
    list: number,
    wanted: ReadonlyMap<string, { readonly id: number; readonly why: Release['why'] }>,
    side: DotdigitalSide,
    { ledger, recorder, signal }: LeavingContext,
): Promise<void> {
    for await (const contacts of readContacts(side.dotdigital, { listId: list }, signal)) {
        for (const contact of contacts) {
            const email = normalAddress(contact.identifiers['email']);
            const address = email === null ? '' : side.gate.hash(email);
            const found = wanted.get(address);
            if (found === undefined) continue;
            recorder.change(ledger.releaseChange({ contactId: contact.contactId, address, ...found }));
        }
    }
}

/** Contacts to take off now: those whom nobody holds any more. What somebody holds again is dropped. */
export async function* dueReleases(context: LeavingContext): AsyncGenerator<Release[]> {
    let releases: Release[] = [];
    for await (const entries of context.ledger.releases()) {
        releases.push(...entries);
        if (releases.length < LOOK) continue;
        yield await due(releases, context);
        releases = [];
    }
    if (releases.length > 0) yield await due(releases, context);
}

async function due(releases: readonly Release[], context: LeavingContext): Promise<Release[]> {
    const { ledger, recorder, ghosts } = context;
    const rows = await recorder.rows(releases.map((release) => release.id));
    const claims = await claimantsOf(releases, context);
    const held = await holders(releases, context);
    const free: Release[] = [];
    for (const [index, release] of releases.entries()) {
        const claimants = claims[index] ?? [];
        if (ghosts.blocksRemoval({ ledger: ledger.key, ...release })) continue;
        if (claimants.some(({ row }) => row?.outcome === 'optedOut' && row.address === release.address)) {
            free.push(release);
        } else if (!context.complete) {
        } else if (held.has(release.contactId)) {
            recorder.change(ledger.releaseRemoval(release.contactId));
            if (rows[index]?.outcome === 'leaving') recorder.removeRow(release.id);
        } else if (!claimants.some((claimant) => isExpected(claimant, release, context.run))) {
            free.push(release);
        }
    }
    await recorder.flush(true);
    return free;
}

interface Claimant {
    readonly claim: Claim;
    readonly row: Row | undefined;
}

/** Who claims the address of each released contact. */
async function claimantsOf(releases: readonly Release[], { ledger, recorder }: LeavingContext): Promise<Claimant[][]> {
    const claims = await ledger.claims(releases.map((release) => release.address));
    const rows = await recorder.rows(claims.flat().map(([id]) => id));
    let position = 0;
    return claims.map((each) => each.map((claim): Claimant => ({ claim, row: rows[position++] })));
}

/** True for a member who is to have the contact, since it has the member's address, and whose own import did not succeed yet. */
function isExpected({ claim, row }: Claimant, { address, contactId }: Release, run: string): boolean {
    if (claim[2] !== run) return false;
    return row === undefined || row.address !== address || row.contactId === 0 || row.contactId === contactId;
}

/**
 * Contacts that another record holds: one of this audience, or one of another source that feeds the same list. Goes once
 * through all ledgers of the account, so that nothing has to be kept for the rare case that somebody leaves.
 */
async function holders(releases: readonly Release[], context: LeavingContext): Promise<Set<number>> {
    const contacts = new Set(releases.map((release) => release.contactId));
    const byAddress = new Map<string, number[]>();
    for (const { address, contactId } of releases) byAddress.set(address, [...(byAddress.get(address) ?? []), contactId]);
    const held = new Set<number>();
    for (const ledger of await ledgersOf(context.ledger.store, context.ledger.account)) {
        const own = ledger.key === context.ledger.key;
        const heirs: Change[] = [];
        for await (const rows of ledger.allRows()) {
            for (const [id, row] of rows) {
                if (row.outcome === 'leaving' || row.outcome === 'optedOut' || row.outcome === 'suppressed') continue;
                if (!own && !row.lists.some((list) => context.lists.includes(list))) continue;
                if (contacts.has(row.contactId)) held.add(row.contactId);
                const [contactId] = row.contactId === 0 ? (byAddress.get(row.address) ?? []) : [];
                if (contactId === undefined) continue;
                // Known by its address alone until now: it has to let go of the contact when it leaves.
                held.add(contactId);
                heirs.push(ledger.rowChange(id, { ...row, contactId }));
            }
        }
        await ledger.store.write(heirs);
    }
    return held;
}
