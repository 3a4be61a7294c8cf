import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import should from 'should';
import { acquireStore } from '../../src/runtime/stores';
import { type ControlCommand, type Sandbox, startSandbox } from '../../src/sandbox';
import type { Listening } from '../http/listening';
import { type FlowOptions, mirrorFlow } from '../mirror/mirror';
import { type Embedded, startEmbedded } from '../tools/embedded';
import { CASES, selfSigned, WRONG_SECRET } from './cases';

const PEOPLE = 20;
/** In every name and every address of the test, and nowhere else. */
const PERSONAL = /zwiebelfisch|geheimrat|17123999/i;
const SECRETS = [WRONG_SECRET, 'sandbox-secret', 'sandbox-password', 'apiuser-sandbox'];

const emailOf = (id: number) => `geheimrat.${id}@zwiebelfisch.example`;
const row = (from: string, to: string, toType = 'String', fromType = 'record') => ({ from, fromType, to, toType });
/** What a service may say: it repeats what it was sent. */
const told = (text: string) => `The id value '${emailOf(2)}' +4917123999 ${text}`;

interface Failing {
    readonly name: string;
    readonly control?: ControlCommand;
    readonly flow?: FlowOptions;
    /** Messages for the upsert; without one the reader is started. */
    readonly payload?: unknown;
}

const single = { email: emailOf(2), firstName: 'Zwiebelfisch', lastName: 'Geheimrat' };
const refusal = (text: string) => ({
    errorCode: 'contacts:invalidId',
    description: text,
    details: [{ item: 'x', description: text }],
});
const refused = refusal(told('is invalid'));
const refusedWithName = refusal(told(`of ${single.firstName} ${single.lastName} is invalid`));
const dotdigital = (method: string, path: string, more: object): ControlCommand => ({
    faults: [{ service: 'dotdigital', method, path, times: 9, ...more }],
});
const oro = (path: string, more: object): ControlCommand => ({ faults: [{ service: 'oro', path, times: 9, ...more }] });

/** Everything that fails because of a record, or while one is on its way. */
const RECORDS: readonly Failing[] = [
    {
        name: 'values that do not fit',
        flow: { upsert: { mapping: [row('lastName', 'ORDERS', 'Numeric'), row('email', 'BIRTHDAY')] } },
    },
    {
        name: 'an expression that fails',
        flow: { upsert: { mapping: [row('$number(lastName)', 'ORDERS', 'Numeric', 'jsonata')] } },
    },
    { name: 'a data field that is missing', flow: { upsert: { mapping: [row('lastName', 'GONE')] } } },
    { name: 'an attribute that is missing', flow: { reader: { fields: ['gone'] } } },
    {
        name: 'an import that reports faults',
        control: { importFaults: [{ email: emailOf(2), code: 'Odd', description: told('!') }] },
    },
    { name: 'an import that is refused', control: dotdigital('PUT', '/import', { status: 400, body: refusedWithName }) },
    { name: 'an import that cannot be started', control: dotdigital('PUT', '/import', { status: 500, body: told('!') }) },
    { name: 'an import that nobody answers for', control: dotdigital('GET', '/import', { status: 400, body: refused }) },
    { name: 'feeds that fail', control: dotdigital('GET', 'suppressed-since', { status: 400, body: { message: told('!') } }) },
    {
        name: 'a contact that is refused',
        payload: single,
        control: dotdigital('PATCH', '/v3/', { status: 400, body: refusedWithName }),
    },
    {
        name: 'a contact that is in conflict',
        payload: single,
        control: dotdigital('PATCH', '/v3/', { status: 409, body: refusedWithName }),
    },
    {
        name: 'a contact that cannot be written',
        payload: single,
        control: dotdigital('PATCH', '/v3/', { status: 500, body: told('!') }),
    },
    {
        name: 'a contact that is not found',
        payload: single,
        control: dotdigital('PATCH', '/v3/', { status: 404, body: refusedWithName }),
    },
    { name: 'a contact whose connection is cut', payload: single, control: dotdigital('PATCH', '/v3/', { kind: 'reset' }) },
    { name: 'a web page in between', payload: single, control: dotdigital('PATCH', '/v3/', { kind: 'html' }) },
    { name: 'no JSON', payload: single, control: dotdigital('PATCH', '/v3/', { status: 200, body: told('!') }) },
    { name: 'something that is no record', payload: emailOf(2) },
    { name: 'a record without an address', payload: { firstName: 'Zwiebelfisch', email: 'geheimrat' } },
    {
        name: 'a removal that fails',
        payload: { ...single, change: 'left' },
        control: dotdigital('GET', '/v3/email', { status: 400, body: refused }),
    },
    {
        name: 'a refusal of Oro',
        control: oro('/customerusers', { status: 400, body: { errors: [{ title: told('!'), detail: told('?') }] } }),
    },
    { name: 'an answer of Oro that is no JSON', control: oro('/customerusers', { status: 200, body: told('!') }) },
];

