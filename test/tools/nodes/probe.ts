import type { Node, NodeAPI, NodeDef, NodeMessageInFlow } from 'node-red';
import { plainCopy } from '../recording';

interface ProbeConfig extends NodeDef {
    hold?: boolean;
}

/** What a probe tells the harness of each message that reaches it. */
export interface ProbeEvent {
    id: string;
    message: Record<string, unknown>;
}

/**
 * A node for tests only: tells the harness what reached it and passes the message on. With `hold: true` it keeps the
 * message, neither sent nor done, until the harness releases it.
 */
export = (RED: NodeAPI) => {
    const events = RED.events as unknown as NodeJS.EventEmitter;

    function Probe(this: Node, config: ProbeConfig) {
        RED.nodes.createNode(this, config);
        const held: (() => void)[] = [];
        this.on('input', (message: NodeMessageInFlow, send, done) => {
            events.emit('probe', { id: this.id, message: plainCopy({ ...message }) } as unknown as ProbeEvent);
            const pass = () => {
                send(message);
                done();
            };
            if (config.hold) held.push(pass);
            else pass();
        });
        const release = (id: string) => {
            if (id === this.id) for (const pass of held.splice(0)) pass();
        };
        events.on('probe:release', release);
        this.on('close', (done: () => void) => {
            events.off('probe:release', release);
            done();
        });
    }
    RED.nodes.registerType('probe', Probe);
};
