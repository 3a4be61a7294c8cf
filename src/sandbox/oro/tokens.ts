import { randomBytes } from 'node:crypto';
import type { SandboxAnswer, SandboxRequest } from '../service';
import { jsonAnswer, pageAnswer } from './refusal';
import type { Settings } from './world';

/** Which API a token is good for. */
export type Side = 'backOffice' | 'storefront';

interface Client {
    readonly id: string;
    readonly side: Side;
    readonly active: boolean;
    readonly grants: readonly string[];
}

const SECRET = 'sandbox-secret';
const PASSWORD = 'sandbox-password';

/** The OAuth applications; all have the secret `sandbox-secret`. */
const CLIENTS: readonly Client[] = [
    { id: 'sandbox-client', side: 'backOffice', active: true, grants: ['client_credentials'] },
    { id: 'sandbox-storefront', side: 'storefront', active: true, grants: ['client_credentials'] },
    { id: 'sandbox-password', side: 'backOffice', active: true, grants: ['password', 'refresh_token'] },
    { id: 'sandbox-inactive', side: 'backOffice', active: false, grants: ['client_credentials'] },
];

const GRANTS = ['client_credentials', 'password', 'refresh_token', 'authorization_code'];

interface Token {
    readonly side: Side;
    /** Milliseconds of the sandbox's clock. */
    readonly until: number;
}

function failure(status: number, error: string, text: string, hint?: string): SandboxAnswer {
    return jsonAnswer(status, { error, error_description: text, ...(hint !== undefined && { hint }), message: text });
}

const invalidClient = (): SandboxAnswer => failure(401, 'invalid_client', 'Client authentication failed');

/** The parameters of a token request, from form, JSON or basic authentication; `null` when the JSON cannot be read. */
function parameters(request: SandboxRequest): Record<string, string> | null {
    const text = request.body.toString('utf8');
    const found: Record<string, string> = {};
    if (/json/.test(request.headers['content-type'] ?? '')) {
        try {
            const body: unknown = JSON.parse(text);
            for (const [name, value] of Object.entries(typeof body === 'object' && body !== null ? body : {})) {
                found[name] = String(value);
            }
        } catch {
            return null;
        }
    } else {
        Object.assign(found, Object.fromEntries(new URLSearchParams(text)));
    }
    const basic = /^Basic (\S+)$/i.exec(request.headers['authorization'] ?? '')?.[1];
    if (basic !== undefined) {
        const [id = '', ...secret] = Buffer.from(basic, 'base64').toString('utf8').split(':');
        Object.assign(found, { client_id: id, client_secret: secret.join(':') });
    }
    return found;
}

/** The token endpoint and the tokens it gave out. They live in memory only: after a restart the sandbox knows none of them. */
export class Tokens {
    private readonly tokens = new Map<string, Token>();

    /** What a bearer token is good for, `null` when it is unknown or has expired. */
    sideOf(token: string, now: Date): Side | null {
        const known = this.tokens.get(token);
        return known && known.until > now.getTime() ? known.side : null;
    }

    /** Makes every token that was given out worthless. */
    expireAll(): void {
        this.tokens.clear();
    }

    /** Answers `POST /oauth2-token`. */
    answer(request: SandboxRequest, settings: Settings, now: Date): SandboxAnswer {
        if (request.method !== 'POST') {
            return pageAnswer(405, 'An Error Occurred: Method Not Allowed', { allow: 'POST, OPTIONS', vary: 'Accept' });
        }
        const asked = parameters(request);
        if (asked === null) {
            return pageAnswer(400, 'An Error Occurred: Bad Request', { vary: 'Accept' });
        }
        const grant = asked['grant_type'] ?? '';
        if (!GRANTS.includes(grant)) {
            const text = 'The authorization grant type is not supported by the authorization server.';
            return failure(400, 'unsupported_grant_type', text, 'Check that all required parameters have been provided');
        }
        if (asked['client_id'] === undefined) {
            const text =
                'The request is missing a required parameter, includes an invalid parameter value, includes a parameter more than once, or is otherwise malformed.';
            return failure(400, 'invalid_request', text, 'Check the `client_id` parameter');
        }
        const client = CLIENTS.find((each) => each.id === asked['client_id']);
        const isOff = client?.side === 'backOffice' && !settings.webApi;
        if (!client?.active || isOff || asked['client_secret'] !== SECRET || !client.grants.includes(grant)) {
            return invalidClient();
        }
        if (grant === 'password' && asked['password'] !== PASSWORD) {
            return failure(400, 'invalid_grant', 'The user credentials were incorrect.');
        }
        if (grant === 'refresh_token' && this.sideOf(`refresh ${asked['refresh_token']}`, now) === null) {
            return failure(401, 'invalid_request', 'The refresh token is invalid.', 'Token is not linked to client');
        }
        return this.issue(client, grant, settings, now);
    }

    private issue(client: Client, grant: string, settings: Settings, now: Date): SandboxAnswer {
        const token = randomBytes(32).toString('base64url');
        const refresh = randomBytes(32).toString('base64url');
        const until = now.getTime() + settings.tokenLifetime * 1_000;
        this.tokens.set(token, { side: client.side, until });
        const hasRefresh = grant !== 'client_credentials';
        if (hasRefresh) {
            this.tokens.set(`refresh ${refresh}`, { side: client.side, until: now.getTime() + 30 * 86_400_000 });
        }
        const body = {
            token_type: 'Bearer',
            expires_in: settings.tokenLifetime,
            access_token: token,
            ...(hasRefresh && { refresh_token: refresh }),
        };
        return jsonAnswer(200, body, { 'content-type': 'application/json; charset=UTF-8', pragma: 'no-cache' });
    }
}
