import type { Node, NodeAPI } from 'node-red';
import { Status } from './status';
import { reportable, serviceOf, shortText } from './texts';
import { stopped } from './upsert/pause';

/** How long a node waits for its work to end when it is closed, in milliseconds; Node-RED cuts off after 15 s. */
const CLOSE_WAIT = 10_000;

/** What every node of the package needs of Node-RED: its status, the end of its life, and one way for errors. */
export class NodeLife {
    readonly status: Status;
    readonly signal: AbortSignal;
    private readonly abort = new AbortController();
    private readonly work = new Set<Promise<unknown>>();
    private readonly onClose: (() => void)[] = [];

    constructor(
        private readonly RED: NodeAPI,
        private readonly node: Node,
    ) {
        this.status = new Status(RED, node);
        this.signal = this.abort.signal;
        // Node-RED waits only for a handler that declares `done`.
        node.on('close', (_removed: boolean, done: () => void) => {
            this.close().then(done, done);
        });
    }

    /** Runs something whose failures go to `done` or, without one, to the Catch nodes. Never rejects. */
    track(work: Promise<unknown>, done?: (error?: Error) => void): void {
        const tracked = work
            .then(
                () => done?.(),
                (error: unknown) => this.fail(error, done),
            )
            // A rejection that nobody handles would end Node-RED.
            .catch((error: unknown) => this.RED.log.error(error instanceof Error ? error.message : String(error)));
        this.work.add(tracked);
        void tracked.finally(() => this.work.delete(tracked));
    }

    /** Shows an error in the status and passes it on to the Catch nodes. */
    fail(error: unknown, done?: (error?: Error) => void): void {
        const report = reportable(this.RED, error);
        if (report.code === 'stopped' || this.signal.aborted) this.status.idle(shortText(this.RED, 'stopped'));
        else this.status.bad(shortText(this.RED, report.code, serviceOf(error)));
        if (done !== undefined) done(report);
        else if (!this.signal.aborted) this.node.error(report, {});
    }

    /** Calls something when the node is closed. */
    beforeClose(callback: () => void): void {
        this.onClose.push(callback);
    }

    private async close(): Promise<void> {
        this.abort.abort(stopped());
        for (const callback of this.onClose) callback();
        const timeout = new Promise<void>((resolve) => setTimeout(resolve, CLOSE_WAIT).unref());
        await Promise.race([Promise.allSettled([...this.work]), timeout]);
        this.status.close();
    }
}
