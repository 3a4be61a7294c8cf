import type { NodeAPI } from 'node-red';

const WHOLE_VALUE = /^\$\{([A-Za-z_]\w*)\}$/;

/**
 * Replaces texts that are `${NAME}` as a whole, at any depth, as Node-RED does it for the settings of a node that runs.
 *
 * @param nodeId whose group, flow or subflow may define the variable; an unknown id finds those of the process only
 */
export function withEnvironment<T>(RED: NodeAPI, nodeId: string, value: T): T {
    const node = RED.nodes.getNode(nodeId) ?? {};
    const replaced = (each: unknown): unknown => {
        if (typeof each === 'string') {
            const name = WHOLE_VALUE.exec(each)?.[1];
            return name === undefined ? each : variable(RED, name, node);
        }
        if (Array.isArray(each)) return each.map(replaced);
        if (each === null || typeof each !== 'object') return each;
        return Object.fromEntries(Object.entries(each).map(([name, inner]) => [name, replaced(inner)]));
    };
    return replaced(value) as T;
}

function variable(RED: NodeAPI, name: string, node: object): unknown {
    const found: unknown = RED.util.evaluateNodeProperty(name, 'env', node as never, {});
    return typeof found === 'string' || typeof found === 'number' ? String(found) : '';
}