describe('No secret, address or name', () => {
    let sandbox: Sandbox;
    let secure: Listening;
    let nodeRed: Embedded;

    before(async () => {
        sandbox = await startSandbox({ size: PEOPLE });
        secure = await selfSigned();
        const retry = { attempts: 1, firstWait: 1, longestWait: 1, deadline: 5 };
        nodeRed = await startEmbedded({
            logLevel: 'trace',
            settings: { oroDotdigitalLimits: { pollAfter: [1], retry, importDeadline: 10 } },
        });
        const change = Array.from({ length: PEOPLE }, (_, index) => ({
            type: 'customerusers',
            id: String(index + 1),
            attributes: { email: emailOf(index + 1), firstName: `Zwiebelfisch ${index}`, lastName: `Geheimrat ${index}` },
        }));
        await sandbox.control({ oro: { change } });
        await sandbox.control({
            oro: { change: [{ type: 'customerusers', id: '1', attributes: { email: 'geheimrat at zwiebelfisch' } }] },
        });
        await goWrong();
    });

    after(async () => {
        await nodeRed.stop();
        await secure.close();
        await sandbox.stop();
    });

    /** Walks into everything that can go wrong, one after the other. */
    async function goWrong(): Promise<void> {
        for (const each of CASES) {
            await nodeRed.deploy(mirrorFlow(sandbox, each.flow?.(secure.url) ?? {}));
            if (each.afterRun) await started('reader', {});
            if (each.control) await sandbox.control(each.control);
            await started('reader', {});
            await sandbox.control({ clearFaults: true, ...each.restore });
        }
        for (const { flow, control, payload } of RECORDS) {
            await nodeRed.deploy(mirrorFlow(sandbox, flow));
            if (control) await sandbox.control(control);
            if (payload === undefined) await started('reader', { read: { mode: 'all' } });
            else await started('upsert', { payload });
            await sandbox.control({ clearFaults: true });
        }
        await nodeRed.deploy(mirrorFlow(sandbox));
        await started('reader', {});
    }

    /** Sends a message and waits until something came of it. */
    async function started(node: string, message: Record<string, unknown>): Promise<void> {
        const probes = node === 'reader' ? ['summary', 'errors'] : ['accepted', 'rejected', 'errors'];
        const count = () => probes.reduce((sum, probe) => sum + nodeRed.messages(probe).length, 0);
        const before = count();
        nodeRed.send(node, message);
        await nodeRed.until(`something of ${node}`, () => count() > before);
    }

    function expectNothingOf(what: string, texts: readonly string[]): void {
        for (const text of texts) {
            const personal = PERSONAL.exec(text);
            if (personal) throw new Error(`${what} holds "${personal[0]}": ${text.slice(0, 400)}`);
            for (const secret of SECRETS)
                if (text.includes(secret)) throw new Error(`${what} holds a secret: ${text.slice(0, 400)}`);
        }
    }

    it('is in the log', () => {
        nodeRed.log.length.should.be.above(100);
        const lines = nodeRed.log.map(({ text }) => text);
        expectNothingOf('The log', lines);
    });

    it('is in a status', () => {
        const nodes = ['connection', 'imported', 'reader', 'upsert'];
        const texts = nodes.flatMap((node) => nodeRed.statuses(node).map((status) => JSON.stringify(status)));
        texts.length.should.be.above(CASES.length);
        expectNothingOf('A status', texts);
        const statusMessages = nodeRed.messages('statuses').map((message) => JSON.stringify(message));
        statusMessages.length.should.be.above(CASES.length);
        expectNothingOf('A status message', statusMessages);
    });

    it('is in an error that Catch gets', () => {
        const errors = nodeRed.messages('errors').map(({ payload: _, ...rest }) => JSON.stringify(rest));
        errors.length.should.be.above(CASES.length + 10);
        expectNothingOf('An error', errors);
    });

    it('is in a summary', () => {
        const summaries = nodeRed.messages('summary').map((message) => JSON.stringify(message));
        summaries.length.should.be.above(10);
        expectNothingOf('A summary', summaries);
    });

    it('is in the results beside the records', () => {
        const results = nodeRed.messages('accepted').map(({ payload: _, ...rest }) => JSON.stringify(rest));
        const rejections = nodeRed.messages('rejected').map(({ payload: _, ...rest }) => JSON.stringify(rest));
        results.length.should.be.above(0);
        rejections.length.should.be.above(0);
        expectNothingOf('A result', [...results, ...rejections]);
    });

    it('is in the flows, nor a secret in the file of the credentials', () => {
        const files = readdirSync(nodeRed.userDirectory, { withFileTypes: true }).filter((entry) => entry.isFile());
        const flows = files.map(({ name }) => readFileSync(join(nodeRed.userDirectory, name), 'utf8'));
        should(files.map(({ name }) => name)).containDeep(['flows.json', 'flows_cred.json']);
        expectNothingOf('A file of Node-RED', flows);
    });

    it('is in the memory, whose files hold hashes of addresses alone', async () => {
        const path = join(nodeRed.userDirectory, 'oro-dotdigital');
        const { store, release } = await acquireStore(path);
        const entries: string[] = [];
        try {
            for await (const block of store.entries({ from: '', to: '\uffff' })) {
                for (const [key, value] of block) entries.push(`${key} ${JSON.stringify(value)}`);
            }
        } finally {
            await release();
        }
        entries.filter((entry) => entry.startsWith('l/')).length.should.be.above(15);
        expectNothingOf('The memory', entries);
        const files = readdirSync(path, { withFileTypes: true }).filter((entry) => entry.isFile());
        files.length.should.be.above(2);
        expectNothingOf(
            'A file of the memory',
            files.map(({ name }) => readFileSync(join(path, name), 'latin1')),
        );
    });
});
