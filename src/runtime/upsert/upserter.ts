import type { Node, NodeAPI, NodeMessage } from 'node-red';
import type { MergeOption } from '../../dotdigital/contacts';
import { PackageError } from '../../http/errors';
import { addressHash, isAddress } from '../../sync/address';
import { type MappedContact, type MappingRule, mapContact, type Target } from '../../sync/mapping';
import type { OroRecord } from '../../sync/record';
import type { ListReference } from '../account-directory';
import type { Connection, DotdigitalSide } from '../connection';
import { KnownContacts } from '../known-contacts';
import { limitsFrom } from '../limits';
import { isOfDryRun, isOutOfDate, runEnded, takeRecord } from '../run';
import { deliver } from './delivery';
import type { Desk } from './desk';
import { Expressions } from './expressions';
import { Outbox } from './outbox';
import { fail, Parcel, refuse, type Work } from './work';

/** Settings of a contact upsert, checked. */
export interface UpsertSettings {
    readonly connection: string;
    readonly lists: readonly ListReference[];
    readonly mapping: readonly MappingRule[];
    readonly identifiers: readonly { readonly from: string; readonly fromType: MappingRule['fromType']; readonly to: string }[];
    readonly mergeOption: MergeOption;
    readonly optInType: string;
    readonly onLeave: 'removeFromList' | 'nothing';
    readonly createMissingFields: boolean;
    readonly dryRun: boolean;
}

/** All rows of the mapping: identifiers first. */
export function rulesOf(settings: UpsertSettings): MappingRule[] {
    return [...settings.identifiers.map((row) => ({ ...row, toType: 'identifier' })), ...settings.mapping];
}

/** What the node shows of the work. */
export interface UpsertView {
    importAge(age: number): void;
    working(waiting: number): void;
}

/** Takes the records of messages, and delivers them to Dotdigital. */
export class Upserter {
    private readonly expressions: Expressions;
    private readonly rules: readonly MappingRule[];
    private readonly outboxes = new Map<boolean, Outbox>();

    constructor(
        private readonly RED: NodeAPI,
        private readonly node: Node,
        private readonly settings: UpsertSettings,
        private readonly connection: () => Connection,
        private readonly view: UpsertView,
        private readonly signal: AbortSignal,
    ) {
        this.rules = rulesOf(settings);
        this.expressions = new Expressions(RED, node, this.rules);
    }

    /**
     * Takes all records of a message. The returned promise ends when each of them is settled.
     *
     * @throws PackageError for what concerns the whole message, before anything is sent
     */
    async take(message: NodeMessage): Promise<Parcel> {
        const begun = Date.now();
        const records = recordsOf((message as { payload?: unknown }).payload);
        const connection = this.connection();
        const release = connection.use();
        try {
            const side = await connection.dotdigital();
            const isDry = this.isDry(connection) || isOfDryRun(message as { delivery?: unknown });
            const targets = await side.directory.targets(this.rules, this.onMissingField(isDry), this.signal);
            const lists = await side.directory.listIds(this.settings.lists, this.signal);
            const store = await connection.store();
            const parcel = await new Promise<Parcel>((resolve, reject) => {
                const parcel = new Parcel(resolve);
                this.prepare(parcel, records, message, targets, store.secret).then((works) => {
                    const isOfDryRecord = works.some((work) => work.taken?.run.options.dryRun === true);
                    this.outbox(isDry || isOfDryRecord, connection, side, lists, store).add(works);
                    parcel.seal();
                }, reject);
            });
            parcel.result.durationMs = Date.now() - begun;
            return parcel;
        } finally {
            release();
        }
    }

    /** Fails what was not sent; what is on its way ends by the abort signal. */
    close(reason: PackageError): void {
        for (const outbox of this.outboxes.values()) for (const work of outbox.close()) fail(work, reason);
    }

    private onMissingField(isDry: boolean): 'refuse' | 'create' | 'pretend' {
        if (!this.settings.createMissingFields) return 'refuse';
        return isDry ? 'pretend' : 'create';
    }

    private isDry(connection: Connection): boolean {
        return this.settings.dryRun || connection.environment === 'dryRun';
    }

    private async prepare(
        parcel: Parcel,
        records: readonly OroRecord[],
        message: NodeMessage,
        targets: readonly Target[],
        secret: Buffer,
    ): Promise<Work[]> {
        const works: Work[] = [];
        for (const record of records) {
            const values = record.change === 'left' ? [] : await this.expressions.values(record, message);
            const work = this.workOf(
                parcel,
                record,
                message,
                mapContact(record, values, record.change === 'left' ? [] : targets),
                secret,
            );
            parcel.expectOne();
            const refusal = record.change === 'left' ? null : refusalOf(work.contact);
            if (work.taken === null && isOutOfDate(message as { delivery?: unknown })) fail(work, runEnded());
            else if (refusal === null) works.push(work);
            else refuse(work, refusal);
        }
        return works;
    }

