import type { Dotdigital } from '../dotdigital/client';
import { createDataField, type DataField, listDataFields } from '../dotdigital/data-fields';
import { type AddressBook, listLists } from '../dotdigital/lists';
import { PackageError } from '../http/errors';
import type { MappingRule, Target } from '../sync/mapping';

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

    /** Members of a list as Dotdigital counts them. */
    async contactsOn(list: number, signal?: AbortSignal): Promise<number> {
        return (await this.allLists(true, signal)).find((each) => each.id === list)?.contacts ?? 0;
    }

    /**
     * The data fields and identifiers that a mapping writes to. Names match whatever their capitals.
     *
     * @param create true: missing data fields are created
     * @throws PackageError dataFieldMissing, before anything is sent
     */
    async targets(rules: readonly MappingRule[], create: boolean, signal?: AbortSignal): Promise<Target[]> {
        const named = rules.filter((rule) => !isIdentifier(rule));
        let fields = await this.allFields(false, signal);
        if (named.some((rule) => findField(fields, rule) === undefined)) fields = await this.allFields(true, signal);
        const missing = named.filter((rule) => findField(fields, rule) === undefined);
        if (missing.length > 0 && !create) throw dataFieldMissing(missing);
        for (const rule of missing) {
            await createDataField(
                this.dotdigital,
                { name: rule.to, type: fieldType(rule.toType), visibility: 'Private' },
                signal,
            );
        }
        if (missing.length > 0) fields = await this.allFields(true, signal);
        return rules.map((rule) => {
            if (isIdentifier(rule)) return { kind: 'identifier', name: rule.to };
            const field = findField(fields, rule);
            if (field === undefined) throw dataFieldMissing([rule]);
            return { kind: 'dataField', name: field.name, type: field.type };
        });
    }

    private async allLists(refresh: boolean, signal?: AbortSignal): Promise<AddressBook[]> {
        if (refresh || this.lists === null || this.now() - this.lists.at > FRESH) {
            this.lists = { at: this.now(), value: await listLists(this.dotdigital, signal) };
        }
        return this.lists.value;
    }

    private async allFields(refresh: boolean, signal?: AbortSignal): Promise<DataField[]> {
        if (refresh || this.fields === null || this.now() - this.fields.at > FRESH) {
            this.fields = { at: this.now(), value: await listDataFields(this.dotdigital, signal) };
        }
        return this.fields.value;
    }
}

interface Kept<T> {
    readonly at: number;
    readonly value: T;
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
