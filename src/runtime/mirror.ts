import { PackageError } from '../http/errors';
import { leavingIsHeld } from '../sync/guard';
import type { OroRecord } from '../sync/record';
import type { Summary } from '../sync/summary';
import { type Audience, type AudienceSettings, openAudience } from './audience';
import type { DotdigitalSide, OroSide } from './connection';
import { Ghosts } from './ghosts';
import { dueReleases, findLost, type LeavingContext, markLeaving } from './leaving';
import { type Ledger, type LedgerHeader, ledgersOf, type Release } from './ledger';
import type { Limits } from './limits';
import { Membership, type Offer } from './membership';
import { Recorder } from './recorder';
import { resolveLeftOver } from './recovery';
import { type Item, Run, type RunOptions } from './run';
import { serviceOf } from './texts';
import { packageError } from './unexpected';
import { pause } from './upsert/pause';

/** Rounds in which records are offered again because somebody else with their address left. */
const ROUNDS = 5;
/** How often a run that waits for the imports of an earlier one looks whether they have ended, in milliseconds. */
const EARLIER_RUN_LOOK = 100;
/** Records that are read again at a time. */
const RETRY_PAGE = 1000;

/** How a run reads and offers its audience. */
export interface MirrorSettings extends AudienceSettings {
    readonly batchSize: number;
    readonly maxLeavePercent: number;
    readonly optOutField: string;
    /** Fields that the records must hold. */
    readonly paths: readonly string[];
    /** Fingerprint of the settings of the writing nodes behind the reader. */
    readonly fingerprint: string;
    readonly everyone: boolean;
    readonly retryRejected: boolean;
    /**
     * True when a writing node lets the value stay that is there first: then everybody is read once before, so that of several
     * records with one address only the newest is ever sent.
     */
    readonly claimsFirst: boolean;
    readonly allowLeaving: number | null;
    readonly overridden: readonly string[];
}

/** What a run works with. */
export interface MirrorContext {
    readonly oroSide: OroSide;
    readonly side: DotdigitalSide | null;
    readonly ledger: Ledger;
    readonly limits: Limits;
    /** Lists of the writing nodes behind the reader. */
    readonly lists: readonly number[];
    /** True when none of them has a contact as the run begins. */
    readonly listsWereEmpty: boolean;
    readonly signal: AbortSignal;
    /** Everything of the run's part in the flow that does not depend on what is read. */
    readonly flow: Omit<RunOptions, 'onSettled' | 'onBatchDone' | 'onUnsubscribedAgain' | 'ledger' | 'signal' | 'now'>;
    /** Resolves when the flow can take messages: at once, unless a deploy is on. */
    flowReady(): Promise<void>;
    /** Gives a batch to the flow. */
    send(batch: Batch): void;
    onProgress(progress: Progress): void;
    now(): number;
}

/** A batch on its way into the flow. */
export interface Batch {
    readonly records: readonly OroRecord[];
    readonly number: number;
    /** Number of batches; only with the last one, since before it nobody knows. */
    readonly count: number | null;
}

/** What a run is doing. */
export type Progress =
    | { readonly doing: 'connecting' | 'rebuilding' }
    | { readonly doing: 'reading'; readonly read: number; readonly total: number | null }
    | { readonly doing: 'delivering'; readonly pending: number; readonly heldBy: readonly string[] }
    | { readonly doing: 'importChecked'; readonly age: number };

/** One run of the mirror: reads the audience, offers what joined or changed, then what left, and counts everybody. */
export class Mirror {
    private readonly recorder: Recorder;
    private readonly run: Run;
    private readonly startedAt: number;
    private readonly requestsBefore: { readonly oro: number; readonly dotdigital: number };
    private read = 0;
    private held = 0;
    private unsubscribedAgain = 0;
    private somethingWasLeftOver = false;
    private pending: Offer[] = [];
    /** Records that were looked at once more since they may speak for their address now. Once in a run is enough. */
    private readonly offeredAgain = new Set<number>();
    private cause = '';
    private incomplete = '';
    /** What ended the run before its end; null when nothing did. */
    failure: PackageError | null = null;

    constructor(
        private readonly settings: MirrorSettings,
        private readonly context: MirrorContext,
    ) {
        const { ledger, now, signal, flow } = context;
        this.startedAt = now();
        this.requestsBefore = this.requestsSoFar();
        this.recorder = new Recorder(ledger, now);
        this.run = new Run({
            ...flow,
            ledger: ledger.key,
            signal,
            now,
            onSettled: (item, result, insteadOf) => this.recorder.record(item, result, insteadOf),
            onBatchDone: () => this.batchDone(),
            onUnsubscribedAgain: () => {
                this.unsubscribedAgain++;
            },
        });
    }

