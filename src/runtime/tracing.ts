import type { Node } from 'node-red';

/** The part of a send or receive event of Node-RED's hooks that is read here. */
interface HookEvent {
    readonly msg: Message;
    readonly source?: { readonly id: string; readonly node?: Node };
    readonly destination?: { readonly id: string; readonly node?: Node };
    readonly node?: { readonly id: string; readonly node?: Node };
    readonly error?: unknown;
}

type Message = object & { readonly _msgid?: string; readonly delivery?: { readonly run?: unknown; readonly batch?: unknown } };

/** Node-RED's hooks, as far as they are used here. */
export interface Hooks {
    add(id: string, handler: (event: never) => void): void;
    remove(id: string): void;
}

/** What is told of a batch. */
export interface TraceListener {
    /** Something about the batch moved. */
    moved(): void;
    /** No node holds a message of the batch any more. `failed`: a node reported an error for one of them. */
    drained(failed: boolean): void;
}

interface Trace {
    readonly key: string;
    readonly run: string;
    readonly listener: TraceListener;
    /** Messages that each node holds. A node that was replaced by a deploy and the one in its place are two. */
    readonly held: Map<Node, number>;
    readonly messageIds: Set<string>;
    failed: boolean;
    checking: boolean;
}

/** What is known of one message object. */
interface Token {
    readonly traces: Set<Trace>;
    readonly nodes: Map<Node, Deliveries>;
}

/** Deliveries of one message object to one node that the node has not finished with: more than one in a loop. */
interface Deliveries {
    open: number;
    /** Those of them that were sent and have not arrived yet. */
    underWay: number;
}

const LABEL = 'oroDotdigital';
/** Core nodes that hold messages of several batches on purpose and send them as one. */
const GATHERING: ReadonlySet<string> = new Set(['join', 'batch', 'sort']);

/** True for a node that waits for further messages before it lets go of those it has. */
export function isGathering(node: { readonly type: string }): boolean {
    return GATHERING.has(node.type);
}

/**
 * Follows the messages of batches through the flow: which nodes hold them, and when no node does any more. Node-RED's hooks
 * are used only while a batch is followed.
 */
export class Tracer {
    private readonly traces = new Map<string, Trace>();
    private readonly byMessageId = new Map<string, Trace>();
    private readonly tokens = new WeakMap<object, Token>();

    constructor(private readonly hooks: Hooks) {}

    /** Begins to follow the batch whose messages carry `delivery: {run, batch}`. */
    open(run: string, batch: number, listener: TraceListener): void {
        if (this.traces.size === 0) this.install();
        const key = `${run}/${batch}`;
        this.traces.set(key, { key, run, listener, held: new Map(), messageIds: new Set(), failed: false, checking: false });
    }

    /** To be called when the first message of the batch was sent: if nobody took it, it is drained. */
    sent(run: string, batch: number): void {
        const trace = this.traces.get(`${run}/${batch}`);
        if (trace !== undefined) this.check(trace);
    }

    /** The nodes that hold messages of the batch. */
    holders(run: string, batch: number): Node[] {
        return [...(this.traces.get(`${run}/${batch}`)?.held.keys() ?? [])];
    }

    /** True when a message comes from a batch of the run, whatever became of its properties. */
    isOf(message: object, run: string): boolean {
        for (const trace of this.tokens.get(message)?.traces ?? []) if (trace.run === run) return true;
        return false;
    }

    /** Stops following a batch. */
    close(run: string, batch: number): void {
        const trace = this.traces.get(`${run}/${batch}`);
        if (trace === undefined) return;
        this.traces.delete(trace.key);
        for (const id of trace.messageIds) this.byMessageId.delete(id);
        if (this.traces.size === 0) this.hooks.remove(`*.${LABEL}`);
    }

    private install(): void {
        this.hooks.add(`preDeliver.${LABEL}`, (event: HookEvent) => this.sends(event));
        this.hooks.add(`onReceive.${LABEL}`, (event: HookEvent) => this.arrives(event));
        this.hooks.add(`postReceive.${LABEL}`, (event: HookEvent) => this.received(event));
        this.hooks.add(`onComplete.${LABEL}`, (event: HookEvent) => this.completed(event));
    }

