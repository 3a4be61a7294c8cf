import type { NodeAPI } from 'node-red';
import { unlessAborted } from './upsert/pause';

interface Gate {
    promise: Promise<void>;
    open: (() => void) | null;
    readonly listeners: Set<() => void>;
}

const gates = new WeakMap<object, Gate>();

/**
 * Between the stop of replaced nodes and the start of the new ones messages would be lost: sources wait for the end of it.
 *
 * @param signal ends the waiting when the source itself is closed: after the last stop of the flows there is no start
 * @param onStopping called when nodes are about to be replaced
 */
export function followDeploys(
    RED: NodeAPI,
    signal: AbortSignal,
    onStopping: () => void,
): { ready(): Promise<void>; close(): void } {
    const gate = gateOf(RED);
    gate.listeners.add(onStopping);
    return { ready: () => unlessAborted(gate.promise, signal), close: () => gate.listeners.delete(onStopping) };
}

/** Calls back once when all nodes of the flow have been made. */
export function onFlowsStarted(RED: NodeAPI, callback: () => void): () => void {
    RED.events.once('flows:started', callback);
    return () => RED.events.removeListener('flows:started', callback);
}

function gateOf(RED: NodeAPI): Gate {
    const known = gates.get(RED.events);
    if (known !== undefined) return known;
    const gate: Gate = { promise: Promise.resolve(), open: null, listeners: new Set() };
    gates.set(RED.events, gate);
    RED.events.on('flows:stopping', () => {
        gate.open?.();
        gate.promise = new Promise((resolve) => {
            gate.open = resolve;
        });
        for (const listener of gate.listeners) listener();
    });
    RED.events.on('flows:started', () => {
        gate.open?.();
        gate.open = null;
    });
    return gate;
}
