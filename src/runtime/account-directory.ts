import type { Dotdigital } from '../dotdigital/client';
import { createDataField, type DataField, listDataFields } from '../dotdigital/data-fields';
import { type AddressBook, listLists } from '../dotdigital/lists';
import { PackageError } from '../http/errors';
import type { MappingRule, Target } from '../sync/mapping';
import { unlessAborted } from './upsert/pause';

/** How long lists and data fields are remembered, in milliseconds. */
const FRESH = 60_000;

/** A list as a flow names it: by id, by name, or both. */
export interface ListReference {
    readonly id: string;
    readonly name: string;
}

/** Lists and data fields of an account, read when they are needed and again when something is not found. */
export class AccountDirectory {
    private lists: Kept<AddressBook[]> | null = null;
    private fields: Kept<DataField[]> | null = null;

    constructor(
        private readonly dotdigital: Dotdigital,
        private readonly now: () => number = Date.now,
    ) {}

    /**
     * Ids of the lists that a flow names.
     *
     * @throws PackageError listMissing
     */
    async listIds(references: readonly ListReference[], signal?: AbortSignal): Promise<number[]> {
        const ids: number[] = [];
        for (const reference of references) {
            const list =
                find(await this.allLists(false, signal), reference) ?? find(await this.allLists(true, signal), reference);
            if (list === undefined) {
                throw new PackageError(
                    'listMissing',
                    `The Dotdigital list "${reference.name || reference.id}" does not exist in this account. Choose another list in the node. Nothing was written.`,
                    {
                        details: { list: reference.name || reference.id },
                    },
                );
            }
            ids.push(list.id);
        }
        return [...new Set(ids)];
    }

    /** Members of a list as Dotdigital counted them when the lists were last read. */
    async contactsOn(list: number, signal?: AbortSignal): Promise<number> {
        return (await this.allLists(false, signal)).find((each) => each.id === list)?.contacts ?? 0;
    }

    /**
     * The data fields and identifiers that a mapping writes to. Names match whatever their capitals.
     *
     * @param missing what happens to rows whose data field the account does not have: they are refused, created, or mapped as if
     *   it had them, for a dry run
     * @throws PackageError dataFieldMissing, before anything is sent
     */
    async targets(
        rules: readonly MappingRule[],
        missing: 'refuse' | 'create' | 'pretend',
        signal?: AbortSignal,
    ): Promise<Target[]> {
        const named = rules.filter((rule) => !isIdentifier(rule));
        let fields = await this.allFields(false, signal);
        if (named.some((rule) => findField(fields, rule) === undefined)) fields = await this.allFields(true, signal);
        const unknown = named.filter((rule) => findField(fields, rule) === undefined);
        if (unknown.length > 0 && missing === 'refuse') throw dataFieldMissing(unknown);
        for (const rule of missing === 'create' ? unknown : []) {
            await createDataField(
                this.dotdigital,
                { name: rule.to, type: fieldType(rule.toType), visibility: 'Private' },
                signal,
            );
        }
        if (unknown.length > 0) fields = await this.allFields(true, signal);
        return rules.map((rule) => {
            if (isIdentifier(rule)) return { kind: 'identifier', name: rule.to };
            const field = findField(fields, rule);
            if (field === undefined && missing === 'pretend')
                return { kind: 'dataField', name: rule.to, type: fieldType(rule.toType) };
            if (field === undefined) throw dataFieldMissing([rule]);
            return { kind: 'dataField', name: field.name, type: field.type };
        });
    }

    /** Forgets the lists, so that they are read again when they are asked for. */
    forgetLists(): void {
        this.lists = null;
    }

    /** Begins to read what the writing nodes will ask for. A failure shows when they ask. */
    prefetch(): void {
        this.allFields(false).catch(() => undefined);
    }

    private allLists(refresh: boolean, signal?: AbortSignal): Promise<AddressBook[]> {
        this.lists = this.kept(
            this.lists,
            refresh,
            () => listLists(this.dotdigital),
            () => {
                this.lists = null;
            },
        );
        return unlessAborted(this.lists.value, signal);
    }

    private allFields(refresh: boolean, signal?: AbortSignal): Promise<DataField[]> {
        this.fields = this.kept(
            this.fields,
            refresh,
            () => listDataFields(this.dotdigital),
            () => {
                this.fields = null;
            },
        );
        return unlessAborted(this.fields.value, signal);
    }

    /** What was read lately, or is being read, else a new reading; a failed one is forgotten. */
    private kept<T>(known: Kept<T> | null, refresh: boolean, read: () => Promise<T>, forget: () => void): Kept<T> {
        if (known !== null && !refresh && this.now() - known.at <= FRESH) return known;
        const value = read();
        value.catch(forget);
        return { at: this.now(), value };
    }
}

interface Kept<T> {
    readonly at: number;
    readonly value: Promise<T>;
}

function find(lists: readonly AddressBook[], { id, name }: ListReference): AddressBook | undefined {
    const byId = lists.find((list) => String(list.id) === id.trim());
    if (byId !== undefined) return byId;
    const wanted = new Set(
        [id, name].map((each) => each.trim().toLowerCase()).filter((each) => each !== '' && !/^\d+$/.test(each)),
    );
    // A list that is named by its id and is gone must not be replaced by another one of the same name.
    if (/^\d+$/.test(id.trim())) return undefined;
    return lists.find((list) => wanted.has(list.name.toLowerCase()));
}

function findField(fields: readonly DataField[], rule: MappingRule): DataField | undefined {
    return (
        fields.find((field) => field.name === rule.to) ??
        fields.find((field) => field.name.toLowerCase() === rule.to.toLowerCase())
    );
}

/** True for a row that fills an identifier instead of a data field. */
export function isIdentifier(rule: MappingRule): boolean {
    return rule.toType === 'identifier' || rule.to === 'mobileNumber' || rule.to === 'email';
}

function fieldType(type: string): DataField['type'] {
    return type === 'Numeric' || type === 'Date' || type === 'Boolean' ? type : 'String';
}

function dataFieldMissing(rules: readonly MappingRule[]): PackageError {
    const names = rules.map((rule) => rule.to).join(', ');
    return new PackageError(
        'dataFieldMissing',
        `Dotdigital has no data field ${names}. Create it in the node's mapping table, or allow the node to create missing fields. Nothing was written.`,
        { details: { field: names } },
    );
}
