import { createOroService } from '../../src/sandbox/oro';
import type { OroSandbox, SandboxAnswer, SandboxEvent, SandboxService } from '../../src/sandbox/service';

/** What a test asks for. */
export interface Asked {
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string>>;
    /** An object is sent as JSON, a string as it is. */
    readonly body?: unknown;
    /** Without: the token of the back-office application. */
    readonly token?: string | null;
}

/** One resource object of an answer. */
export interface Item {
    readonly type: string;
    readonly id: string;
    readonly attributes: Readonly<Record<string, unknown>>;
    readonly relationships: Readonly<Record<string, { readonly data: unknown }>>;
}

/** An answer with its JSON. */
export interface Answered {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: unknown;
    readonly items: readonly Item[];
    readonly next: string | undefined;
}

/** The sandbox's Oro without a network, with a clock and a journal that a test can look at. */
export interface OroRoom {
    readonly service: SandboxService & OroSandbox;
    readonly journal: SandboxEvent[];
    now: Date;
    ask(url: string, asked?: Asked): Promise<Answered>;
    token(client?: string): Promise<string>;
}

/** When the tests happen. */
export const START = '2026-11-23T12:00:00.000Z';

/** Makes a sandbox Oro; `journal` of an earlier one is replayed. */
export function oroRoom(size = 1_000, stock = false, journal: readonly SandboxEvent[] = []): OroRoom {
    const events: SandboxEvent[] = [];
    let isReplay = false;
    const room = { now: new Date(START) };
    const service = createOroService(
        {
            size,
            seed: 1,
            accountId: 4_711,
            organizationId: 1,
            now: () => room.now,
            journal: (event) => {
                if (!isReplay) {
                    events.push(JSON.parse(JSON.stringify(event)) as SandboxEvent);
                }
            },
        },
        { stock },
    );
    isReplay = true;
    for (const event of journal) {
        service.replay({ ...event, at: START });
        events.push(event);
    }
    isReplay = false;
    const handle = async (url: string, method: string, headers: Record<string, string>, body: string): Promise<SandboxAnswer> => {
        const [path = '/', search = ''] = url.split('?');
        const answer = await service.handle({
            method,
            path,
            query: new URLSearchParams(search),
            headers: { host: 'oro.example', ...headers },
            body: Buffer.from(body),
        });
        return answer;
    };
    let known: string | null = null;
    const token = async (client = 'sandbox-client'): Promise<string> => {
        const form = `grant_type=client_credentials&client_id=${client}&client_secret=sandbox-secret`;
        const answer = await handle('/oauth2-token', 'POST', { 'content-type': 'application/x-www-form-urlencoded' }, form);
        return (answer.body as { access_token: string }).access_token;
    };
    return Object.assign(room, {
        service,
        journal: events,
        token,
        ask: async (url: string, asked: Asked = {}): Promise<Answered> => {
            known ??= asked.token === undefined ? await token() : null;
            const bearer = asked.token === undefined ? known : asked.token;
            const headers: Record<string, string> = { accept: 'application/vnd.api+json' };
            if (bearer !== null) {
                headers['authorization'] = `Bearer ${bearer}`;
            }
            const text = asked.body === undefined ? '' : typeof asked.body === 'string' ? asked.body : JSON.stringify(asked.body);
            const answer = await handle(url, asked.method ?? 'GET', { ...headers, ...asked.headers }, text);
            const body =
                answer.body === undefined || typeof answer.body === 'string'
                    ? answer.body
                    : JSON.parse(JSON.stringify(answer.body));
            const { data, links } = (body ?? {}) as { data?: Item | Item[]; links?: { next?: string } };
            const items = Array.isArray(data) ? data : data ? [data] : [];
            return { status: answer.status, headers: answer.headers ?? {}, body, items, next: links?.next };
        },
    });
}

const SNAPSHOTS = '/admin/api/segmentsnapshots?fields[segmentsnapshots]=integerEntityId&sort=integerEntityId';

/** Refreshes a list by the id of its segment. @returns the status */
export async function refresh(room: OroRoom, segment: number): Promise<number> {
    return (await room.ask(`/admin/api/rest/latest/marketinglists/${segment}/segments/runs.json`, { method: 'POST' })).status;
}

/** The members of a segment, read in pages of 300 by the members' own ids. */
export async function members(room: OroRoom, segment: number): Promise<number[]> {
    const found: number[] = [];
    for (let more = true; more; ) {
        const last = found[found.length - 1] ?? 0;
        const page = await room.ask(`${SNAPSHOTS}&filter[segment]=${segment}&filter[integerEntityId][gt]=${last}&page[size]=300`);
        found.push(...page.items.map((item) => Number(item.attributes['integerEntityId'])));
        more = page.next !== undefined;
    }
    return found;
}
