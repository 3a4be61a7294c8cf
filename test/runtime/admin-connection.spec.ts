import 'should';
import { type Sandbox, startSandbox } from '../../src/sandbox';
import { type NodeRedProcess, startNodeRed } from '../editor/node-red-process';
import { type Answer, ask, connectionNode, deploy, typedConnection } from './admin-requests';

describe('test connection', () => {
    let nodeRed: NodeRedProcess;
    let sandbox: Sandbox;

    before(async () => {
        [nodeRed, sandbox] = await Promise.all([
            startNodeRed({ environment: { ORO_SECRET_FOR_TEST: 'sandbox-secret' } }),
            startSandbox({ size: 200 }),
        ]);
    });

    after(() => Promise.all([nodeRed.stop(), sandbox.stop()]));

    const test = (changes: Record<string, unknown> = {}) =>
        ask(nodeRed.url, 'test', { connection: typedConnection(sandbox, changes) });
    const codes = ({ body }: Answer) => body.findings?.map(({ side, ok, code }) => `${side} ${ok ? 'ok' : 'bad'} ${code}`);

    it('says whom it is signed in as on both sides before anything is deployed', async () => {
        const answer = await test();
        codes(answer)?.should.deepEqual([
            'oro ok oroSignedIn',
            'oro ok listsReadable',
            'oro ok webhooks',
            'dotdigital ok accountWithoutRegion',
            'dotdigital ok contacts',
        ]);
        answer.body.findings?.[1]?.values.should.deepEqual({ count: 7 });
        answer.body.findings?.[3]?.values['name']?.should.equal('Sandbox');
    });

    it('starts the sandbox for a connection that practises', async () => {
        const answer = await ask(nodeRed.url, 'test', { connection: { id: 'new', environment: 'sandbox' } });
        answer.body.findings?.every(({ ok }) => ok).should.be.true();
    });

    it('names a wrong secret on its own side and still tests the other one', async () => {
        const credentials = { ...sandbox.credentials, oroClientSecret: 'wrong-secret-of-mine' };
        const answer = await test({ credentials });
        codes(answer)?.should.deepEqual([
            'oro bad oroCredentials',
            'dotdigital ok accountWithoutRegion',
            'dotdigital ok contacts',
        ]);
        JSON.stringify(answer.body).should.not.containEql('wrong-secret-of-mine');
    });

    it('tells a host that does not exist from one where nobody answers', async () => {
        codes(await test({ oroUrl: 'https://shop.invalid' }))?.[0]?.should.equal('oro bad hostNotFound');
        codes(await test({ oroUrl: 'http://127.0.0.1:9' }))?.[0]?.should.equal('oro bad connectionRefused');
    }).timeout(30_000);

    it('refuses http to a public host', async () => {
        codes(await test({ oroUrl: 'http://shop.example.com' }))?.[0]?.should.equal('oro bad insecureUrl');
    });

    it('says that a side was left empty', async () => {
        const answer = await test({ oroUrl: '', credentials: { ...sandbox.credentials, oroClientId: '', oroClientSecret: '' } });
        codes(answer)?.[0]?.should.equal('oro ok oroLeftEmpty');
        answer.body.findings?.[0]?.level?.should.equal('info');
    });

    it('offers the file for the Oro team where lists are not exposed', async () => {
        await sandbox.control({ oro: { stock: true } });
        try {
            const finding = (await test()).body.findings?.find(({ code }) => code === 'listsNotExposed');
            ({ ok: finding?.ok, level: finding?.level, action: finding?.action }).should.deepEqual({
                ok: false,
                level: 'warning',
                action: 'copyOroFile',
            });
        } finally {
            await sandbox.control({ oro: { stock: false } });
        }
        const { body } = await ask(nodeRed.url, 'oro-file', {});
        String(body['text']).should.containEql('MarketingListBundle');
        String(body['text']).should.containEql('config/oro/api');
    });

    it('takes a secret from the environment where it is written so', async () => {
        const answer = await test({ credentials: { ...sandbox.credentials, oroClientSecret: '$' + '{ORO_SECRET_FOR_TEST}' } });
        codes(answer)?.[0]?.should.equal('oro ok oroSignedIn');
    });

    it('uses the stored secret where the dialog shows only that there is one', async () => {
        await deploy(nodeRed.url, [connectionNode(sandbox)]);
        const hidden = { ...sandbox.credentials, oroClientSecret: '__PWRD__', dotdigitalPassword: '__PWRD__' };
        const answer = await test({ credentials: hidden });
        answer.body.findings?.every(({ ok }) => ok).should.be.true();
        const deployed = await ask(nodeRed.url, 'test', { connection: { id: 'connection' } });
        deployed.body.findings?.every(({ ok }) => ok).should.be.true();
    });

    it('does not make a memory by looking for one', async () => {
        const storePath = `${nodeRed.userDir}/no-memory-yet`;
        const practising = { id: 'practising', environment: 'sandbox', storePath };
        await ask(nodeRed.url, 'test', { connection: practising });
        const { body } = await ask(nodeRed.url, 'memory', { connection: practising });
        body.should.deepEqual({ path: '', bytes: 0, since: '' });
    });

    it('says that a connection is not deployed', async () => {
        const { body } = await ask(nodeRed.url, 'memory', { connection: { id: 'never-deployed' } });
        body.error?.code.should.equal('connectionUnknown');
    });

    it('names a property that is not valid without repeating its value', async () => {
        const { status, body } = await ask(nodeRed.url, 'test', { connection: { id: 'x', oroUrl: { secret: 'do not repeat' } } });
        status.should.equal(200);
        body.error?.code.should.equal('settingsInvalid');
        body.error?.values['property']?.should.equal('connection.oroUrl');
        JSON.stringify(body).should.not.containEql('do not repeat');
    });
});
