import { PackageError } from '../../http/errors';
import type { Oro } from '../../oro/client';
import { countOf, keysetPages, readByIds } from '../../oro/pages';
import { type Projection, projectionFor } from '../../sync/projection';
import { flatten, type OroRecord } from '../../sync/record';
import { PEOPLE } from '../audience';
import { property, type ReaderBody, textOf } from './bodies';

/** Attribute by which Oro finds a person's record. */
const ADDRESS: Readonly<Record<string, string>> = { contacts: 'primaryEmail', leads: 'primaryEmail' };

/** The person of a trial: a record of Oro named by type and id, one that is found by its address, or a record as it was sent. */
export async function trialPerson(
    openOro: () => Promise<Oro>,
    body: unknown,
    paths: readonly string[],
    signal: AbortSignal,
): Promise<OroRecord> {
    const person = property(body, 'person');
    const email = textOf(body, 'email');
    const type = textOf(person, 'type') || textOf(body, 'resource') || 'customerusers';
    const id = textOf(person, 'id');
    const projection = projectionFor(PEOPLE.has(type) ? type : 'customerusers', paths);
    if (id !== '') return only(await byId(await openOro(), type, Number(id), projection, signal));
    if (email !== '') return only(await byAddress(await openOro(), type, email, projection, signal));
    if (textOf(person, 'email') !== '') return { ...(person as OroRecord), type, id: '' };
    throw new PackageError('settingsInvalid', 'Choose a person first: by their record in Oro, or by their e-mail address.', {
        details: { property: 'person' },
    });
}

async function byId(oro: Oro, type: string, id: number, projection: Projection, signal: AbortSignal): Promise<OroRecord[]> {
    const query = { fields: projection.fields, include: projection.include };
    return records(await readByIds(oro, type, [id], query, signal), projection);
}

async function byAddress(
    oro: Oro,
    type: string,
    email: string,
    projection: Projection,
    signal: AbortSignal,
): Promise<OroRecord[]> {
    const query = { filter: { [ADDRESS[type] ?? 'email']: email }, fields: projection.fields, include: projection.include };
    for await (const page of keysetPages(oro, type, query, { size: 10 }, signal)) return records(page, projection);
    return [];
}

function records(document: Parameters<typeof flatten>[0], projection: Projection): OroRecord[] {
    return [...flatten(document, projection)].sort((a, b) => b.updatedAt - a.updatedAt).map(({ record }) => record);
}

function only(found: readonly OroRecord[]): OroRecord {
    const [record] = found;
    if (record === undefined) throw new PackageError('personNotFound', 'OroCommerce has nobody with this address.');
    return record;
}

/** True when the person has unsubscribed from the marketing list in Oro. */
export async function optedOutInOro(oro: Oro, reader: ReaderBody, record: OroRecord, signal: AbortSignal): Promise<boolean> {
    if (reader.audience !== 'list' || record.id === '' || !/^\d+$/.test(reader.listId)) return false;
    const filter = { marketingList: reader.listId, entityId: record.id };
    return (await countOf(oro, 'marketinglistunsubscribeditems', filter, signal)) > 0;
}