    private workOf(parcel: Parcel, record: OroRecord, message: NodeMessage, contact: MappedContact, secret: Buffer): Work {
        const taken = takeRecord(message as { delivery?: unknown }, record, this.node.id);
        const email = contact.identifiers['email'];
        const isSame = email === undefined || email === taken?.item.email;
        const address = isSame ? (taken?.item.address ?? '') : addressHash(secret, email);
        const contactId = taken?.item.contactId ?? (typeof record['contactId'] === 'number' ? record['contactId'] : 0);
        return {
            record,
            parcel,
            taken,
            contact,
            address,
            contactId,
            // A record whose address a function changed is found by that address.
            matchById: taken?.item.matchById === true && address === taken.item.address,
            knownLists: taken?.item.lists ?? [],
            exists: contactId !== 0,
            ledger: taken?.run.options.ledger ?? '',
            id: taken?.item.id ?? 0,
            locks: null,
            report: null,
            queuedAt: Date.now(),
        };
    }

    private outbox(
        dryRun: boolean,
        connection: Connection,
        side: DotdigitalSide,
        lists: readonly number[],
        store: Desk['store'],
    ): Outbox {
        const known = this.outboxes.get(dryRun);
        if (known !== undefined) return known;
        const { settings, view, signal } = this;
        const desk: Desk = {
            dotdigital: side.dotdigital,
            store,
            gate: side.gate,
            known: new KnownContacts(store, side.dotdigital),
            intents: side.intents,
            limits: limitsFrom(this.RED.settings),
            lists,
            mergeOption: settings.mergeOption,
            optInType: settings.optInType,
            onLeave: settings.onLeave,
            dryRun,
            signal,
            onImport: (_, age) => view.importAge(age),
            onUnsubscribedAgain: (work) => work.taken?.run.options.onUnsubscribedAgain(),
            now: Date.now,
        };
        const outbox = new Outbox(side.locks, desk.limits, async (works) => {
            const release = connection.use();
            try {
                await deliver(desk, works);
            } finally {
                release();
            }
        });
        this.outboxes.set(dryRun, outbox);
        return outbox;
    }
}

/** The records of a payload: one, an array, or arrays of arrays as a join makes them. */
function recordsOf(payload: unknown): OroRecord[] {
    const found = (Array.isArray(payload) ? payload.flat(3) : [payload]) as unknown[];
    if (found.some((each) => each === null || typeof each !== 'object' || Array.isArray(each))) {
        throw new PackageError(
            'messageInvalid',
            'msg.payload has to be a record (an object with an email), an array of records, or a batch of a list reader.',
            {
                details: { property: 'msg.payload' },
            },
        );
    }
    return found as OroRecord[];
}

/** Why a contact cannot be written at all, or null. */
function refusalOf(contact: MappedContact): { code: string; reason: string; field: string } | null {
    const { email } = contact.identifiers;
    if (email !== undefined && !isAddress(email))
        return { code: 'invalidEmail', reason: 'not an e-mail address', field: 'email' };
    if (Object.keys(contact.identifiers).length > 0) return null;
    const phone = contact.problems.find((problem) => problem.code === 'invalidPhone');
    if (phone !== undefined) return { code: phone.code, reason: phone.reason, field: phone.field };
    return { code: 'invalidEmail', reason: 'no e-mail address', field: 'email' };
}

/** Fields whose name begins with an underscore are made by function nodes: OroCommerce is not asked for them. */
function isOfTheFlow(path: string): boolean {
    return path.startsWith('_');
}

/** Fields of records that the settings name, for the sources before the node. */
export function neededPaths(settings: UpsertSettings): string[] {
    const rules = rulesOf(settings);
    return rules
        .filter((rule) => rule.fromType === 'record')
        .map((rule) => rule.from)
        .concat(rules.flatMap((rule) => jsonataPaths(rule)))
        .filter((path) => !isOfTheFlow(path));
}

/** Names in a JSONata expression that can be fields of the record. Asking for one too many costs less than one too few. */
function jsonataPaths(rule: MappingRule): string[] {
    if (rule.fromType !== 'jsonata') return [];
    const withoutTexts = rule.from.replace(/"[^"]*"|'[^']*'/g, ' ');
    return [...withoutTexts.matchAll(/(?<![$\w.])([a-z_]\w*(?:\.[a-z_]\w*)*)(?!\w*\()/gi)]
        .map((match) => match[1] ?? '')
        .filter((name) => !['and', 'or', 'in', 'true', 'false', 'null', 'function', 'change', 'contactId'].includes(name));
}
