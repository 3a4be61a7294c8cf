import { unexpectedAnswer } from '../http/failures';
import type { Http } from '../http/http';

/** The account that an API user belongs to. */
export interface Account {
    readonly id: string;
    readonly name: string;
    /** Address of its region, with a trailing slash as Dotdigital sends it; '' when it is not told. */
    readonly endpoint: string;
    /** `r1` Europe, `r2` North America, `r3` Asia Pacific; '' when the endpoint is of another form. */
    readonly region: string;
    /** Such as `en-GB`. The names of built-in data fields are in this language. */
    readonly locale: string;
    /** Calls left in this hour; null when it is not told. */
    readonly callsRemaining: number | null;
}

interface AccountAnswer {
    readonly id?: unknown;
    readonly properties?: readonly { readonly name?: unknown; readonly value?: unknown }[];
}

/** @see Dotdigital API, GET /v2/account-info (answered by region 1 for accounts of every region) */
export async function accountInfo(connected: Http | { readonly http: Http }, signal?: AbortSignal): Promise<Account> {
    const http = 'http' in connected ? connected.http : connected;
    const { body } = await http.request<AccountAnswer | undefined>({
        method: 'GET',
        path: '/v2/account-info',
        scope: 'account',
        signal,
    });
    if (!Array.isArray(body?.properties)) {
        throw unexpectedAnswer('dotdigital', 'account');
    }
    const properties = new Map(body.properties.map(({ name, value }) => [String(name).toLowerCase(), String(value ?? '')]));
    const property = (name: string) => properties.get(name.toLowerCase()) ?? '';
    const endpoint = property('ApiEndpoint');
    const calls = property('ApiCallsRemaining');
    return {
        id: String(body.id ?? ''),
        name: property('Name'),
        endpoint,
        region: /^https:\/\/(r\d+)-/.exec(endpoint)?.[1] ?? '',
        locale: property('APILocale'),
        callsRemaining: calls === '' || Number.isNaN(Number(calls)) ? null : Number(calls),
    };
}

/** Number of all contacts of the account. @see Dotdigital API, GET /v2/contacts/count (plain text) */
export async function contactCount({ http }: { readonly http: Http }, signal?: AbortSignal): Promise<number> {
    const { body } = await http.request<string>({
        method: 'GET',
        path: '/v2/contacts/count',
        expect: 'text',
        scope: 'contactCount',
        signal,
    });
    const count = body.trim() === '' ? Number.NaN : Number(body);
    if (Number.isNaN(count)) {
        throw unexpectedAnswer('dotdigital', 'number of contacts');
    }
    return count;
}
