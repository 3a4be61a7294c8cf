import type { Node, NodeAPI } from 'node-red';
import type { ListReference } from './account-directory';

/** What a writing node says of itself, so that a source before it knows what to ask for. */
export interface WriterSettings {
    readonly connection: string;
    /** Fields of a record that it needs. */
    readonly paths: readonly string[];
    /** Settings that decide what is sent. When they change, everyone is sent again. */
    readonly fingerprint: unknown;
    readonly lists: readonly ListReference[];
    readonly dryRun: boolean;
    /** True when what is written first stays: a later value does not replace it. */
    readonly keepsFirst: boolean;
}

/** Writing nodes by their id, with `${ENV}` resolved. */
const writers = new Map<string, WriterSettings>();

/** Makes a writing node known to the sources before it. Answers the function that takes it back. */
export function registerWriter(id: string, settings: WriterSettings): () => void {
    writers.set(id, settings);
    return () => {
        if (writers.get(id) === settings) writers.delete(id);
    };
}

type RuntimeNode = Node & {
    readonly wires?: readonly (readonly string[])[];
    readonly links?: readonly string[];
    readonly linkType?: string;
    readonly _flow?: {
        readonly flow?: { readonly nodes?: Readonly<Record<string, { readonly links?: string | readonly string[] }>> };
    };
};

/** The writing nodes that messages of a node can reach, through functions, links, subflows and joins. */
export function writersBehind(RED: NodeAPI, source: Node): Map<string, WriterSettings> {
    const found = new Map<string, WriterSettings>();
    const seen = new Set<string>([source.id]);
    const queue = [...targetsOf(source as RuntimeNode)];
    for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
        if (seen.has(id)) continue;
        seen.add(id);
        const writer = writers.get(id);
        if (writer !== undefined) found.set(id, writer);
        const node = RED.nodes.getNode(id) as RuntimeNode | null;
        if (node !== null) queue.push(...targetsOf(node));
    }
    return found;
}

/** A node's wires lead on; the target of a `link call` is only in the configuration of its flow. */
function targetsOf(node: RuntimeNode): string[] {
    const wired = (node.wires ?? []).flat();
    if (node.type !== 'link call') return wired;
    const links = node._flow?.flow?.nodes?.[node.id]?.links ?? node.links ?? [];
    return [...wired, ...(typeof links === 'string' ? [links] : links)];
}
