import type { NodeAPI } from 'node-red';
import { createDataField } from '../../dotdigital/data-fields';
import { createList } from '../../dotdigital/lists';
import { PackageError } from '../../http/errors';
import type { Store } from '../../store/store';
import { addressHash } from '../../sync/address';
import { neededPaths } from '../upsert/upserter';
import { connectionOf, property, readerOf, textOf, upsertOf } from './bodies';
import { connectionKey, LiveCache } from './cache';
import { ConnectionPool } from './connection-pool';
import type { DialogConnection } from './dialog-connection';
import { sentAgain } from './effect';
import { withEnvironment } from './environment';
import { LIVE_LISTS, loadLive, PERSONAL_LISTS } from './live';
import { oroFile } from './oro-file';
import { previewPeople } from './people-preview';
import { addRoute, type Call } from './route';
import { ruleValue } from './rule-values';
import { testConnection } from './test-connection';
import { tryWithOne } from './trial';
import { optedOutInOro, trialPerson } from './trial-person';

type WithConnection = <T>(call: Call, run: (connection: DialogConnection) => Promise<T>) => Promise<T>;

const PREVIEWED = 5;
const DATA_FIELD_TYPES = ['String', 'Numeric', 'Date', 'Boolean'] as const;

/**
 * Adds what the dialogs ask for to the editor's own address, each with the permission that it needs.
 *
 * @returns closes the connections that dialogs have open
 */
export function registerAdminRoutes(RED: NodeAPI): () => Promise<void> {
    const live = new LiveCache();
    const pool = new ConnectionPool(RED);
    const withConnection: WithConnection = (call, run) => pool.use(connectionOf(call.body), run);

    addRoute(RED, 'test', 'write', (call) =>
        withConnection(call, async (connection) => ({ findings: await testConnection(connection, call.signal) })),
    );
    for (const what of LIVE_LISTS) {
        addRoute(RED, `live/${what}`, PERSONAL_LISTS.has(what) ? 'write' : 'typed', (call) =>
            liveItems(withConnection, live, what, call),
        );
    }
    addRoute(RED, 'preview', 'write', (call) =>
        withConnection(call, async (connection) => {
            const reader = readerOf(call.body);
            const mayRebuild = connection.settings.environment !== 'dryRun';
            const oro = await connection.oro();
            const settings = withEnvironment(RED, reader.id, reader);
            return previewPeople(oro, settings, { count: PREVIEWED, mayRebuild, signal: call.signal });
        }),
    );
    addRoute(RED, 'lists', 'write', (call) => create(withConnection, live, call, createNamedList));
    addRoute(RED, 'data-fields', 'write', (call) => create(withConnection, live, call, createNamedField));
    addRoute(RED, 'try', 'write', (call) => withConnection(call, (connection) => trial(RED, connection, call)));
    addRoute(RED, 'memory', 'read', (call) =>
        withConnection(call, async (connection) => (await connection.withStore(memoryOf)) ?? { path: '', bytes: 0, since: '' }),
    );
    addRoute(RED, 'effect', 'typed', (call) =>
        withConnection(call, async (connection) => {
            const upsert = property(call.body, 'upsert') === undefined ? null : upsertOf(call.body);
            return { again: await sentAgain(RED, connection, readerOf(call.body), upsert) };
        }),
    );
    addRoute(RED, 'oro-file', 'read', async () => ({ text: oroFile() }));
    return () => pool.close();
}

function liveItems(withConnection: WithConnection, live: LiveCache, what: string, call: Call): Promise<object> {
    return withConnection(call, async (connection) => {
        const request = { search: textOf(call.body, 'search'), resource: textOf(call.body, 'resource') };
        const key = [connectionKey(connection.settings), what, request.search, request.resource].join(' ');
        const refresh = property(call.body, 'refresh') === true;
        return { items: await live.get(key, refresh, () => loadLive(what, connection, request, call.signal)) };
    });
}

/** Creates something in Dotdigital, unless the connection writes nothing, and forgets the live lists that do not hold it. */
function create(
    withConnection: WithConnection,
    live: LiveCache,
    call: Call,
    make: (connection: DialogConnection, body: unknown, signal: AbortSignal) => Promise<object>,
): Promise<object> {
    return withConnection(call, async (connection) => {
        if (connection.settings.environment === 'dryRun') {
            throw new PackageError(
                'writesNothing',
                'This connection writes nothing. Choose "Live" in it to create lists and data fields.',
            );
        }
        const made = await make(connection, call.body, call.signal);
        live.drop(connectionKey(connection.settings));
        return made;
    });
}

async function createNamedList(connection: DialogConnection, body: unknown, signal: AbortSignal): Promise<object> {
    const name = required(body, 'name');
    const { id } = await createList(await connection.dotdigital(signal), { name, visibility: 'Private' }, signal);
    return { id, name };
}

async function createNamedField(connection: DialogConnection, body: unknown, signal: AbortSignal): Promise<object> {
    const name = required(body, 'name');
    const type = DATA_FIELD_TYPES.find((each) => each === textOf(body, 'type'));
    if (type === undefined) throw invalid('type');
    await createDataField(await connection.dotdigital(signal), { name, type, visibility: 'Private' }, signal);
    return { name, type };
}

async function trial(RED: NodeAPI, connection: DialogConnection, { body, signal }: Call): Promise<object> {
    const typed = upsertOf(body);
    const upsert = withEnvironment(RED, typed.id, typed);
    const reader = property(body, 'reader') === undefined ? null : withEnvironment(RED, readerOf(body).id, readerOf(body));
    const paths = [...neededPaths(upsert), ...(reader?.fields ?? [])];
    const record = await trialPerson(() => connection.oro(), body, paths, signal);
    const optedOut = reader !== null && (await optedOutInOro(await connection.oro(), reader, record, signal));
    return tryWithOne({
        dotdigital: await connection.dotdigital(signal),
        upsert,
        record,
        optedOut,
        isErased: async (address) => (await connection.withStore((store) => isErased(store, address))) ?? false,
        write: !upsert.dryRun && connection.settings.environment !== 'dryRun',
        signal,
        ruleValue: (rule) => ruleValue(RED, upsert.id, rule, record),
    });
}

/** Where the memory is, its size in bytes and its age. */
async function memoryOf(store: Store): Promise<object> {
    return { path: store.path, bytes: await store.bytes(), since: store.since };
}

async function isErased(store: Store, address: string): Promise<boolean> {
    return (await store.get(`e/${addressHash(store.secret, address)}`)) !== undefined;
}

function required(body: unknown, name: string): string {
    const value = textOf(body, name);
    if (value === '') throw invalid(name);
    return value;
}

function invalid(name: string): PackageError {
    return new PackageError('settingsInvalid', `A setting is not valid: ${name}.`, { details: { property: name } });
}
