import { readContacts } from '../dotdigital/contacts';
import type { Change } from '../store/store';
import { normalAddress } from '../sync/address';
import type { DotdigitalSide } from './connection';
import type { Ghosts } from './ghosts';
import { type Ledger, ledgersOf, type Release, type Row } from './ledger';
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
    readonly signal: AbortSignal;
}

/** Marks the rows of people who left, so that their contacts are taken off after everything else has settled. */
export async function markLeaving(
    rows: ReadonlyMap<number, Row>,
    { ledger, recorder, membership }: LeavingContext,
): Promise<void> {
    for (const [id, row] of rows) {
        await membership.letGoOfAddress(id, row.address);
        if (row.contactId === 0) {
            recorder.change(ledger.rowRemoval(id));
        } else {
            recorder.setRow(id, { ...row, outcome: 'leaving' });
            recorder.change(
                ledger.releaseChange({ contactId: row.contactId, id, why: row.outcome === 'optedOut' ? 'optedOut' : 'left' }),
            );
        }
    }
    await membership.saveClaims();
}

/**
 * Finds contacts that are known by the hash of their address alone: of people who opted out before they were ever synchronised,
 * and of records whose import was lost and who are no longer members. The list is read once.
 */
export async function findLost(context: LeavingContext): Promise<void> {
    const { ledger, recorder, side, lists } = context;
    const wanted = new Map<string, { id: number; why: Release['why'] }>();
    const done: Change[] = [];
    for await (const entries of ledger.lost()) {
        const rows = await recorder.rows(entries.map(([id]) => id));
        const claims = await ledger.claims(entries.map(([, address]) => address));
        entries.forEach(([id, address], index) => {
            const row = rows[index];
            const isMember = claims[index]?.some((claim) => claim[0] === id && claim[2] === context.run) === true;
            const optedOut = row?.outcome === 'optedOut' && row.address === address;
            if (optedOut && !context.listsWereEmpty) wanted.set(address, { id, why: 'optedOut' });
            else if (row === undefined && !isMember) wanted.set(address, { id, why: 'left' });
            else if (row === undefined) return;
            done.push(ledger.lostRemoval(id));
        });
    }
    if (wanted.size > 0 && side !== null) {
        for (const list of lists) await lookOnList(list, wanted, side, context);
    }
    recorder.change(...done);
    await recorder.flush(false);
}

async function lookOnList(
    list: number,
    wanted: ReadonlyMap<string, { readonly id: number; readonly why: Release['why'] }>,
    side: DotdigitalSide,
    { ledger, recorder, signal }: LeavingContext,
): Promise<void> {
    side.directory.forgetLists();
    if ((await side.directory.contactsOn(list, signal)) === 0) return;
    for await (const contacts of readContacts(side.dotdigital, { listId: list }, signal)) {
        for (const contact of contacts) {
            const address = normalAddress(contact.identifiers['email']);
            const found = address === null ? undefined : wanted.get(side.gate.hash(address));
            if (found === undefined) continue;
            recorder.change(ledger.releaseChange({ contactId: contact.contactId, id: found.id, why: found.why }));
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
    const addressOf = new Map(
        releases.map((release, index) => [release.contactId, release.why === 'letGo' ? '' : (rows[index]?.address ?? '')]),
    );
    const held = await holders(releases, addressOf, context);
    const free: Release[] = [];
    for (const [index, release] of releases.entries()) {
        const address = addressOf.get(release.contactId) ?? '';
        if (ghosts.blocksRemoval(release.id, address, release.contactId)) continue;
        if (release.why !== 'optedOut' && held.has(release.contactId)) {
            recorder.change(ledger.releaseRemoval(release.contactId));
            if (rows[index]?.outcome === 'leaving') recorder.change(ledger.rowRemoval(release.id));
        } else {
            free.push(release);
        }
    }
    await recorder.flush(true);
    return free;
}

/**
 * Contacts that another record holds: one of this audience, or one of another source that feeds the same list. Goes once
 * through all ledgers of the account, so that nothing has to be kept for the rare case that somebody leaves.
 */
async function holders(
    releases: readonly Release[],
    addressOf: ReadonlyMap<number, string>,
    context: LeavingContext,
): Promise<Set<number>> {
    const contacts = new Set(releases.map((release) => release.contactId));
    const byAddress = new Map(
        [...addressOf].filter(([, address]) => address !== '').map(([contactId, address]) => [address, contactId]),
    );
    const held = new Set<number>();
    for (const ledger of await ledgersOf(context.ledger.store, context.ledger.account)) {
        const own = ledger.key === context.ledger.key;
        for await (const rows of ledger.allRows()) {
            for (const [, row] of rows) {
                if (row.outcome === 'leaving' || row.outcome === 'optedOut') continue;
                if (!own && !row.lists.some((list) => context.lists.includes(list))) continue;
                if (contacts.has(row.contactId)) held.add(row.contactId);
                const contactId = byAddress.get(row.address);
                if (contactId !== undefined) held.add(contactId);
            }
        }
    }
    return held;
}
