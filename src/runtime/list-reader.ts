import { randomUUID } from 'node:crypto';
import Joi from 'joi';
import type { Node, NodeAPI, NodeMessage } from 'node-red';
import { readContacts } from '../dotdigital/contacts';
import { PackageError } from '../http/errors';
import { Overlay } from '../store/overlay';
import type { Value } from '../store/store';
import type { Condition } from '../sync/condition';
import { fingerprintOf } from '../sync/fingerprint';
import type { Summary } from '../sync/summary';
import type { Connection, DotdigitalSide, ServiceWait } from './connection';
import { followDeploys } from './flows-gate';
import { History } from './history';
import { connectionOf, tracerOf } from './host';
import { Ledger, ledgerKey } from './ledger';
import { limitsFrom } from './limits';
import { type Batch, Mirror, type MirrorSettings } from './mirror';
import { checked } from './settings';
import { isGathering } from './tracing';
import { type WriterSettings, writersBehind } from './writers';

/** Settings of a list reader, checked. */
export interface ListReaderSettings {
    readonly connection: string;
    readonly audience: 'list' | 'segment' | 'tag' | 'query';
    readonly listId: string;
    readonly listName: string;
    readonly resource: string;
    readonly filter: readonly Condition[];
    readonly fields: readonly string[];
    readonly optOutField: string;
    readonly mode: 'changes' | 'all';
    readonly rebuild: 'dynamic' | 'always' | 'never';
    readonly batchSize: number;
    readonly inFlight: number;
    readonly maxLeavePercent: number;
    readonly confirm: 'auto' | 'sent';
}

/** What a message may override for one run. */
export interface ReadOverrides {
    readonly listId?: string;
    readonly mode?: 'changes' | 'all';
    readonly dryRun?: boolean;
    readonly stop?: boolean;
    readonly allowLeaving?: number;
    readonly retry?: 'rejected';
}

const OVERRIDES = Joi.object<ReadOverrides>({
    listId: Joi.alternatives(Joi.string(), Joi.number().cast('string')),
    mode: Joi.string().valid('changes', 'all'),
    dryRun: Joi.boolean(),
    stop: Joi.boolean(),
    allowLeaving: Joi.number().integer().min(0),
    retry: Joi.string().valid('rejected'),
}).label('msg.read');

/** What a message says about the run that it starts. */
export function overridesOf(message: NodeMessage): ReadOverrides {
    const read = (message as { read?: unknown }).read;
    return read === undefined ? {} : checked(OVERRIDES, read, 'messageInvalid');
}

/** What a reader shows of its work. */
export interface ReaderView {
    connecting(connection: Connection, dryRun: boolean): void;
    progress(progress: Parameters<MirrorContextProgress>[0]): void;
    /** Requests are held back until then; null: no longer. */
    waiting(wait: ServiceWait | null): void;
    summary(summary: Summary): void;
}

type MirrorContextProgress = ConstructorParameters<typeof Mirror>[1]['onProgress'];

/** A run that has ended, and what ended it before its end. */
export interface Ended {
    readonly summary: Summary;
    readonly failure: PackageError | null;
}

/** The runs of one list reader: one at a time. */
export class ListReader {
    private mirror: Mirror | null = null;
    private running = false;
    private stopRequested = false;

    constructor(
        private readonly RED: NodeAPI,
        private readonly node: Node,
        private readonly settings: ListReaderSettings,
        private readonly view: ReaderView,
        private readonly signal: AbortSignal,
    ) {}

    get isRunning(): boolean {
        return this.running;
    }

    /** Ends the run after the batches that are on the way. */
    stop(): void {
        this.stopRequested = true;
        this.mirror?.stop();
    }

    /** Status and run of before a restart. */
    async history(): Promise<History> {
        return new History(await connectionOf(this.RED, this.settings.connection).store(), this.node.id);
    }

    /** True for a run that was cut off, when the settings are still the same. What was changed meanwhile is not started. */
    async cutOffRun(): Promise<ReadOverrides | null> {
        const history = await this.history();
        const cutOff = await history.cutOff();
        if (cutOff === null) return null;
        if (cutOff.settings === this.settingsFingerprint()) return cutOff.overrides as ReadOverrides;
        await history.end();
        return null;
    }

    /**
     * Reads the audience once.
     *
     * @throws PackageError alreadyRunning, and what keeps a run from starting
     */
    async run(message: NodeMessage, overrides: ReadOverrides, send: (message: NodeMessage) => void): Promise<Ended> {
        if (this.running)
            throw new PackageError(
                'alreadyRunning',
                'A run of this list reader is going on. Wait for its summary, or end it with msg.read = {stop: true}.',
            );
        const connection = connectionOf(this.RED, this.settings.connection);
        const release = connection.use();
        this.running = true;
        this.stopRequested = false;
        try {
            return await this.perform(connection, message, overrides, send);
        } finally {
            release();
            this.mirror = null;
            this.running = false;
        }
    }

