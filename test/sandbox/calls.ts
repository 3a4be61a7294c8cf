import type { Sandbox } from '../../src/sandbox';

/** A JSON value that the tests look into: what is not there fails in the assertion. */
export type Json = { readonly [key: string]: Json } & readonly Json[];

/** An answer as the tests look at it. */
export interface Answer {
    readonly status: number;
    readonly headers: Headers;
    readonly text: string;
    /** The body as JSON, the text where it is none. */
    readonly body: Json;
}

/** Calls to the sandbox's Dotdigital over HTTP. */
export class Calls {
    constructor(readonly sandbox: Sandbox) {}

    async send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
        const { dotdigitalUser, dotdigitalPassword } = this.sandbox.credentials;
        const authorization = `Basic ${Buffer.from(`${dotdigitalUser}:${dotdigitalPassword}`).toString('base64')}`;
        const sent = typeof body === 'string' ? body : JSON.stringify(body);
        const response = await fetch(`${this.sandbox.dotdigitalUrl}${path}`, {
            method,
            headers: { authorization, ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
            ...(body !== undefined && { body: sent }),
        });
        const text = await response.text();
        return { status: response.status, headers: response.headers, text, body: parsed(text) };
    }

    get = (path: string): Promise<Answer> => this.send('GET', path);

    patch = (email: string, body: unknown, option = 'overwrite'): Promise<Answer> =>
        this.send('PATCH', `/contacts/v3/email/${encodeURIComponent(email)}?merge-option=${option}`, body);

    async contact(email: string): Promise<Json> {
        return (await this.get(`/contacts/v3/email/${encodeURIComponent(email)}`)).body;
    }

    /** Sends an import and returns its id. */
    async startImport(contacts: readonly unknown[], mergeOption = 'overwrite'): Promise<string> {
        const answer = await this.send('PUT', '/contacts/v3/import', { mergeOption, contacts });
        if (answer.status !== 202) throw new Error(answer.text);
        return String(answer.body['importId']);
    }

    async importStatus(id: string): Promise<Json> {
        return (await this.get(`/contacts/v3/import/${id}`)).body;
    }

    /** Sends an import, lets it finish, and returns its report. */
    async import(contacts: readonly unknown[], mergeOption = 'overwrite'): Promise<Json> {
        return this.importStatus(await this.startImport(contacts, mergeOption));
    }
}

/** One contact of an import, recognised by its address. */
export const byEmail = (email: string, rest: Record<string, unknown> = {}): Record<string, unknown> => ({
    matchIdentifier: 'email',
    identifiers: { email },
    ...rest,
});

function parsed(text: string): Json {
    try {
        return JSON.parse(text) as Json;
    } catch {
        return text as unknown as Json;
    }
}