    /** To be called when nodes of the flow are replaced: what is on its way is offered again at the end. */
    interrupt(): void {
        this.run.interrupt();
    }

    /** Ends the run after the batches that are on the way. */
    stop(): void {
        this.run.stopped = true;
    }

    /** Runs to the end. Never throws for a failure of a service: the summary holds the error. */
    async perform(): Promise<Summary> {
        let error: PackageError | null = null;
        let complete = false;
        let membership: Membership | null = null;
        try {
            const header = await this.context.ledger.open(new Date(this.startedAt));
            await this.context.ledger.forgetStaging();
            await this.waitForEarlierRun();
            const ghosts = await this.recover();
            this.cause = this.causeOf(header);
            if (!this.run.stopped) {
                const audience = await this.openAudience();
                this.run.type = audience.type;
                membership = await this.membershipOf(audience, ghosts);
                complete = await this.readAudience(audience, membership);
                await this.finishAudience(audience, membership, ghosts, complete, header);
            }
        } catch (failure) {
            if (this.context.signal.aborted) throw failure;
            error = packageError(failure);
            this.failure = error;
            await this.run.settled().catch(() => undefined);
            complete = false;
        } finally {
            this.countOpen();
            this.run.close();
            await membership?.close().catch(() => undefined);
        }
        await this.recorder.flush(true);
        if (error === null) await this.context.ledger.forgetStaging();
        return this.summary(complete, membership, error);
    }

    private async batchDone(): Promise<void> {
        await this.recorder.flush(true);
        const code = this.recorder.refusedTooOften;
        if (code !== null && !this.run.stopped) {
            this.run.stopped = true;
            throw new PackageError(
                'tooManyRefused',
                `More than half of the records were refused with "${code}", so the run was stopped. Look at output 2 of the writing node for the reasons.`,
                { details: { reason: code } },
            );
        }
    }

    /** Imports of a run that was cut off by a deploy may still be in the hands of the writing node, which was not replaced. */
    private async waitForEarlierRun(): Promise<void> {
        const { side, ledger, signal, now } = this.context;
        const begun = now();
        while (side?.intents.isAtWorkOn(ledger.key) === true && !this.run.stopped) {
            this.context.onProgress({ doing: 'importChecked', age: now() - begun });
            await pause(EARLIER_RUN_LOOK, signal);
        }
    }

    /** Settles what a process that ended has left behind. Answers what may still take effect, now and later in the run. */
    private async recover(): Promise<Ghosts> {
        const { side, ledger, limits, signal, now } = this.context;
        if (side === null) return new Ghosts();
        const found = await resolveLeftOver({
            store: ledger.store,
            dotdigital: side.dotdigital,
            intents: side.intents,
            gate: side.gate,
            account: ledger.account,
            limits,
            signal,
            now,
            isStopped: () => this.run.stopped,
            onWait: (age) => this.context.onProgress({ doing: 'importChecked', age }),
            onUnsubscribedAgain: () => {
                this.unsubscribedAgain++;
            },
        });
        this.somethingWasLeftOver ||= found;
        return side.intents.ghosts;
    }

    private causeOf(header: LedgerHeader): string {
        if (this.settings.everyone) return 'all';
        if (header.settings === '') return 'newMemory';
        return header.settings === this.settings.fingerprint ? '' : 'settings';
    }

    private openAudience(): Promise<Audience> {
        const { oroSide, ledger, signal } = this.context;
        return openAudience(this.settings, {
            oro: oroSide.oro,
            ledger,
            paths: this.settings.paths,
            now: new Date(this.startedAt),
            signal,
            mayRebuild: !this.context.flow.dryRun,
            onRebuild: () => this.context.onProgress({ doing: 'rebuilding' }),
        });
    }

    private async membershipOf(audience: Audience, ghosts: Ghosts): Promise<Membership> {
        const { ledger } = this.context;
        const ledgers = await ledgersOf(ledger.store, ledger.account);
        const { settings, everyone, retryRejected, optOutField } = {
            ...this.settings,
            settings: this.settings.fingerprint,
        };
        return new Membership({
            ledger,
            otherLedgers: ledgers.filter(({ key }) => key !== ledger.key),
            recorder: this.recorder,
            ghosts,
            run: this.claimRun,
            settings,
            everyone,
            retryRejected,
            optOutField,
            optedOut: audience.optedOut(),
            isUnsettled: (id) => this.run.holds(id) || this.pending.some((offer) => offer.item.id === id),
            now: this.context.now,
        });
    }