    private async perform(
        connection: Connection,
        message: NodeMessage,
        overrides: ReadOverrides,
        send: (message: NodeMessage) => void,
    ): Promise<Ended> {
        const writers = writersBehind(this.RED, this.node);
        this.view.connecting(connection, this.isDryRun(connection, overrides, writers));
        const history = new History(await connection.store(), this.node.id);
        // From here on the run goes on after a crash, even if it did not get as far as signing in.
        await history.begin(this.settingsFingerprint(), overrides as Value);
        const forgetWaits: (() => void)[] = [];
        try {
            for (const each of new Set([connection, ...this.connectionsOf(writers)]))
                forgetWaits.push(each.onWait((wait) => this.view.waiting(wait)));
            const summary = await this.mirrorOnce(connection, writers, message, overrides, send);
            await history.end();
            await history.add(summary);
            this.view.summary(summary);
            return { summary, failure: this.mirror?.failure ?? null };
        } catch (error) {
            // A node that is closed leaves the mark for the one that takes its place.
            if (!this.signal.aborted) await history.end();
            throw error;
        } finally {
            for (const forget of forgetWaits) forget();
        }
    }

    private async mirrorOnce(
        connection: Connection,
        writers: ReadonlyMap<string, WriterSettings>,
        message: NodeMessage,
        overrides: ReadOverrides,
        send: (message: NodeMessage) => void,
    ): Promise<Summary> {
        const dryRun = this.isDryRun(connection, overrides, writers);
        const [oroSide, sides, lists, store] = await Promise.all([
            connection.oro(),
            this.sidesOf(writers),
            this.listsOf(writers),
            connection.store(),
        ]);
        const side = sides[0] ?? null;
        const listsWereEmpty = await this.areEmpty(lists, side);
        const settings = this.mirrorSettings(writers, overrides);
        const account = accountOf(sides);
        const key = this.ledgerKeyFor(connection, oroSide.organizationId, account, settings);
        const overlay = dryRun ? new Overlay(store, `d/${key}/`) : null;
        await overlay?.drop();
        const ledger = new Ledger(overlay ?? store, key, account);
        const deploys = followDeploys(this.RED, this.signal, () => this.mirror?.interrupt());
        const emit = this.emitter(message, send);
        const limits = limitsFrom(this.RED.settings);
        this.mirror = new Mirror(settings, {
            oroSide,
            side,
            ledger,
            lists,
            listsWereEmpty,
            limits,
            signal: this.signal,
            now: Date.now,
            flowReady: () => deploys.ready(),
            send: emit,
            onProgress: (progress) => this.view.progress(progress),
            flow: {
                id: emit.run,
                tracer: tracerOf(this.RED),
                writers: new Set(writers.keys()),
                confirmOnSending: this.settings.confirm === 'sent',
                inFlight: this.settings.inFlight,
                dryRun,
                isReplaced: (node) => (this.RED.nodes.getNode(node.id) as Node | null) !== node,
                isGathering,
                grace: limits.grace,
            },
        });
        if (this.stopRequested) this.mirror.stop();
        try {
            return await this.mirror.perform();
        } finally {
            deploys.close();
            await overlay?.drop().catch(() => undefined);
        }
    }

    private isDryRun(connection: Connection, overrides: ReadOverrides, writers: ReadonlyMap<string, WriterSettings>): boolean {
        return (
            connection.environment === 'dryRun' ||
            overrides.dryRun === true ||
            [...writers.values()].some((writer) => writer.dryRun)
        );
    }

    /** The accounts that the writing nodes write to, once each. */
    private async sidesOf(writers: ReadonlyMap<string, WriterSettings>): Promise<DotdigitalSide[]> {
        const sides = await Promise.all(this.connectionsOf(writers).map((connection) => connection.dotdigital()));
        for (const { directory } of sides) directory.prefetch();
        return sides;
    }

    /** The connections of the writing nodes, once each. */
    private connectionsOf(writers: ReadonlyMap<string, WriterSettings>): Connection[] {
        const ids = [...new Set([...writers.values()].map((writer) => writer.connection))].sort();
        return ids.map((id) => connectionOf(this.RED, id));
    }

