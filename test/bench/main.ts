import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Summary } from '../../src/sync/summary';
import { startChild } from '../tools/child';
import type { FlowNode } from '../tools/node-red';
import { type SandboxProcess, startSandboxProcess } from '../tools/sandbox-process';

/**
 * Speed, as ratios within one run: our two nodes in Node-RED against a bare script that does the same with as much overlap
 * as the protocol allows, on a sandbox in a process of its own.
 *
 * `npm run bench -- [--sizes 10000,100000] [--delays none,real]`
 */
interface Measured {
    readonly records: number;
    readonly milliseconds: number;
    readonly oroRequests: number;
    readonly dotdigitalRequests: number;
    readonly imports: number;
    /** Resident memory above an idle Node-RED at its highest, bytes; null for the script. */
    readonly memory: number | null;
}

/** What real services take: Oro as measured on a 7.0.3, Dotdigital as its own documentation advises to expect. */
const DELAYS = {
    none: { oro: { requestMs: 0, recordMs: 0 }, dotdigital: { requestMs: 0, importMs: 0 } },
    real: { oro: { requestMs: 80, recordMs: 0.1 }, dotdigital: { requestMs: 800, importMs: 5000 } },
} as const;

type DelayName = keyof typeof DELAYS;

const LIST = 1;
const TO = 1001;

async function main(): Promise<void> {
    const sizes = option('sizes', '10000,100000').split(',').map(Number);
    const delays = option('delays', 'none,real').split(',') as DelayName[];
    process.stdout.write('records  delays  who      records/s  seconds  Oro  Dotdigital  imports  MB above idle  ours/bare\n');
    for (const size of sizes) {
        for (const delay of delays) {
            const bare = await withSandbox(size, delay, measureBare);
            const ours = await withSandbox(size, delay, measureOurs);
            print(size, delay, 'bare', bare, null);
            print(size, delay, 'ours', ours, ours.milliseconds / ours.records / (bare.milliseconds / bare.records));
        }
    }
}

/** The main list holds eight of ten people. */
async function withSandbox(
    members: number,
    delay: DelayName,
    measure: (sandbox: SandboxProcess) => Promise<Measured>,
): Promise<Measured> {
    const sandbox = await startSandboxProcess({ size: Math.round(members / 0.8) });
    try {
        const { dotdigital, oro } = DELAYS[delay];
        await sandbox.control({ delays: { oro, dotdigital: delay === 'none' ? { requestMs: 0 } : dotdigital } });
        return await measure(sandbox);
    } finally {
        await sandbox.stop();
    }
}

async function measureBare(sandbox: SandboxProcess): Promise<Measured> {
    const task = {
        oroUrl: sandbox.oroUrl,
        dotdigitalUrl: sandbox.dotdigitalUrl,
        credentials: sandbox.credentials,
        list: LIST,
        to: TO,
    };
    const { stdout } = await promisify(execFile)(process.execPath, [join(__dirname, 'bare.js'), JSON.stringify(task)]);
    const { records, milliseconds } = JSON.parse(stdout) as { records: number; milliseconds: number };
    return { records, milliseconds, ...(await requestsOf(sandbox)), memory: null };
}

async function measureOurs(sandbox: SandboxProcess): Promise<Measured> {
    const child = await startChild();
    try {
        await child.deploy(flow(sandbox));
        const idle = (await child.memory()).peak;
        const begun = Date.now();
        await child.send('reader', { payload: '' });
        const summary = (await child.nextMessage('summary', 3_600_000)).payload as Summary;
        const milliseconds = Date.now() - begun;
        if (summary.error !== null || !summary.complete) throw new Error(`The run failed: ${JSON.stringify(summary)}`);
        const { peak } = await child.memory();
        return { records: summary.read, milliseconds, ...(await requestsOf(sandbox)), memory: peak - idle };
    } finally {
        await child.stop();
    }
}

function flow(sandbox: SandboxProcess): FlowNode[] {
    const mapping = ['FIRSTNAME', 'LASTNAME'].map((to, index) => ({
        from: index === 0 ? 'firstName' : 'lastName',
        fromType: 'record',
        to,
        toType: 'String',
    }));
    return [
        { id: 'tab', type: 'tab', label: 'bench' },
        sandbox.connection('connection'),
        {
            id: 'reader',
            type: 'oro-list-reader',
            z: 'tab',
            connection: 'connection',
            audience: 'list',
            listId: String(LIST),
            wires: [['upsert'], ['summary']],
        },
        {
            id: 'upsert',
            type: 'dotdigital-contact-upsert',
            z: 'tab',
            connection: 'connection',
            lists: [{ id: String(TO), name: '' }],
            mapping,
            wires: [[], []],
        },
        { id: 'summary', type: 'probe', z: 'tab', wires: [] },
    ];
}

async function requestsOf(sandbox: SandboxProcess): Promise<Pick<Measured, 'oroRequests' | 'dotdigitalRequests' | 'imports'>> {
    const { requests } = await sandbox.report();
    const count = (matches: (name: string) => boolean) =>
        Object.entries(requests).reduce((sum, [name, number]) => sum + (matches(name) ? number : 0), 0);
    const isOro = (name: string) => name.includes('/admin/') || name.includes('oauth2');
    return {
        oroRequests: count(isOro),
        dotdigitalRequests: count((name) => !isOro(name)),
        imports: requests['PUT /contacts/v3/import'] ?? 0,
    };
}

function print(size: number, delay: DelayName, who: string, measured: Measured, ratio: number | null): void {
    const cells = [
        String(size).padStart(7),
        delay.padEnd(6),
        who.padEnd(7),
        String(Math.round((measured.records * 1000) / measured.milliseconds)).padStart(10),
        (measured.milliseconds / 1000).toFixed(1).padStart(8),
        String(measured.oroRequests).padStart(4),
        String(measured.dotdigitalRequests).padStart(11),
        String(measured.imports).padStart(8),
        (measured.memory === null ? '' : (measured.memory / 1e6).toFixed(0)).padStart(14),
        (ratio === null ? '' : ratio.toFixed(2)).padStart(10),
    ];
    process.stdout.write(`${cells.join(' ')}\n`);
}

function option(name: string, fallback: string): string {
    const at = process.argv.indexOf(`--${name}`);
    return at < 0 ? fallback : (process.argv[at + 1] ?? fallback);
}

main().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = 1;
});
