import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout, type FlowNode } from './node-red';
import type { NamedList } from './outcome';

/** The example that a first start shows. */
const MAIN_EXAMPLE = join(checkout, 'examples', '01 - Mirror a marketing list.json');

/** Puts the main example into a user directory that has no flows yet; flows that are there stay as the person left them. */
export function placeFirstFlow(userDirectory: string): void {
    const flows = join(userDirectory, 'flows.json');
    if (existsSync(flows)) return;
    mkdirSync(userDirectory, { recursive: true });
    copyFileSync(MAIN_EXAMPLE, flows);
}

/** A mirror of a marketing list as it stands in the flows. */
export interface Mirror {
    readonly reader: string;
    readonly oroList: NamedList;
    readonly dotdigitalList: NamedList;
}

/**
 * The mirror that a start sets going: a list reader that practises on the sandbox, its second output wired, and the upsert that
 * its batches reach first. The one of the main example while it is there.
 *
 * @returns null where the person has changed the flows so that there is none; nothing is to be sent unasked then
 */
export function mirrorToStart(flows: readonly FlowNode[]): Mirror | null {
    const byId = new Map(flows.map((node) => [node.id, node]));
    const isInSandbox = (node: FlowNode) => byId.get(String(node['connection']))?.['environment'] === 'sandbox';
    const readers = flows.filter(
        (node) => node.type === 'oro-list-reader' && !node['d'] && !byId.get(String(node['z']))?.['disabled'],
    );
    const example = (JSON.parse(readFileSync(MAIN_EXAMPLE, 'utf8')) as FlowNode[]).map(({ id }) => id);
    const exampleFirst = readers.sort((a, b) => Number(example.includes(b.id)) - Number(example.includes(a.id)));

    for (const reader of exampleFirst) {
        if (reader['audience'] !== 'list' || !isInSandbox(reader) || wires(reader)[1]?.length === 0) continue;
        const upsert = downstream(byId, reader).find((node) => node.type === 'dotdigital-contact-upsert');
        const list = (upsert?.['lists'] as NamedList[] | undefined)?.[0];
        if (!upsert || !list || !isInSandbox(upsert)) continue;
        const oroList = { id: String(reader['listId']), name: String(reader['listName']) };
        return { reader: reader.id, oroList, dotdigitalList: list };
    }
    return null;
}

/** The nodes that are reached over the first output of a node, the nearest first. */
function downstream(byId: ReadonlyMap<string, FlowNode>, from: FlowNode): FlowNode[] {
    const found: FlowNode[] = [];
    let next = wires(from)[0] ?? [];
    while (next.length > 0) {
        const reached = [...new Set(next)].flatMap((id) => byId.get(id) ?? []).filter((node) => !found.includes(node));
        found.push(...reached);
        next = reached.flatMap((node) => wires(node).flat());
    }
    return found;
}

function wires(node: FlowNode): string[][] {
    return (node['wires'] as string[][] | undefined) ?? [];
}