    private async listsOf(writers: ReadonlyMap<string, WriterSettings>): Promise<number[]> {
        const ids = await Promise.all(
            [...writers.values()].map(async (writer) => {
                const { directory } = await connectionOf(this.RED, writer.connection).dotdigital();
                // A run begins with the lists as they are now: whether they are empty decides what has to be looked for.
                directory.forgetLists();
                return directory.listIds(writer.lists, this.signal);
            }),
        );
        return [...new Set(ids.flat())];
    }

    private async areEmpty(lists: readonly number[], side: DotdigitalSide | null): Promise<boolean> {
        if (side === null) return true;
        const empty = await Promise.all(lists.map((list) => this.isEmpty(list, side)));
        return empty.every((each) => each);
    }

    /** Dotdigital's own count may be behind the list, so that a list without a number is looked at. */
    private async isEmpty(list: number, { directory, dotdigital }: DotdigitalSide): Promise<boolean> {
        if ((await directory.contactsOn(list, this.signal)) > 0) return false;
        for await (const contacts of readContacts(dotdigital, { listId: list, limit: 1 }, this.signal))
            return contacts.length === 0;
        return true;
    }

    private mirrorSettings(writers: ReadonlyMap<string, WriterSettings>, overrides: ReadOverrides): MirrorSettings {
        const { settings } = this;
        const paths = new Set([...settings.fields, ...[...writers.values()].flatMap((writer) => writer.paths)]);
        if (settings.optOutField !== '') paths.add(settings.optOutField);
        const mode = overrides.mode ?? settings.mode;
        return {
            audience: settings.audience,
            listId: overrides.listId ?? settings.listId,
            resource: settings.resource,
            filter: settings.filter,
            rebuild: settings.rebuild,
            batchSize: settings.batchSize,
            maxLeavePercent: settings.maxLeavePercent,
            optOutField: settings.optOutField,
            paths: [...paths],
            fingerprint: fingerprintOf({
                fields: [...settings.fields].sort(),
                writers: [...writers.values()].map((writer) => writer.fingerprint),
            }),
            everyone: mode === 'all',
            claimsFirst: [...writers.values()].some((writer) => writer.keepsFirst),
            retryRejected: overrides.retry === 'rejected',
            allowLeaving: overrides.allowLeaving ?? null,
            overridden: Object.keys(overrides).sort(),
        };
    }

    private ledgerKeyFor(connection: Connection, organization: string, account: string, settings: MirrorSettings): string {
        const { audience, listId, resource, filter } = settings;
        return ledgerKey({
            node: this.node.id,
            // "Live, write nothing" looks at the memory of "Live", and writes nothing into it.
            environment: connection.environment === 'sandbox' ? 'sandbox' : 'live',
            oro: connection.environment === 'sandbox' ? 'sandbox' : connection.settings.oroUrl,
            organization,
            audience:
                audience === 'query'
                    ? { resource, filter: filter as unknown as Value }
                    : { audience, listId, resource: audience === 'tag' ? resource : '' },
            account,
        });
    }

    private settingsFingerprint(): string {
        return fingerprintOf(this.settings);
    }

    /** Gives batches to the flow: the message that started the run, with the records as its payload. */
    private emitter(message: NodeMessage, send: (message: NodeMessage) => void): ((batch: Batch) => void) & { run: string } {
        const run = randomUUID();
        const {
            payload: _payload,
            parts: _parts,
            read: _read,
            _msgid: _id,
            ...rest
        } = message as NodeMessage & Record<string, unknown>;
        const emit = (batch: Batch) => {
            const copy = this.RED.util.cloneMessage(rest) as Record<string, unknown>;
            copy['_msgid'] = this.RED.util.generateId();
            copy['topic'] ??= this.settings.listName || this.settings.listId || this.settings.resource;
            copy['payload'] = batch.records;
            copy['parts'] = {
                id: run,
                type: 'array',
                // Join takes a length of one for single records and would wrap each batch of one.
                len: Math.max(2, batch.records.length),
                index: batch.number,
                ...(batch.count === null ? {} : { count: batch.count }),
            };
            copy['delivery'] = { run, batch: batch.number };
            send(copy as NodeMessage);
        };
        return Object.assign(emit, { run });
    }
}

/** Contacts have other ids in another account: what is remembered of one must not be used in the other. */
function accountOf(sides: readonly DotdigitalSide[]): string {
    const accounts = [...new Set(sides.map(({ dotdigital }) => dotdigital.account.id))];
    if (accounts.length <= 1) return accounts[0] ?? 'none';
    throw new PackageError(
        'severalAccounts',
        'The writing nodes behind this list reader write to several Dotdigital accounts. Give each account a list reader of its own.',
    );
}
