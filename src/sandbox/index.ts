import { randomInt } from 'node:crypto';
import type { Server } from 'node:http';
import { Clock } from './clock';
import { type ControlCommand, checkedCommand, dotdigitalPart, type SandboxReport } from './control';
import { createDotdigitalService, DOTDIGITAL_PASSWORD, DOTDIGITAL_USER } from './dotdigital';
import { SEED_PEOPLE } from './dotdigital/seed';
import { Faults, type ServiceName } from './faults';
import { Journal, type StateIdentity } from './journal';
import { createOroService } from './oro';
import { RequestLog } from './request-log';
import { listen, type ServiceDelay } from './server';
import type { SandboxAnswer, SandboxContext, SandboxEvent, SandboxRequest, SandboxService } from './service';

export type { ControlCommand, SandboxReport } from './control';

const DEFAULT_SIZE = 1000;
const DEFAULT_SEED = 1;
/** From this size on Oro's people include those whom Dotdigital knows and has suppressed. */
const SIZE_WITH_KNOWN_PEOPLE = 100;
/** A journal is rewritten as a snapshot when this much was added since the last one, and more than the snapshot itself. */
const COMPACT_AFTER_BYTES = 8_000_000;

export interface SandboxOptions {
    /** People in Oro, up to 1 000 000; default 1000. A state that is there already keeps its own. */
    readonly size?: number;
    /** Other seeds give other people; default 1. */
    readonly seed?: number;
    /** Default 0: any free port. */
    readonly oroPort?: number;
    readonly dotdigitalPort?: number;
    /** Where the state is kept; without it it lives in memory only. */
    readonly directory?: string;
    /** A stock Oro: marketing lists are not exposed. */
    readonly stock?: boolean;
    readonly host?: '127.0.0.1';
}

export interface SandboxCredentials {
    readonly oroClientId: string;
    readonly oroClientSecret: string;
    readonly dotdigitalUser: string;
    readonly dotdigitalPassword: string;
}

/** Two running services to practise on. */
export interface Sandbox {
    readonly oroUrl: string;
    readonly dotdigitalUrl: string;
    readonly credentials: SandboxCredentials;
    /** @throws Error (rejected) when the command is not understood */
    control(command: ControlCommand): Promise<unknown>;
    report(): SandboxReport;
    /** Closes both servers and every connection; the state in `directory` stays. */
    stop(): Promise<void>;
}

