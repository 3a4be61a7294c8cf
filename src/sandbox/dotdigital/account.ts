import type { AccountState, CustomIdentifier, Timed } from './account-state';
import { Refusal, v3Error } from './answers';
import { isRecord } from './contact-body';
import type { RateLimiter } from './rate-limit';
import { type Resource, route, v3Body } from './route';

const IDENTIFIER_NAME = /^[-A-Za-z0-9_]{1,50}$/;
const MAX_CUSTOM_IDENTIFIERS = 5;

/** Account, clock, number of contacts, custom identifiers (Dotdigital API, /v2/account-info and others). */
export function account(limiter: RateLimiter, endpoint: () => string | null): Resource {
    return {
        routes: [
            route('GET', '/v2/account-info', 'high', (desk, request) => {
                const { used, left } = limiter.remaining(desk.context.now().getTime());
                const properties = [
                    ['AvailableEmailSendsCredits', 'Int', '10000'],
                    ['AvailableSmsSendsCredits', 'Int', '100'],
                    ['Name', 'String', 'Sandbox'],
                    ['MainEmail', 'String', 'sandbox@apiconnector.com'],
                    ['APILocale', 'String', 'en-GB'],
                    ['ApiCallsInLastHour', 'Int', String(used)],
                    ['ApiCallsRemaining', 'Int', String(left)],
                    ['ApiEndpoint', 'String', endpoint() ?? `http://${request.headers['host']}/`],
                    ['CurrencyCode', 'String', 'GBP'],
                    ['TimeZoneIana', 'String', 'Europe/London'],
                ].map(([name, type, value]) => ({ name, type, value }));
                return { status: 200, body: { id: desk.account.accountId, properties } };
            }),
            route('GET', '/v2/server-time', 'high', (desk) => ({
                status: 200,
                body: desk.context.now().toISOString().replace('T', ' ').replace('Z', '000+00:00'),
            })),
            route('GET', '/v2/contacts/count', 'high', (desk) => ({ status: 200, body: String(desk.account.contacts.active) })),
            route('GET', '/configuration/v3/customIdentifiers', 'high', (desk) => ({
                status: 200,
                body: [...desk.account.customIdentifiers.values()],
            })),
            route('POST', '/configuration/v3/customIdentifiers', 'medium', (desk, request) => {
                const body = v3Body(request);
                const name = isRecord(body) ? body['name'] : undefined;
                if (typeof name !== 'string' || !IDENTIFIER_NAME.test(name))
                    throw new Refusal(v3Error(400, 'customIdentifiers:invalidName', 'The name is invalid'));
                if (desk.account.customIdentifiers.has(name))
                    throw new Refusal(v3Error(409, 'customIdentifiers:nameAlreadyExists', 'The name exists already'));
                if (desk.account.customIdentifiers.size >= MAX_CUSTOM_IDENTIFIERS)
                    throw new Refusal(
                        v3Error(412, 'customIdentifiers:limitReached', 'No more custom identifiers can be created'),
                    );
                return { status: 201, body: desk.commit<CustomIdentifier>('customIdentifierCreated', { name }) };
            }),
        ],
        operations: {
            customIdentifierCreated: (state: AccountState, { name, at }: Timed & { name: string }) => {
                const identifier: CustomIdentifier = { name, created: at, updated: at };
                state.customIdentifiers.set(name, identifier);
                return identifier;
            },
        },
    };
}
