import { type Embedded, type EmbeddedOptions, startEmbedded } from './embedded';
import type { DeployType, FlowNode, Message, NodeStatus } from './node-red';
import type { LogLine } from './recording';

/** What the parent asks of the child. */
export type Command =
    | { do: 'start'; options: EmbeddedOptions }
    | { do: 'deploy'; flows: readonly FlowNode[]; type: DeployType }
    | { do: 'send'; node: string; message?: Message }
    | { do: 'release'; probe: string }
    | { do: 'memory' }
    | { do: 'stop' };

/** What the child tells: the answer to a command, or something that happened. */
export type Report =
    | { about: number; answer?: unknown; error?: string }
    | { message: Message; probe: string }
    | { status: NodeStatus; node: string }
    | { log: LogLine };

/** The memory of the child, in bytes. `peak` is the most resident memory it ever had. */
export interface Memory {
    resident: number;
    heap: number;
    peak: number;
}

/** The other end of `child.ts`: one Node-RED, led by the parent over the channel that `fork` gives. */
function main(): void {
    let nodeRed: Embedded | undefined;
    const tell = (report: Report) => process.send?.(report);
    const running = () => {
        if (!nodeRed) throw new Error('Node-RED was not started.');
        return nodeRed;
    };

    const obey = async (command: Command): Promise<unknown> => {
        switch (command.do) {
            case 'start':
                nodeRed = await startEmbedded(command.options, {
                    message: (probe, message) => tell({ probe, message }),
                    status: (node, status) => tell({ node, status }),
                    log: (log) => tell({ log }),
                });
                return { url: nodeRed.url };
            case 'deploy':
                return running().deploy(command.flows, command.type);
            case 'send':
                return running().send(command.node, command.message);
            case 'release':
                return running().release(command.probe);
            case 'memory': {
                global.gc?.();
                const { rss, heapUsed } = process.memoryUsage();
                return { resident: rss, heap: heapUsed, peak: process.resourceUsage().maxRSS * 1024 } satisfies Memory;
            }
            case 'stop':
                return nodeRed?.stop();
        }
    };

    process.on('message', ({ number, command }: { number: number; command: Command }) => {
        obey(command).then(
            (answer) => tell({ about: number, answer }),
            (error: unknown) =>
                tell({ about: number, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
        );
    });
    // The parent is gone: nobody would ever stop this process.
    process.on('disconnect', () => process.exit());
}

if (require.main === module) main();
