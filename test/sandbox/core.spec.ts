import 'should';
import { type Sandbox, startSandbox } from '../../src/sandbox';
import { byEmail, Calls } from './calls';

describe('the sandbox', () => {
    let sandbox: Sandbox;
    let calls: Calls;

    beforeEach(async () => {
        sandbox = await startSandbox({ size: 20 });
        calls = new Calls(sandbox);
    });
    afterEach(() => sandbox.stop());

    const fails = async (work: Promise<unknown>): Promise<boolean> =>
        work.then(
            () => false,
            () => true,
        );

    it('answers with a fault as often as it is told to, after those it lets pass', async () => {
        await sandbox.control({
            faults: [
                {
                    service: 'dotdigital',
                    path: '^/v2/data-fields$',
                    method: 'GET',
                    skip: 1,
                    times: 2,
                    status: 503,
                    body: { message: 'down' },
                },
            ],
        });
        const statuses: number[] = [];
        for (let index = 0; index < 4; index++) statuses.push((await calls.get('/v2/data-fields')).status);
        statuses.should.deepEqual([200, 503, 503, 200]);
        Number(sandbox.report().requests['GET /v2/data-fields']).should.equal(4);
        sandbox.report().refused.should.deepEqual([]);
    });

    it('cuts the connection before or after the request is handled', async () => {
        await sandbox.control({ faults: [{ service: 'dotdigital', path: 'email/before', kind: 'reset' }] });
        (await fails(calls.patch('before@example.com', {}))).should.equal(true);
        (await calls.get('/contacts/v3/email/before@example.com')).status.should.equal(404);
        await sandbox.control({ faults: [{ service: 'dotdigital', path: 'email/after', kind: 'resetAfter' }] });
        (await fails(calls.patch('after@example.com', {}))).should.equal(true);
        (await calls.get('/contacts/v3/email/after@example.com')).status.should.equal(200);
    });

    it('leaves a request unanswered, handled or not', async () => {
        await sandbox.control({
            faults: [
                { service: 'dotdigital', path: 'email/never', method: 'PATCH', kind: 'hang' },
                { service: 'dotdigital', path: 'email/done', method: 'PATCH', kind: 'hangAfter' },
            ],
        });
        const unanswered = [calls.patch('never@example.com', {}), calls.patch('done@example.com', {})].map(fails);
        while ((sandbox.report().requests['PATCH /contacts/v3/email/{id}'] ?? 0) < 2)
            await new Promise((resolve) => setTimeout(resolve, 5));
        (await calls.get('/contacts/v3/email/never@example.com')).status.should.equal(404);
        (await calls.get('/contacts/v3/email/done@example.com')).status.should.equal(200);
        await sandbox.stop();
        (await Promise.all(unanswered)).should.deepEqual([true, true]);
        sandbox = await startSandbox({ size: 20 });
    });

    it('answers with a web page where data was expected', async () => {
        await sandbox.control({ faults: [{ service: 'dotdigital', path: '/v2/', kind: 'html', status: 503 }] });
        const answer = await calls.get('/v2/data-fields');
        answer.status.should.equal(503);
        String(answer.headers.get('content-type')).should.startWith('text/html');
    });

    it('forgets faults that are cleared, and those of the other service do not meet', async () => {
        await sandbox.control({
            faults: [
                { service: 'oro', path: '.*' },
                { service: 'dotdigital', path: '.*', times: 9 },
            ],
        });
        await sandbox.control({ clearFaults: true });
        (await calls.get('/v2/data-fields')).status.should.equal(200);
    });

    it('is controlled and looked at on either port', async () => {
        const post = async (url: string, body: unknown): Promise<Response> =>
            fetch(`${url}/sandbox/control`, { method: 'POST', body: JSON.stringify(body) });
        (
            await post(sandbox.oroUrl, { dotdigital: { addContacts: [{ email: 'a@example.com', lists: [1001] }] } })
        ).status.should.equal(200);
        const report = (await (await fetch(`${sandbox.oroUrl}/sandbox/report`)).json()) as { lists: Record<string, number> };
        report.lists['1001'].should.equal(1);
        const refused = await post(sandbox.dotdigitalUrl, { fautls: [] });
        refused.status.should.equal(400);
        ((await refused.json()) as object).should.deepEqual({ error: "'fautls' is not a control command." });
    });

    it('does not take a misspelt command for an obeyed one', async () => {
        const misspelt = { dotdigital: { unsubcribe: ['a@example.com'] } } as object;
        await sandbox.control(misspelt).should.be.rejectedWith("'dotdigital.unsubcribe' is not a control command.");
    });

    it('shows contacts past the API, and a digest that depends on addresses and data fields only', async () => {
        const digest = async (): Promise<unknown> =>
            (await fetch(`${sandbox.dotdigitalUrl}/sandbox/contacts?listDigest=1001`)).json();
        const fields = { dataFields: { LASTNAME: 'Doe', FIRSTNAME: 'Jane' }, lists: [1001] };
        await calls.import([byEmail('A@example.com', fields), byEmail('b@example.com', { lists: [1001] })]);
        const expected = { members: 2, digest: '' };
        const { createHash } = await import('node:crypto');
        expected.digest = createHash('sha256')
            .update('a@example.com\t{"FIRSTNAME":"Jane","LASTNAME":"Doe"}\nb@example.com\t{}\n')
            .digest('hex');
        ((await digest()) as object).should.deepEqual(expected);
        const list = (await (await fetch(`${sandbox.oroUrl}/sandbox/contacts?list=1001`)).json()) as {
            identifiers: object;
            dataFields: object;
        }[];
        list.map(({ identifiers }) => identifiers).should.deepEqual([{ email: 'A@example.com' }, { email: 'b@example.com' }]);
        Object.keys(list[0]?.dataFields ?? {}).should.deepEqual(['FIRSTNAME', 'LASTNAME', 'LASTSUBSCRIBED']);
    });
});
