import type { SandboxAnswer, SandboxContext, SandboxEvent, SandboxRequest, SandboxService, SeedPerson } from '../service';
import { account as accountResource } from './account';
import { AccountState, type Operation, type Timed } from './account-state';
import { Refusal, v2Error, v3Error } from './answers';
import { type DotdigitalCommand, type Levers, obey, type PaceCommand } from './commands';
import { contactReading } from './contact-reading';
import { contacts } from './contacts';
import { dataFields } from './data-fields';
import { deletions } from './deletions';
import { ImportPace, imports, settleImports } from './imports';
import { inspect } from './inspection';
import { lists } from './lists';
import { preferences } from './preferences';
import { RateLimiter } from './rate-limit';
import { type RemovalPace, removals, settleRemovals } from './removals';
import type { Desk, Resource, Route } from './route';
import { seedAccount, suppressedAmong } from './seed';
import { accountOf, snapshotOf, snapshotOperations } from './snapshot';
import { suppressions } from './suppressions';

/** The only API user. */
export const DOTDIGITAL_USER = 'apiuser-sandbox@apiconnector.com';
export const DOTDIGITAL_PASSWORD = 'sandbox-password';

const AUTHORISATION = `Basic ${Buffer.from(`${DOTDIGITAL_USER}:${DOTDIGITAL_PASSWORD}`).toString('base64')}`;

/** The sandbox's Dotdigital, with what only the core asks of it. */
export interface DotdigitalSandbox extends SandboxService {
    /** Contacts as they are, past the API; see inspection.ts for the parameters. */
    inspect(query: URLSearchParams): unknown;
    /** Members of Oro's main list that the new account had suppressed. */
    readonly seededSuppressed: number;
}

/**
 * The sandbox's Dotdigital: account, lists, data fields, contacts, imports, suppressions, preferences.
 *
 * @param people members of Oro's main list whom the new account knows already
 */
export function createDotdigitalService(context: SandboxContext, people: readonly SeedPerson[] = []): DotdigitalSandbox {
    const importPace = new ImportPace();
    const removalPace: RemovalPace = { held: false };
    const limiter = new RateLimiter();
    const resources: readonly Resource[] = [
        accountResource(limiter, () => levers.endpoint),
        lists,
        dataFields,
        imports(importPace),
        deletions,
        removals(removalPace),
        suppressions,
        preferences,
        contactReading,
        contacts,
    ];
    const routes = resources.flatMap((resource) => resource.routes);
    const operations = operationsOf(resources);

    let account = new AccountState(context.accountId);
    seedAccount(account, people);
    const perform = (event: SandboxEvent & Timed): unknown => {
        const name = event.kind.slice('dotdigital.'.length);
        if (name === 'snapshot') account = accountOf(context.accountId, event);
        return operations.get(name)?.(account, event);
    };
    const desk: Desk = {
        get account() {
            return account;
        },
        context,
        commit: <T>(kind: string, event: Readonly<Record<string, unknown>>): T => {
            const stamped = { ...event, kind: `dotdigital.${kind}`, at: context.now().toISOString() };
            context.journal(stamped);
            return perform(stamped) as T;
        },
    };
    const levers: Levers = { desk, imports: importPace, removals: removalPace, limiter, wrongRegion: false, endpoint: null };
    const settle = (): void => {
        settleImports(desk, importPace);
        settleRemovals(desk, removalPace);
    };

    return {
        handle: (request) => {
            settle();
            const refusal = refusedAtTheDoor(request, levers);
            return refusal ?? answer(desk, routes, limiter, request);
        },
        control: (command) => obey(levers, command as DotdigitalCommand & PaceCommand),
        replay: perform,
        report: () => {
            settle();
            return reportOf(account);
        },
        snapshot: () => snapshotOf(account),
        inspect: (query) => {
            settle();
            return inspect(account, query);
        },
        seededSuppressed: suppressedAmong(people),
    };
}

function operationsOf(resources: readonly Resource[]): Map<string, (account: AccountState, event: SandboxEvent) => unknown> {
    const byOwner: Operation = (account, { contactId, listId }: { contactId: number; listId: number }) => {
        const contact = account.contacts.byId(contactId);
        if (contact) account.membership.add(contact, listId);
        account.membership.listResubscribed.delete(`${contactId}:${listId}`);
    };
    const all = [...resources.map(({ operations }) => operations), snapshotOperations, { listResubscribedByOwner: byOwner }];
    const entries = all.flatMap((operations) => Object.entries(operations as Record<string, Operation>));
    return new Map(
        entries.map(([name, operation]) => [name, operation as (account: AccountState, event: SandboxEvent) => unknown]),
    );
}

function refusedAtTheDoor(request: SandboxRequest, levers: Levers): SandboxAnswer | null {
    const isV2 = /^\/v2\//i.test(request.path);
    if (request.headers['authorization'] !== AUTHORISATION)
        return isV2
            ? v2Error(401, 'Authorization has been denied for this request.')
            : { status: 401, why: 'wrong user or password' };
    if (levers.wrongRegion && request.path !== '/v2/account-info') return { status: 403, body: 'Forbidden: Access is denied' };
    return null;
}

function answer(desk: Desk, routes: readonly Route[], limiter: RateLimiter, request: SandboxRequest): SandboxAnswer {
    const samePath = routes.filter(({ path }) => path.test(request.path));
    const route = samePath.find(({ method }) => method === request.method);
    if (!route) return samePath.length ? notAllowed(request) : noSuchPath(request);
    const { headers, refusal } = limiter.count(route.tier, desk.context.now().getTime());
    if (refusal) return refusal;
    try {
        const parts = (route.path.exec(request.path) ?? []).slice(1).map(decodeURIComponent);
        const answered = route.handler(desk, request, ...parts);
        return { ...answered, headers: { ...headers, ...answered.headers } };
    } catch (failure) {
        if (failure instanceof Refusal) return { ...failure.answer, headers: { ...headers, ...failure.answer.headers } };
        if (failure instanceof URIError) return v2Error(400, 'The request URI is malformed.');
        throw failure;
    }
}

const notAllowed = ({ method }: SandboxRequest): SandboxAnswer =>
    v2Error(405, `The requested resource does not support http method '${method}'.`);

function noSuchPath({ path, headers }: SandboxRequest): SandboxAnswer {
    if (/\/v3(\/|$)/.test(path)) return v3Error(404, 'notFound', 'The requested resource does not exist');
    return v2Error(404, `No HTTP resource was found that matches the request URI 'http://${headers['host']}${path}'.`);
}

function reportOf(account: AccountState): Record<string, unknown> {
    const { membership } = account;
    return {
        contacts: account.contacts.active,
        lists: Object.fromEntries([...membership.lists.values()].map(({ id, members }) => [id, members])),
        suppressedContacts: membership.suppressed.size,
        resubscribed: [...account.resubscribed],
        listResubscribed: [...membership.listResubscribed.values()].map(({ contact, listId }) => ({
            email: contact.email,
            listId,
        })),
        statusSent: account.statusSent,
        deleted: account.deleted,
        imports: [...account.imports.values()].map(({ id, size, status }) => ({ importId: id, contacts: size, status })),
        largestImport: account.largestImport,
    };
}