    /** Reads everybody and offers what is new. True when nobody was missed. */
    private async readAudience(audience: Audience, membership: Membership): Promise<boolean> {
        if (this.settings.claimsFirst) {
            for await (const { people } of audience.pages()) await membership.claim(people);
        }
        for await (const page of audience.pages()) {
            this.read += page.people.length;
            this.context.onProgress({ doing: 'reading', read: this.read, total: audience.total });
            await this.offer(await membership.page(page));
            if (this.run.stopped) return false;
        }
        if (!audience.complete) this.incomplete = 'tagTruncated';
        return audience.complete;
    }

    private async finishAudience(
        audience: Audience,
        membership: Membership,
        ghosts: Ghosts,
        complete: boolean,
        header: LedgerHeader,
    ): Promise<void> {
        const { ledger, side, lists, signal } = this.context;
        const leaving: LeavingContext = {
            ledger,
            recorder: this.recorder,
            membership,
            ghosts,
            run: this.claimRun,
            side,
            lists,
            // What an earlier run sent may have reached the lists since they were looked at.
            listsWereEmpty: this.context.listsWereEmpty && !this.somethingWasLeftOver,
            complete,
            signal,
        };
        if (complete) {
            await this.markWhoLeft(membership, leaving);
            await membership.offerUnspoken();
        }
        await this.offerAgain(audience, membership);
        const more = complete ? await this.hasReleases() : false;
        await this.flushOffers(!more);
        await this.settled();
        await this.retryInterrupted(audience, membership);
        await this.offerAgain(audience, membership);
        await this.flushOffers(false);
        await this.settled();
        if (this.run.stopped) return;
        for (let round = 0; round === 0 || (round < ROUNDS && this.recorder.removalsInterrupted); round++) {
            if (round > 0) await this.recover();
            this.recorder.removalsInterrupted = false;
            await this.takeOff(audience.type, leaving, membership);
        }
        if (!complete) return;
        this.recorder.change(ledger.headerChange({ ...header, settings: this.settings.fingerprint, complete: true }));
    }

    private async markWhoLeft(membership: Membership, leaving: LeavingContext): Promise<void> {
        const rows = await membership.rest();
        const withContact = [...rows.values()].filter((row) => row.contactId !== 0 || row.outcome === 'accepted').length;
        const { maxLeavePercent, allowLeaving } = this.settings;
        const held = leavingIsHeld({
            leaving: withContact,
            before: membership.before,
            members: membership.met,
            maxLeavePercent,
            allowLeaving,
        });
        if (held) this.held = withContact;
        else await markLeaving(rows, leaving);
    }

    private async hasReleases(): Promise<boolean> {
        await this.recorder.flush(false);
        for await (const releases of this.context.ledger.releases()) return releases.length > 0;
        return false;
    }

    /** Records that now speak for an address, since the one that did has left or moved to another address. */
    private async offerAgain(audience: Audience, membership: Membership): Promise<void> {
        for (let round = 0; round < ROUNDS; round++) {
            await this.recorder.flush(false);
            let found = false;
            for await (const ids of this.context.ledger.toOfferAgain()) {
                const fresh = ids.filter((id) => !this.offeredAgain.has(id));
                if (fresh.length === 0) continue;
                found = true;
                for (const id of fresh) this.offeredAgain.add(id);
                const people = await audience.read(fresh);
                this.read += people.length;
                await this.offer(await membership.again(people));
            }
            if (!found) return;
        }
    }

    /** What was on its way while nodes were replaced: first what became of it is asked for, then the rest is offered again. */
    private async retryInterrupted(audience: Audience, membership: Membership): Promise<void> {
        for (let round = 0; round < ROUNDS && this.recorder.interrupted.length > 0; round++) {
            const ids = this.recorder.interrupted.splice(0).sort((a, b) => a - b);
            await this.recover();
            for (let start = 0; start < ids.length; start += RETRY_PAGE) {
                const people = await audience.read(ids.slice(start, start + RETRY_PAGE));
                this.read += people.length;
                await this.offer(await membership.retry(people));
            }
            await this.flushOffers(false);
            await this.settled();
        }
    }