    private sends(event: HookEvent): void {
        const deliveries = this.hold(event);
        if (deliveries !== null) deliveries.underWay++;
    }

    /** What was sent was counted then; Catch, Complete and link call hand messages over without sending them. */
    private arrives(event: HookEvent): void {
        const node = event.destination?.node;
        const known = node === undefined ? undefined : this.tokens.get(event.msg)?.nodes.get(node);
        if (known !== undefined && known.underWay > 0) known.underWay--;
        else this.hold(event);
    }

    private hold(event: HookEvent): Deliveries | null {
        const node = event.destination?.node;
        const token = node === undefined ? null : this.tokenOf(event);
        if (node === undefined || token === null) return null;
        const deliveries = token.nodes.get(node) ?? { open: 0, underWay: 0 };
        token.nodes.set(node, deliveries);
        deliveries.open++;
        for (const trace of token.traces) {
            trace.held.set(node, (trace.held.get(node) ?? 0) + 1);
            trace.listener.moved();
        }
        return deliveries;
    }

    /** Nodes whose handler takes no `done` never say that they have finished. */
    private received(event: HookEvent): void {
        const node = event.destination?.node as (Node & { _expectedDoneCount?: number }) | undefined;
        if (node !== undefined && (node._expectedDoneCount ?? 0) === 0) this.release(event.msg, node, false);
    }

    private completed(event: HookEvent): void {
        const node = event.node?.node;
        if (node !== undefined) this.release(event.msg, node, event.error !== undefined && event.error !== null);
    }

    private release(msg: Message, node: Node, failed: boolean): void {
        const token = this.tokens.get(msg);
        const deliveries = token?.nodes.get(node);
        if (token === undefined || deliveries === undefined) return;
        deliveries.open--;
        if (deliveries.open === 0) token.nodes.delete(node);
        for (const trace of token.traces) {
            const left = (trace.held.get(node) ?? 1) - 1;
            if (left <= 0) trace.held.delete(node);
            else trace.held.set(node, left);
            if (failed) trace.failed = true;
            trace.listener.moved();
            this.check(trace);
        }
    }

    private check(trace: Trace): void {
        if (trace.held.size > 0 || trace.checking) return;
        trace.checking = true;
        // What a node sends and completes in one turn is looked at together.
        setImmediate(() => {
            trace.checking = false;
            if (trace.held.size === 0 && this.traces.get(trace.key) === trace) trace.listener.drained(trace.failed);
        });
    }

    private tokenOf(event: HookEvent): Token | null {
        const known = this.tokens.get(event.msg);
        const traces = known?.traces ?? new Set<Trace>();
        if (known === undefined) this.addOwn(event.msg, traces);
        this.addGathered(event, traces);
        if (known !== undefined) return known;
        if (traces.size === 0) return null;
        const token = { traces, nodes: new Map<Node, Deliveries>() };
        this.tokens.set(event.msg, token);
        return token;
    }

    private addOwn(msg: Message, traces: Set<Trace>): void {
        const own = this.traceOf(msg);
        if (own === undefined) return;
        traces.add(own);
        const id = msg._msgid;
        if (id !== undefined && !this.byMessageId.has(id)) {
            this.byMessageId.set(id, own);
            own.messageIds.add(id);
        }
    }

    /** A joined message belongs to every batch that the joining node holds, although it carries the name of one. */
    private addGathered(event: HookEvent, traces: Set<Trace>): void {
        const source = event.source;
        if (source?.node === undefined || !isGathering(source.node)) return;
        for (const trace of this.traces.values()) if (trace.held.has(source.node)) traces.add(trace);
    }

    /** By what the message carries; a function that returns a new message keeps at least its id. */
    private traceOf(msg: Message): Trace | undefined {
        const { run, batch } = msg.delivery ?? {};
        if (typeof run === 'string' && typeof batch === 'number') {
            const trace = this.traces.get(`${run}/${batch}`);
            if (trace !== undefined) return trace;
        }
        return msg._msgid === undefined ? undefined : this.byMessageId.get(msg._msgid);
    }
}
