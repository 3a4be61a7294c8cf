import { connectDotdigital, type Dotdigital, type DotdigitalOptions } from '../../src/dotdigital/client';
import { type Answering, type Listening, listening, type Received } from '../http/listening';

/** A Dotdigital that answers what a test says; account-info is answered by itself. */
export interface StandIn extends Listening {
    readonly dotdigital: Dotdigital;
    /** All requests but those for the account. */
    readonly calls: Received[];
}

export const ACCOUNT = {
    id: 7,
    properties: [
        { name: 'Name', type: 'String', value: 'Demo' },
        { name: 'APILocale', type: 'String', value: 'en-GB' },
        { name: 'ApiCallsRemaining', type: 'Int', value: '1985' },
        { name: 'ApiEndpoint', type: 'String', value: 'https://r2-api.dotdigital.com/' },
    ],
};

/** Starts it. Waits between tries are cut to nothing. */
export async function standIn(answering: Answering, options: Partial<DotdigitalOptions> = {}): Promise<StandIn> {
    const calls: Received[] = [];
    const server = await listening((request) => {
        if (request.url === '/v2/account-info') {
            return { body: ACCOUNT };
        }
        calls.push(request);
        return answering(request, calls.length);
    });
    const dotdigital = await connectDotdigital({
        url: server.url,
        user: 'api user',
        password: 'pässword',
        retry: { firstWait: 0 },
        ...options,
    });
    return {
        ...server,
        dotdigital,
        calls,
        close: async () => {
            dotdigital.close();
            await server.close();
        },
    };
}