    /** Removals last: after everything else has settled, and only for contacts that nobody holds. */
    private async takeOff(type: string, leaving: LeavingContext, membership: Membership): Promise<void> {
        await membership.saveClaims();
        await this.recorder.flush(true);
        await findLost(leaving);
        for await (const releases of dueReleases(leaving)) {
            const ordered = [...releases].sort((a, b) => a.id - b.id);
            for (let start = 0; start < ordered.length; start += this.settings.batchSize) {
                const part = ordered.slice(start, start + this.settings.batchSize);
                const last = start + this.settings.batchSize >= ordered.length;
                await this.sendReleases(type, part, last);
            }
            await this.settled();
        }
    }

    private async sendReleases(type: string, releases: readonly Release[], last: boolean): Promise<void> {
        const rows = await this.recorder.rows(releases.map((release) => release.id));
        const items = releases.map((release, index): Item => {
            const row = rows[index] ?? null;
            return {
                id: release.id,
                change: 'left',
                email: '',
                address: row?.address ?? '',
                updatedAt: row?.updatedAt ?? 0,
                fingerprint: '',
                contactId: release.contactId,
                lists: row?.lists ?? [],
                matchById: false,
                row,
                counted: null,
            };
        });
        const records = items.map(
            (item): OroRecord => ({ type, id: String(item.id), contactId: item.contactId, change: 'left' }),
        );
        await this.send(items, records, last);
    }

    private async offer(offers: readonly Offer[]): Promise<void> {
        for (const offer of offers) this.pending.push(offer);
        // The last full batch is kept back, since only the last one of all carries the number of batches.
        while (this.pending.length > this.settings.batchSize && !this.run.stopped) {
            await this.sendPending(this.settings.batchSize, false);
        }
    }

    private async flushOffers(last: boolean): Promise<void> {
        if (this.pending.length > 0 && !this.run.stopped) await this.sendPending(this.pending.length, last);
    }

    private async sendPending(size: number, last: boolean): Promise<void> {
        const offers = this.pending.slice(0, size);
        this.pending = this.pending.slice(size);
        await this.send(
            offers.map((offer) => offer.item),
            offers.map((offer) => offer.record),
            last,
        );
    }

    private async send(items: readonly Item[], records: readonly OroRecord[], last: boolean): Promise<void> {
        this.reportDelivery();
        await this.context.flowReady();
        await this.run.offer(items, (number) => this.context.send({ records, number, count: last ? number + 1 : null }));
    }

    private async settled(): Promise<void> {
        this.reportDelivery();
        const timer = setInterval(() => this.reportDelivery(), 1000);
        try {
            await this.run.settled();
        } finally {
            clearInterval(timer);
        }
        await this.recorder.flush(true);
    }

    /** Claims are written once for each record: a short name of the run is enough. */
    private get claimRun(): string {
        return this.run.id.slice(0, 8);
    }

    private reportDelivery(): void {
        if (this.run.pending > 0)
            this.context.onProgress({ doing: 'delivering', pending: this.run.pending, heldBy: this.run.heldBy });
    }

    /** What was offered and never settled is not confirmed, and neither is what was read and never offered. */
    private countOpen(): void {
        const unsent = this.pending.filter((offer) => offer.item.counted === null).length;
        this.recorder.tally.add('unconfirmed', this.run.pending + unsent);
    }

    private requestsSoFar(): { oro: number; dotdigital: number } {
        return { oro: this.context.oroSide.oro.requests, dotdigital: this.context.side?.dotdigital.requests ?? 0 };
    }

    private summary(complete: boolean, membership: Membership | null, error: PackageError | null): Summary {
        const { tally, rejectedReasons, left } = this.recorder;
        const requests = this.requestsSoFar();
        return {
            run: this.run.id,
            startedAt: new Date(this.startedAt).toISOString(),
            complete,
            incomplete: error?.code ?? (this.run.stopped ? 'stopped' : this.incomplete),
            members: tally.members,
            ...tally.toRecord(),
            read: this.read,
            joined: membership?.joined ?? 0,
            changed: membership?.changed ?? 0,
            left,
            unchanged: membership?.unchanged ?? 0,
            held: this.held,
            batches: this.run.batches,
            requests: {
                oro: requests.oro - this.requestsBefore.oro,
                dotdigital: requests.dotdigital - this.requestsBefore.dotdigital,
            },
            cause: this.cause,
            overridden: this.settings.overridden,
            dryRun: this.context.flow.dryRun,
            durationMs: this.context.now() - this.startedAt,
            rejectedReasons,
            unsubscribedAgain: this.unsubscribedAgain,
            error: error === null ? null : { code: error.code, message: error.message, service: serviceOf(error) },
        };
    }
}
