import type { FlowNode } from '../tools/node-red';

/** What a test changes of the flow. */
export interface FlowParts {
    /** Properties of the list reader that win. */
    readonly reader?: Readonly<Record<string, unknown>>;
    /** Properties of the upsert that win. */
    readonly upsert?: Readonly<Record<string, unknown>>;
    /** Nodes that the batches pass before the upsert; the first one is wired to the reader. Without: reader to upsert. */
    readonly between?: readonly FlowNode[];
    /** Further nodes. */
    readonly more?: readonly FlowNode[];
}

/** Rows of the mapping: first and last name. */
export const NAMES = [
    { from: 'firstName', fromType: 'record', to: 'FIRSTNAME', toType: 'String' },
    { from: 'lastName', fromType: 'record', to: 'LASTNAME', toType: 'String' },
];

/**
 * The mirror of Oro's main list as people build it: `reader`, whatever is between, and `upsert`, with a probe on every output
 * (`summary`, `accepted`, `rejected`) and one behind a Catch node (`caught`).
 */
export function mirrorFlow(connection: FlowNode, { reader, upsert, between = [], more = [] }: FlowParts = {}): FlowNode[] {
    const first = between[0]?.id ?? 'upsert';
    return [
        { id: 'tab', type: 'tab', label: 'Mirror' },
        connection,
        {
            id: 'reader',
            type: 'oro-list-reader',
            z: 'tab',
            connection: connection.id,
            audience: 'list',
            listId: '1',
            listName: 'Newsletter',
            wires: [[first], ['summary']],
            ...reader,
        },
        ...between,
        upsertNode('upsert', connection.id, upsert),
        probe('summary'),
        probe('accepted'),
        probe('rejected'),
        { id: 'catch', type: 'catch', z: 'tab', wires: [['caught']] },
        probe('caught'),
        ...more,
    ];
}

/** An upsert that feeds the list "Oro newsletter". */
export function upsertNode(id: string, connection: string, more: Readonly<Record<string, unknown>> = {}): FlowNode {
    return {
        id,
        type: 'dotdigital-contact-upsert',
        z: 'tab',
        connection,
        lists: [{ id: '1001', name: 'Oro newsletter' }],
        mapping: NAMES,
        identifiers: [],
        wires: [['accepted'], ['rejected']],
        ...more,
    };
}

/** A probe that ends a branch, or passes on. */
export function probe(id: string, wires: readonly string[] = [], more: Readonly<Record<string, unknown>> = {}): FlowNode {
    return { id, type: 'probe', z: 'tab', wires: [wires], ...more };
}

/** A function node with one output. */
export function functionNode(id: string, func: string, wires: readonly string[] = ['upsert']): FlowNode {
    return { id, type: 'function', z: 'tab', func, outputs: 1, timeout: 0, noerr: 0, libs: [], wires: [wires] };
}
