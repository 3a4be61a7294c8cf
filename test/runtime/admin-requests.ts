import type { Sandbox } from '../../src/sandbox';

/** The parts of an answer that the tests look at. */
export interface Answer {
    readonly status: number;
    readonly body: {
        readonly error?: { readonly code: string; readonly text: string; readonly values: Record<string, string | number> };
        readonly findings?: readonly Finding[];
        readonly items?: readonly Record<string, unknown>[];
        readonly members?: number | null;
        readonly people?: readonly Record<string, unknown>[];
        readonly contact?: { readonly identifiers: Record<string, string>; readonly dataFields?: Record<string, unknown> };
        readonly result?: string;
        readonly contactId?: number;
        readonly problems?: readonly { readonly field: string; readonly code: string }[];
        readonly [name: string]: unknown;
    };
}

/** One line of "Test connection". */
export interface Finding {
    readonly side: string;
    readonly ok: boolean;
    readonly level?: string;
    readonly code: string;
    readonly values: Record<string, string | number>;
    readonly action?: string;
}

/** Asks a route below `oro-dotdigital/` as the editor does. */
export async function ask(editor: string, path: string, body: unknown, token?: string): Promise<Answer> {
    const response = await fetch(`${editor}oro-dotdigital/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
        body: JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, body: text.startsWith('{') ? (JSON.parse(text) as Answer['body']) : {} };
}

/** A connection to a sandbox in this process, as somebody types it before the first deploy. */
export function typedConnection(sandbox: Sandbox, changes: Record<string, unknown> = {}): Record<string, unknown> {
    return {
        id: 'connection',
        environment: 'live',
        oroUrl: sandbox.oroUrl,
        oroAdminPrefix: 'admin',
        dotdigitalUrl: sandbox.dotdigitalUrl,
        tls: '',
        storePath: '',
        credentials: sandbox.credentials,
        ...changes,
    };
}

/** The same connection as a node of a flow, with its credentials. */
export function connectionNode(sandbox: Sandbox): Record<string, unknown> {
    return { ...typedConnection(sandbox), type: 'oro-dotdigital-connection', version: 1, name: '', callbackUrl: '' };
}

/** Deploys a flow as the editor does. */
export async function deploy(editor: string, nodes: readonly Record<string, unknown>[], token?: string): Promise<void> {
    const response = await fetch(`${editor}flows`, {
        method: 'POST',
        headers: {
            'content-type': 'application/json',
            'node-red-api-version': 'v2',
            ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify({ flows: nodes }),
    });
    if (!response.ok) throw new Error(`The deploy was answered with ${response.status}`);
}

/** Settings of a list reader as its dialog sends them. */
export function reader(changes: Record<string, unknown>): Record<string, unknown> {
    return {
        id: 'reader',
        audience: 'list',
        listId: '1',
        listName: 'Newsletter',
        resource: 'customerusers',
        filter: [],
        fields: [],
        optOutField: '',
        mode: 'changes',
        rebuild: 'dynamic',
        ...changes,
    };
}

/** Settings of an upsert as its dialog sends them. */
export function upsert(changes: Record<string, unknown> = {}): Record<string, unknown> {
    return {
        id: 'upsert',
        lists: [{ id: '1001', name: 'Oro newsletter' }],
        mapping: [
            { from: 'firstName', fromType: 'record', to: 'FIRSTNAME', toType: 'String' },
            { from: 'lastName', fromType: 'record', to: 'LASTNAME', toType: 'String' },
        ],
        identifiers: [],
        mergeOption: 'overwriteIfNotEmpty',
        optInType: '',
        onLeave: 'removeFromList',
        createMissingFields: false,
        dryRun: false,
        ...changes,
    };
}
