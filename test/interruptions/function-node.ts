import type { FlowNode } from '../tools/node-red';

/** A function node with one output. */
export function functionNode(id: string, func: string, wires: readonly string[] = ['upsert']): FlowNode {
    return { id, type: 'function', z: 'tab', func, outputs: 1, timeout: 0, noerr: 0, libs: [], wires: [wires] };
}
