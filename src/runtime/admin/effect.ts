import type { Node, NodeAPI } from 'node-red';
import { fingerprintOf } from '../../sync/fingerprint';
import { History } from '../history';
import { writersBehind } from '../writers';
import type { ReaderBody, UpsertBody } from './bodies';
import type { DialogConnection } from './dialog-connection';

/**
 * How many people the next run of a reader sends again because of the settings as typed: everybody who is in the list, as
 * soon as what is sent of a person changes.
 *
 * @param upsert the writing node whose dialog is open; null when it is the reader's
 * @returns null where nothing is known: the reader is not deployed or has never run
 */
export async function sentAgain(
    RED: NodeAPI,
    connection: DialogConnection,
    reader: ReaderBody,
    upsert: UpsertBody | null,
): Promise<number | null> {
    const node = RED.nodes.getNode(reader.id) as Node | null;
    const deployed = deployedFields(RED, reader.id);
    if (node === null || deployed === null) return null;
    const writers = [...writersBehind(RED, node)];
    const before = fingerprintOf({ fields: [...deployed].sort(), writers: writers.map(([, writer]) => writer.fingerprint) });
    const after = fingerprintOf({
        fields: [...(upsert === null ? reader.fields : deployed)].sort(),
        writers: writers.map(([id, writer]) => (id === upsert?.id ? upsertFingerprint(upsert) : writer.fingerprint)),
    });
    if (before === after) return 0;
    const summaries = await connection.withStore((store) => new History(store, reader.id).summaries());
    const last = summaries?.find((summary) => summary.complete && !summary.dryRun);
    return last === undefined ? null : last.inList;
}

/** What of an upsert decides about sending people again. */
export function upsertFingerprint({ mapping, identifiers, mergeOption, lists }: UpsertBody): unknown {
    return { mapping, identifiers, mergeOption, lists: lists.map((list) => list.id || list.name).sort() };
}

function deployedFields(RED: NodeAPI, id: string): readonly string[] | null {
    let fields: readonly string[] | null = null;
    RED.nodes.eachNode((config) => {
        if (config.id === id) fields = (config as unknown as { fields?: readonly string[] }).fields ?? [];
    });
    return fields;
}