/** Starts both services on loopback, with the state of `directory` if there is one. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
    const clock = new Clock();
    const fresh: StateIdentity = {
        size: options.size ?? DEFAULT_SIZE,
        seed: options.seed ?? DEFAULT_SEED,
        accountId: randomInt(10_000, 1_000_000),
        organizationId: randomInt(10, 100_000),
    };
    const journal = options.directory === undefined ? null : Journal.open(options.directory, fresh);
    const identity = journal?.identity ?? fresh;
    let replaying = true;
    const context: SandboxContext = {
        ...identity,
        now: () => clock.now(),
        journal: (event) => {
            if (!replaying) journal?.append({ ...event, at: event['at'] ?? clock.now().toISOString() });
        },
    };
    const oro = createOroService(context, { stock: options.stock ?? false });
    const dotdigital = createDotdigitalService(context, identity.size < SIZE_WITH_KNOWN_PEOPLE ? [] : oro.people(SEED_PEOPLE));
    if (journal) restore(journal, clock, { oro, dotdigital });
    replaying = false;

    const faults = new Faults();
    const log = new RequestLog();
    const delays: Record<ServiceName, ServiceDelay> = { oro: {}, dotdigital: {} };

    const report = (): SandboxReport =>
        ({
            requests: { ...log.requests },
            refused: [...log.refused],
            ...dotdigital.report(),
            oro: oro.report(),
        }) as unknown as SandboxReport;

    const control = (value: unknown): Record<string, unknown> => {
        const command = checkedCommand(value);
        const result: Record<string, unknown> = {};
        if (command.clock) {
            if (command.clock.set !== undefined) clock.set(new Date(command.clock.set));
            clock.advance(command.clock.advance ?? 0);
            context.journal({ kind: 'sandbox.clock', offset: clock.offset });
            result['clock'] = clock.now().toISOString();
        }
        if (command.clearFaults) faults.clear();
        for (const fault of command.faults ?? []) faults.add(fault);
        for (const name of ['oro', 'dotdigital'] as const) delays[name] = { ...delays[name], ...command.delays?.[name] };
        const { finished, finishedRemovals, ...own } = dotdigital.control({ ...dotdigitalPart(command) }) as Record<
            string,
            unknown
        >;
        if (finished) result['finished'] = finished;
        if (finishedRemovals) result['finishedRemovals'] = finishedRemovals;
        if (command.dotdigital) result['dotdigital'] = own;
        if (command.oro) result['oro'] = oro.control(command.oro);
        return result;
    };

    const seed = (): unknown => {
        const known = oro.seed();
        return { ...known, main: { ...known.main, suppressed: dotdigital.seededSuppressed } };
    };

    const desk = (request: SandboxRequest): SandboxAnswer => {
        try {
            switch (`${request.method} ${request.path}`) {
                case 'GET /sandbox/report':
                    return { status: 200, body: report() };
                case 'GET /sandbox/contacts':
                    return { status: 200, body: dotdigital.inspect(request.query) };
                case 'GET /sandbox/seed':
                    return { status: 200, body: seed() };
                case 'POST /sandbox/control':
                    return { status: 200, body: control(JSON.parse(request.body.toString('utf8'))) };
                default:
                    return {
                        status: 404,
                        body: { error: 'There is /sandbox/report, /sandbox/control, /sandbox/contacts and /sandbox/seed.' },
                    };
            }
        } catch (failure) {
            return { status: 400, body: { error: failure instanceof Error ? failure.message : String(failure) } };
        }
    };

    const serve = (name: ServiceName, service: SandboxService, port: number) =>
        listen(
            { service: name, faults, log, delay: () => delays[name], handle: (request) => service.handle(request), desk },
            port,
        );
    const oroServer = await serve('oro', oro, options.oroPort ?? 0);
    const dotdigitalServer = await serve('dotdigital', dotdigital, options.dotdigitalPort ?? 0).catch(
        async (failure: unknown) => {
            await close(oroServer.server);
            throw failure;
        },
    );

    return {
        oroUrl: `http://127.0.0.1:${oroServer.port}`,
        dotdigitalUrl: `http://127.0.0.1:${dotdigitalServer.port}`,
        credentials: {
            oroClientId: 'sandbox-client',
            oroClientSecret: 'sandbox-secret',
            dotdigitalUser: DOTDIGITAL_USER,
            dotdigitalPassword: DOTDIGITAL_PASSWORD,
        },
        control: async (command) => control(command),
        report,
        stop: async () => {
            await Promise.all([close(oroServer.server), close(dotdigitalServer.server)]);
            journal?.close();
        },
    };
}

/** Applies the journal; rewrites it where it has become much longer than the state it leads to. */
function restore(journal: Journal, clock: Clock, services: Readonly<Record<ServiceName, SandboxService>>): void {
    const kept: Record<ServiceName, SandboxEvent[]> = { oro: [], dotdigital: [] };
    let snapshotBytes = 0;
    for (const { event, bytes } of journal.events()) {
        const [name = '', detail = ''] = event.kind.split('.');
        if (detail.startsWith('snapshot')) snapshotBytes += bytes;
        if (name === 'sandbox') clock.offset = Number(event['offset']);
        if (name !== 'oro' && name !== 'dotdigital') continue;
        clock.at(new Date(event.at), () => services[name].replay(event));
        if (!services[name].snapshot) kept[name].push(event);
    }
    const added = journal.length - snapshotBytes;
    if (added < COMPACT_AFTER_BYTES || added < snapshotBytes) return;
    journal.rewrite(compacted(clock, services, kept));
}

function* compacted(
    clock: Clock,
    services: Readonly<Record<ServiceName, SandboxService>>,
    kept: Readonly<Record<ServiceName, SandboxEvent[]>>,
): Generator<SandboxEvent> {
    const at = clock.now().toISOString();
    yield { kind: 'sandbox.clock', offset: clock.offset, at };
    for (const name of ['oro', 'dotdigital'] as const) {
        for (const event of services[name].snapshot?.() ?? kept[name]) yield { at, ...event };
    }
}

function close(server: Server): Promise<void> {
    return new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
    });
}
