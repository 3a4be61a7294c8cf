import type { Node, NodeAPI, NodeStatus } from 'node-red';
import { text } from './texts';

/** Least time between two statuses of a node, in milliseconds: twice a second. */
const SPACING = 500;

/** The status under a node: says where it is not live, and never changes more than twice a second. */
export class Status {
    private last = 0;
    private waiting: NodeStatus | null = null;
    private timer: NodeJS.Timeout | null = null;
    /** `sandbox`, `dryRun` or '': said before every status. */
    prefix: 'sandbox' | 'dryRun' | '' = '';

    constructor(
        private readonly RED: NodeAPI,
        private readonly node: Node,
    ) {}

    working(words: string): void {
        this.show({ fill: 'blue', shape: 'dot', text: words });
    }

    waitingFor(words: string): void {
        this.show({ fill: 'yellow', shape: 'ring', text: words });
    }

    good(words: string): void {
        this.show({ fill: 'green', shape: 'dot', text: words });
    }

    attention(words: string): void {
        this.show({ fill: 'yellow', shape: 'dot', text: words });
    }

    bad(words: string): void {
        this.show({ fill: 'red', shape: 'ring', text: words });
    }

    idle(words: string): void {
        this.show({ fill: 'grey', shape: 'ring', text: words });
    }

    /** Shows nothing more. */
    close(): void {
        if (this.timer !== null) clearTimeout(this.timer);
        this.timer = null;
        this.waiting = null;
    }

    private show(status: NodeStatus): void {
        this.waiting = this.prefixed(status);
        if (this.timer !== null) return;
        const wait = this.last + SPACING - Date.now();
        if (wait <= 0) this.send();
        else
            this.timer = setTimeout(() => {
                this.timer = null;
                this.send();
            }, wait);
    }

    private send(): void {
        if (this.waiting === null) return;
        this.last = Date.now();
        this.node.status(this.waiting);
        this.waiting = null;
    }

    private prefixed(status: NodeStatus): NodeStatus {
        if (this.prefix === '' || typeof status !== 'object' || status.text === undefined) return status;
        return { ...status, text: text(this.RED, `status.${this.prefix}`, { text: status.text }) };
    }
}
