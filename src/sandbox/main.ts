import { parseArgs } from 'node:util';
import { startSandbox } from './index';

/**
 * The sandbox as a process of its own:
 * `node main.js [--size 1000] [--seed 1] [--oro-port 0] [--dotdigital-port 0] [--directory d] [--stock]`.
 * Prints one JSON line `{oroUrl, dotdigitalUrl, credentials}` when it listens, and ends on SIGTERM or SIGINT.
 */
async function main(): Promise<void> {
    const { values } = parseArgs({
        options: {
            size: { type: 'string' },
            seed: { type: 'string' },
            'oro-port': { type: 'string' },
            'dotdigital-port': { type: 'string' },
            directory: { type: 'string' },
            stock: { type: 'boolean' },
        },
    });
    const number = (text: string | undefined): number | undefined => (text === undefined ? undefined : Number(text));
    const sandbox = await startSandbox({
        size: number(values.size),
        seed: number(values.seed),
        oroPort: number(values['oro-port']),
        dotdigitalPort: number(values['dotdigital-port']),
        directory: values.directory,
        stock: values.stock,
    });
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
        process.once(signal, () => void sandbox.stop().then(() => process.exit(0)));
    }
    const { oroUrl, dotdigitalUrl, credentials } = sandbox;
    process.stdout.write(`${JSON.stringify({ oroUrl, dotdigitalUrl, credentials })}\n`);
}

main().catch((failure: unknown) => {
    process.stderr.write(`${failure instanceof Error ? failure.message : String(failure)}\n`);
    process.exitCode = 1;
});
