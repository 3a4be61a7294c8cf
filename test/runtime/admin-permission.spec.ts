import 'should';
import { type Sandbox, startSandbox } from '../../src/sandbox';
import { type NodeRedProcess, startNodeRed } from '../editor/node-red-process';
import { ask, connectionNode, deploy, reader, typedConnection, upsert } from './admin-requests';

/** bcrypt of "password", as in Node-RED's own settings file. */
const PASSWORD = '$2a$08$zZWtXTja0fB1pzD4sHCMyOCMYz2Z6dNbM6tl8sJogENOMcxWV9DN.';

describe('permissions of the admin routes', () => {
    let nodeRed: NodeRedProcess;
    let sandbox: Sandbox;
    let writer: string;
    let onlooker: string;

    before(async () => {
        const users = [
            { username: 'writer', password: PASSWORD, permissions: '*' },
            { username: 'onlooker', password: PASSWORD, permissions: 'read' },
        ];
        [nodeRed, sandbox] = await Promise.all([
            startNodeRed({ settings: { adminAuth: { type: 'credentials', users } } }),
            startSandbox({ size: 100 }),
        ]);
        [writer, onlooker] = await Promise.all([signIn('writer'), signIn('onlooker')]);
        await deploy(nodeRed.url, [connectionNode(sandbox)], writer);
    });

    after(() => Promise.all([nodeRed.stop(), sandbox.stop()]));

    async function signIn(username: string): Promise<string> {
        const response = await fetch(`${nodeRed.url}auth/token`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({
                client_id: 'node-red-editor',
                grant_type: 'password',
                scope: '',
                username,
                password: 'password',
            }),
        });
        return ((await response.json()) as { access_token: string }).access_token;
    }

    const deployed = { connection: { id: 'connection' } };
    const statuses = async (path: string, body: unknown) => {
        const tokens = [undefined, onlooker, writer];
        return Promise.all(tokens.map(async (token) => (await ask(nodeRed.url, path, body, token)).status));
    };

    it('lets nobody in without signing in, and onlookers see live lists of what is deployed', async () => {
        for (const path of ['live/oro-lists', 'live/dotdigital-lists', 'live/oro-groups', 'memory', 'oro-file']) {
            (await statuses(path, deployed)).should.deepEqual([401, 200, 200], path);
        }
    });

    it('lets only those who may change flows ask an address that was typed', async () => {
        (await statuses('live/oro-lists', { connection: typedConnection(sandbox) })).should.deepEqual([401, 401, 200]);
        (await statuses('test', { connection: typedConnection(sandbox) })).should.deepEqual([401, 401, 200]);
    });

    it('shows people only to those who may change flows', async () => {
        (await statuses('preview', { ...deployed, reader: reader({ listId: '2' }) })).should.deepEqual([401, 401, 200]);
        (await statuses('live/oro-customers', deployed)).should.deepEqual([401, 401, 200]);
    });

    it('lets only those who may change flows write', async () => {
        (await statuses('try', { ...deployed, upsert: upsert(), email: 'x@example.com' })).should.deepEqual([401, 401, 200]);
        (await statuses('lists', { ...deployed, name: 'By permission' })).should.deepEqual([401, 401, 200]);
        (await statuses('data-fields', { ...deployed, name: 'PERMITTED', type: 'String' })).should.deepEqual([401, 401, 200]);
    });

    it('keeps secrets out of what it answers and prints', async () => {
        const { body } = await ask(nodeRed.url, 'test', deployed, writer);
        const said = JSON.stringify(body) + nodeRed.log();
        for (const secret of [sandbox.credentials.oroClientSecret, sandbox.credentials.dotdigitalPassword]) {
            said.should.not.containEql(secret);
        }
    });
});
