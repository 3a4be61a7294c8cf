import { connectOro, type Oro, type OroOptions } from '../../src/oro/client';
import { type Answer, type Answering, type Listening, listening, type Received } from '../http/listening';

/** An OroCommerce that answers what a test says. Tokens are `token-1`, `token-2`, … */
export interface StandIn extends Listening {
    readonly oro: Oro;
    /** Requests for tokens. */
    readonly tokens: Received[];
    /** All other requests. */
    readonly calls: Received[];
}

/** Starts it. Waits between tries are cut to nothing. */
export async function standIn(
    answering: Answering,
    options: Partial<OroOptions> = {},
    token?: (count: number) => Answer | 'hang',
): Promise<StandIn> {
    const tokens: Received[] = [];
    const calls: Received[] = [];
    const server = await listening((request) => {
        if (request.url === '/oauth2-token') {
            tokens.push(request);
            return (
                token?.(tokens.length) ?? {
                    body: { token_type: 'Bearer', expires_in: 3600, access_token: `token-${tokens.length}` },
                }
            );
        }
        calls.push(request);
        return answering(request, calls.length);
    });
    const oro = connectOro({
        url: server.url,
        adminPrefix: 'admin',
        clientId: 'client',
        clientSecret: 's&cret',
        retry: { firstWait: 0 },
        ...options,
    });
    return {
        ...server,
        oro,
        tokens,
        calls,
        close: async () => {
            oro.close();
            await server.close();
        },
    };
}

/** The query of a request, decoded. */
export function queryOf(request: Received | undefined): Record<string, string> {
    return Object.fromEntries(new URL(request?.url ?? '/', 'http://localhost').searchParams);
}

/** An answer of JSON:API that refuses. */
export function refusing(status: number, title: string, detail?: string, parameter?: string): Answer {
    return { status, body: { errors: [{ status: String(status), title, detail, source: parameter && { parameter } }] } };
}
