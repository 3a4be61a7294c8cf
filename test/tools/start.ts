import { join, relative, resolve } from 'node:path';
import type { Sandbox } from '../../src/sandbox';
import type { Summary } from '../../src/sync/summary';
import { type Embedded, startEmbedded } from './embedded';
import { type Mirror, mirrorToStart, placeFirstFlow } from './first-flow';
import { checkout } from './node-red';
import { disagreements, nothingSent, type Outcome, table } from './outcome';

/** Where Node-RED and the sandbox keep what they know between two starts. Without it the next start begins afresh. */
const USER_DIRECTORY = resolve(process.env['SANDBOX_DIRECTORY'] ?? join(checkout, '.sandbox'));
const DEFAULT_PORT = 1880;

/**
 * `npm start`: a Node-RED to try the nodes in, with the main example running against the sandbox. It synchronises once, prints
 * what came of it, and keeps running. `--once`: no editor; ends with 0 when both sides agree, else with 1.
 */
async function main(once: boolean): Promise<void> {
    placeFirstFlow(USER_DIRECTORY);
    const nodeRed = await startNodeRed(once);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
        process.once(signal, () => void nodeRed.stop().finally(() => process.exit(0)));
    }

    const agrees = await synchronise(nodeRed);
    if (once) {
        await nodeRed.stop();
        process.exit(agrees ? 0 : 1);
    }
    console.log(`\nEditor: ${nodeRed.url}`);
    console.log(`Stop with Ctrl+C. What you change is kept in ${relative('', USER_DIRECTORY)}; remove it to start afresh.`);
}

async function startNodeRed(once: boolean): Promise<Embedded> {
    const port = once ? 0 : Number(process.env['PORT'] ?? DEFAULT_PORT);
    if (!Number.isInteger(port) || port < 0 || port > 65_535) {
        throw new Error(`PORT is "${process.env['PORT']}": a number from 0 to 65535 is expected.`);
    }
    try {
        return await startEmbedded({
            userDirectory: USER_DIRECTORY,
            port,
            adminRoot: once ? false : '/',
            editor: !once,
            withoutProbe: true,
            settings: {
                // Node-RED makes a secret of its own and keeps it in the user directory.
                credentialSecret: undefined,
                fileWorkingDirectory: USER_DIRECTORY,
                logging: { console: { level: 'error', metrics: false, audit: false } },
            },
        });
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
        throw new Error(`Port ${port} is in use. Choose another one, for example: PORT=${port + 1} npm start`);
    }
}

/** Runs the mirror of the flows once and prints what came of it. Returns whether both sides agree. */
async function synchronise(nodeRed: Embedded): Promise<boolean> {
    const mirror = mirrorToStart(nodeRed.red.nodes.getFlows().flows);
    if (!mirror) {
        console.log('No list reader in the flows practises on the sandbox, so nothing was synchronised.');
        return false;
    }
    console.log(`Synchronising "${mirror.oroList.name}" with "${mirror.dotdigitalList.name}" in the sandbox …\n`);
    let summary: Summary;
    try {
        summary = await run(nodeRed, mirror);
    } catch (error) {
        console.log(`The synchronisation failed: ${error instanceof Error ? error.message : String(error)}`);
        return false;
    }
    const outcome: Outcome = { ...mirror, summary, sandbox: sandboxNumbers(nodeRed, mirror) };
    const found = disagreements(outcome);
    console.log(table(outcome));
    console.log(found.length === 0 ? '  The numbers add up, and both sides agree.' : found.map((each) => `  ${each}`).join('\n'));
    if (nothingSent(outcome)) console.log('  All are in step: nothing was sent.');
    return found.length === 0;
}

/** Starts the list reader, or joins the run that goes on by itself after a cut, and waits for its summary. */
async function run(nodeRed: Embedded, { reader }: Mirror): Promise<Summary> {
    const { hooks } = nodeRed.red;
    try {
        return await new Promise<Summary>((resolve, reject) => {
            hooks.add('onSend.start', (sent) => {
                for (const { msg, source } of sent) {
                    if (source.id === reader && source.port === 1) resolve(msg['payload'] as Summary);
                }
            });
            hooks.add('onComplete.start', ({ node, error }) => {
                if (node.id !== reader || !error) return;
                if ((error as { code?: string }).code !== 'alreadyRunning') reject(error);
            });
            nodeRed.send(reader, {});
        });
    } finally {
        hooks.remove('*.start');
    }
}

function sandboxNumbers(nodeRed: Embedded, { oroList }: Mirror): Outcome['sandbox'] {
    const [sandbox] = nodeRed.module<{ runningSandboxes(): Sandbox[] }>('src/runtime/connection').runningSandboxes();
    if (!sandbox) throw new Error('No sandbox is running.');
    const report = sandbox.report();
    return { report, members: (report.oro as { members: Record<string, number> }).members[oroList.id] ?? 0 };
}

main(process.argv.includes('--once')).catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
});
