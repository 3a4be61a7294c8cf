import should from 'should';
import type { ControlCommand } from '../../src/sandbox';
import type { Summary } from '../../src/sync/summary';
import { type Mirror, startMirror } from '../mirror/mirror';
import type { Message } from '../tools/node-red';

type Fault = NonNullable<ControlCommand['faults']>[number];

/** Of 300 people, those who end up on the list. */
const DELIVERED = 210;
/** Requests are repeated at once, and given up after half a second. */
const LIMITS = {
    importSize: 100,
    grace: 300,
    slotWait: 50,
    requestTimeout: 500,
    retry: { firstWait: 10, longestWait: 50, usageWait: 100 },
};

/** Failures that pass by themselves. */
const passing: readonly Partial<Fault>[] = [
    { status: 503, body: { message: 'later' } },
    { kind: 'reset' },
    { kind: 'resetAfter' },
    { kind: 'hang' },
];

describe('When a service fails in the middle of a run', () => {
    let mirror: Mirror;
    beforeEach(async () => {
        mirror = await startMirror({ sandbox: { size: 300 }, limits: LIMITS, reader: { batchSize: 30 } });
    });
    afterEach(() => mirror.stop());

    it('a token that was withdrawn while the members were read is replaced', async () => {
        await mirror.control({ delays: { oro: { requestMs: 30 } } });
        mirror.begin();
        await mirror.until('the members', ({ requests }) => (requests['GET /admin/api/segmentsnapshots'] ?? 0) > 0);
        await mirror.control({ oro: { expireTokens: true } });
        everybodyIsIn(await mirror.summary());
        mirror.requests('POST /oauth2-token').should.equal(2);
    });

    it('tokens that live for a second are renewed before they end', async () => {
        await mirror.control({ oro: { tokenLifetime: 1 }, delays: { oro: { requestMs: 150 } } });
        everybodyIsIn(await mirror.run());
        mirror.requests('POST /oauth2-token').should.be.above(1);
        mirror.report().refused.should.eql([]);
    });

    const resets: readonly (readonly [string, () => number])[] = [
        ['seconds since 1970', () => Math.floor(Date.now() / 1000) + 1],
        ['milliseconds since 1970', () => Date.now() + 1000],
        ['seconds from now', () => 1],
    ];
    for (const [meaning, reset] of resets) {
        it(`a refusal for too many calls whose reset header means ${meaning} is waited out`, async () => {
            const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-limit': '1', 'x-ratelimit-reset': String(reset()) };
            await fault({ service: 'dotdigital', method: 'PUT', path: '/import', status: 429, headers });
            everybodyIsIn(await mirror.run());
            sent().should.equal(DELIVERED);
        });
    }

    it('a long wait shows in the status, with the seconds that are left', async () => {
        const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-limit': '1', 'x-ratelimit-reset': '3' };
        await fault({ service: 'dotdigital', method: 'GET', path: '/suppressed-since', status: 429, headers });
        mirror.begin();
        await mirror.nodeRed.untilStatus('reader', /^rate limit, [23] s$/);
        everybodyIsIn(await mirror.summary());
        await mirror.nodeRed.untilStatus('reader', /in step/);
    });

    for (const reset of ['epoch', 'epochMs', 'seconds'] as const) {
        it(`the allowance is never overdrawn that the headers tell (${reset})`, async () => {
            await mirror.control({ rateLimit: { scheme: 'tiered', limit: 6, windowMs: 1000, reset } });
            everybodyIsIn(await mirror.run());
            sent().should.equal(DELIVERED);
        });
    }

    it('400 ERROR_APIUSAGE_EXCEEDED is waited out', async () => {
        mirror.begin();
        await mirror.until('the reading', ({ requests }) => (requests['GET /admin/api/segmentsnapshots'] ?? 0) > 0);
        await mirror.control({ rateLimit: { scheme: 'flat', limit: 1, windowMs: 400 } });
        const limited = () => mirror.report().refused.filter(({ why }) => why.includes('ERROR_APIUSAGE_EXCEEDED')).length;
        await mirror.until('a refusal', () => limited() > 0);
        await mirror.control({ rateLimit: { scheme: 'none' } });
        everybodyIsIn(await mirror.summary());
        sent().should.equal(DELIVERED);
    });

    it('25 active imports are waited for', async () => {
        await mirror.control({ dotdigital: { activeImports: 25 } });
        mirror.begin();
        await mirror.until('refusals', ({ refused }) => refused.filter(({ status }) => status === 429).length > 3);
        await mirror.control({ dotdigital: { activeImports: 0 } });
        everybodyIsIn(await mirror.summary());
        sent().should.equal(DELIVERED);
    });

    it('25 imports that stay active are given up in the end', async () => {
        await impatient();
        await mirror.control({ dotdigital: { activeImports: 25 } });
        (await mirror.run()).should.containEql({ error: null, inList: 0, unconfirmed: DELIVERED });
        codesAtCatch().should.eql(['tooManyActiveImports']);
        await mirror.control({ dotdigital: { activeImports: 0 } });
        everybodyIsIn(await mirror.run());
    });

    it('a refused password is not tried again and again', async () => {
        await fault({ service: 'dotdigital', path: '/import', status: 401, times: 100, body: { message: 'no' } });
        const summary = await mirror.run();
        summary.should.containEql({ inList: 0, unconfirmed: DELIVERED });
        should((await mirror.nodeRed.nextMessage('errors'))['error']).have.property('code', 'dotdigitalCredentials');
        mirror.requests('PUT /contacts/v3/import').should.be.belowOrEqual(3);
        await mirror.control({ clearFaults: true });
        everybodyIsIn(await mirror.run());
    });

    describe('an import', () => {
        const ends: readonly (readonly ['Failed' | 'RejectedByWatchdog' | 'ExceedsAllowedContactLimit', string])[] = [
            ['Failed', 'importFailed'],
            ['RejectedByWatchdog', 'importRejected'],
            ['ExceedsAllowedContactLimit', 'contactLimit'],
        ];
        for (const [status, code] of ends) {
            it(`that ends as ${status} fails alone: the others arrive, Catch gets ${code}, the next run brings the rest`, async () => {
                await mirror.control({ imports: 'hold' });
                mirror.begin();
                await mirror.until('three imports', ({ imports }) => imports.length === 3);
                await mirror.control({ finish: 'next', status });
                await mirror.control({ imports: 'auto', finish: 'all' });
                const summary = await mirror.summary();
                const lost = mirror.report().imports.find((each) => each.status === status)?.contacts ?? 0;
                lost.should.be.above(0);
                summary.should.containEql({ error: null, complete: true, unconfirmed: lost, inList: DELIVERED - lost });
                codesAtCatch().should.eql([code]);
                everybodyIsIn(await mirror.run());
                sent().should.be.within(DELIVERED + lost, DELIVERED + lost + 9);
            });
        }

        it('that never ends is given up; when it ended after all, the next run asks for it and sends nothing again', async () => {
            await impatient();
            await mirror.control({ imports: 'hold' });
            (await mirror.run()).should.containEql({ error: null, unconfirmed: DELIVERED, inList: 0 });
            codesAtCatch().should.eql(['importTimeout']);
            await mirror.control({ imports: 'auto', finish: 'all' });
            everybodyIsIn(await mirror.run());
            sent().should.be.within(DELIVERED, DELIVERED + 9);
        });

        it('that never ends at all is sent again', async () => {
            await impatient();
            await mirror.control({ imports: 'hold' });
            (await mirror.run()).should.containEql({ error: null, unconfirmed: DELIVERED, inList: 0 });
            mirror.begin();
            await mirror.until('the second attempt', ({ imports }) => imports.length === 6);
            await mirror.control({ imports: 'auto', finish: 'all' });
            everybodyIsIn(await mirror.summary());
        });

        it('that Dotdigital has forgotten is sent again in the next run', async () => {
            await fault({ service: 'dotdigital', method: 'GET', path: '/contacts/v3/import/', status: 404, times: 100 });
            (await mirror.run()).should.containEql({ error: null, unconfirmed: DELIVERED });
            codesAtCatch().should.eql(['importLost']);
            await mirror.control({ clearFaults: true });
            everybodyIsIn(await mirror.run());
        });

        it('with faults of single records: each is rejected with its reason, and the rest is delivered', async () => {
            const [first, second, third] = await addressesOfThree();
            await mirror.control({
                importFaults: [
                    { email: first, code: 'InvalidEmail', description: 'The address has no mailbox' },
                    { email: second, code: 'ApiSchemaViolation', description: 'The field is of another kind', written: true },
                    { email: third, code: 'GloballySuppressed', description: 'The contact is suppressed' },
                ],
            });
            const summary = await mirror.run();
            summary.should.containEql({ error: null, unconfirmed: 0, inList: DELIVERED - 2, suppressed: 7, rejected: 4 });
            const rejections = mirror.nodeRed
                .messages('rejected')
                .flatMap(
                    ({ payload }) => payload as { record: { email: string }; code: string; reason: string; written: boolean }[],
                );
            const of = (email: string) =>
                rejections
                    .filter(({ record }) => record.email === email)
                    .map(({ code, reason, written }) => ({ code, reason, written }));
            of(first).should.eql([{ code: 'invalidEmail', reason: 'The address has no mailbox', written: false }]);
            of(second).should.eql([{ code: 'apiSchemaViolation', reason: 'The field is of another kind', written: true }]);
            of(third).should.eql([{ code: 'suppressed', reason: 'The contact is suppressed', written: false }]);
            codesAtCatch().should.eql([]);
            (await mirror.run()).should.containEql({ batches: 0, stillRejected: 4, suppressed: 7, inList: DELIVERED - 2 });
        });
    });

    describe('any single request', () => {
        const oro: readonly (readonly [string, string])[] = [
            ['POST', '/oauth2-token'],
            ['GET', '/userprofile'],
            ['GET', '/marketinglists/1'],
            ['POST', '/segments/runs'],
            ['GET', '/marketinglistunsubscribeditems'],
            ['GET', '/segmentsnapshots'],
            ['POST', '/customerusers'],
        ];
        const dotdigital: readonly (readonly [string, string])[] = [
            ['GET', '/account-info'],
            ['GET', '/address-books\\?'],
            ['GET', '/data-fields'],
            ['GET', '/suppressed-since'],
            ['GET', '/unsubscribed-since'],
            ['PUT', '/contacts/v3/import'],
            ['GET', '/contacts/v3/import/'],
        ];
        const requests = [
            ...oro.map(([method, path]) => ['oro', method, path] as const),
            ...dotdigital.map(([method, path]) => ['dotdigital', method, path] as const),
        ];
        for (const [service, method, path] of requests) {
            const name = `${service} ${method} ${path.replaceAll('\\', '')}`;

            it(`${name}: nobody notices a 503, a connection cut before and after the handling, and a time-out`, async () => {
                await mirror.control({ faults: passing.map((how) => ({ service, method, path, ...how })) });
                everybodyIsIn(await mirror.run());
                codesAtCatch().should.eql([]);
                // An import whose answer was lost was carried out, and is sent once more.
                sent().should.be.within(DELIVERED, DELIVERED + (method === 'PUT' ? 100 : 0));
                (await mirror.run()).should.containEql({ batches: 0, error: null });
            });

            it(`${name}: a web page instead of data is named, and the next run is whole`, async () => {
                await fault({ service, method, path, kind: 'html' });
                mirror.begin();
                // The start of an import is tried again, since nobody knows whether it was; data fields are asked for ahead and again.
                if (method === 'PUT' || path === '/data-fields') {
                    everybodyIsIn(await mirror.summary());
                    codesAtCatch().should.eql([]);
                } else {
                    should((await mirror.nodeRed.nextMessage('errors'))['error']).have.property('code', 'htmlAnswer');
                    await mirror.nodeRed.until('the end of the run', () => mirror.nodeRed.status('reader').fill !== 'blue');
                }
                const before = mirror.nodeRed.messages('summary').length;
                mirror.begin();
                await mirror.nodeRed.until('a summary', () => mirror.nodeRed.messages('summary').length > before);
                everybodyIsIn(mirror.nodeRed.messages('summary').at(-1)?.['payload'] as Summary);
            });
        }
    });

    describe('a request of a later run', () => {
        const later: readonly (readonly [string, string, Record<string, number>, Partial<Summary>])[] = [
            ['POST', '/address-books/1001/contacts/delete', { leave: 20 }, { left: 20, inList: DELIVERED - 20 }],
            ['GET', '/contacts/deletion/', { leave: 20 }, { left: 20, inList: DELIVERED - 20 }],
            ['DELETE', '/address-books/1001/contacts/', { leave: 3 }, { left: 3, inList: DELIVERED - 3 }],
            ['PATCH', '/contacts/v3/email/', { change: 3 }, { changed: 3, inList: DELIVERED }],
        ];
        for (const [method, path, oro, expected] of later) {
            it(`${method} ${path}: nobody notices a 503, cut connections and a time-out`, async () => {
                everybodyIsIn(await mirror.run());
                await mirror.control({ oro, faults: passing.map((how) => ({ service: 'dotdigital', method, path, ...how })) });
                (await mirror.run()).should.containEql({ error: null, unconfirmed: 0, ...expected });
                should(mirror.report().lists['1001']).equal(expected.inList);
                codesAtCatch().should.eql([]);
                (await mirror.run()).should.containEql({ batches: 0, left: 0, error: null });
            });

            it(`${method} ${path}: a failure that does not pass is named, and the next run makes good for it`, async () => {
                everybodyIsIn(await mirror.run());
                await mirror.control({ oro });
                await fault({ service: 'dotdigital', method, path, status: 503, times: 1000 });
                const { error, left, inList, unconfirmed } = await mirror.run();
                should({ error, left, all: inList + unconfirmed }).eql({ error: null, left: 0, all: expected.inList });
                codesAtCatch().should.eql(['serviceUnavailable']);
                await mirror.control({ clearFaults: true });
                const second = await mirror.run();
                second.should.containEql({ error: null, unconfirmed: 0, left: expected.left ?? 0, inList: expected.inList });
                should(mirror.report().lists['1001']).equal(expected.inList);
                (await mirror.run()).should.containEql({ batches: 0, left: 0, error: null });
            });
        }
    });

    it('a removal that Dotdigital has forgotten does not stop the next runs', async () => {
        everybodyIsIn(await mirror.run());
        await mirror.control({ oro: { leave: 20 }, removals: 'hold' });
        mirror.begin();
        await mirror.until('the removal', ({ requests }) => (requests['GET /v2/contacts/deletion/{id}'] ?? 0) > 1);
        const left = mirror.die();
        await mirror.halt();
        await mirror.rise(left);
        await mirror.control({ removals: 'auto' });
        await fault({
            service: 'dotdigital',
            method: 'GET',
            path: '/contacts/deletion/',
            status: 404,
            body: { message: 'ERROR_OBJECT_NOT_FOUND' },
        });
        (await mirror.summary()).should.containEql({ error: null, left: 20, inList: DELIVERED - 20 });
    });

    it('a shop that stays away ends the run, takes nobody off, and the next run is whole', async () => {
        everybodyIsIn(await mirror.run());
        await mirror.control({ oro: { leave: 20 } });
        await fault({ service: 'oro', path: '/customerusers', status: 503, times: 1000 });
        const summary = await mirror.run();
        summary.should.containEql({ complete: false, left: 0 });
        should(summary.error).have.property('code', 'serviceUnavailable');
        should((await mirror.nodeRed.nextMessage('errors'))['error']).have.property('code', 'serviceUnavailable');
        should(mirror.report().lists['1001']).equal(DELIVERED);
        await mirror.control({ clearFaults: true });
        (await mirror.run()).should.containEql({ error: null, left: 20, inList: DELIVERED - 20 });
    });

    it('imports that cannot be started are named, and the next run starts them', async () => {
        await fault({ service: 'dotdigital', method: 'PUT', path: '/import', status: 503, times: 1000 });
        (await mirror.run()).should.containEql({ error: null, unconfirmed: DELIVERED, inList: 0 });
        codesAtCatch().should.eql(['serviceUnavailable']);
        await mirror.control({ clearFaults: true });
        everybodyIsIn(await mirror.run());
        sent().should.equal(DELIVERED);
    });

    function fault(how: Fault): Promise<unknown> {
        return mirror.control({ faults: [how] });
    }

    /** A Node-RED that gives imports up after a third of a second. */
    async function impatient(): Promise<void> {
        await mirror.stop();
        mirror = await startMirror({
            sandbox: { size: 300 },
            limits: { ...LIMITS, importDeadline: 300 },
            reader: { batchSize: 30 },
        });
    }

    /** Addresses of three ordinary members. */
    async function addressesOfThree(): Promise<[string, string, string]> {
        await mirror.deploy({ reader: { id: 'dry', batchSize: 300 }, upsert: { dryRun: true } });
        await mirror.control({ oro: { rebuild: [101] } });
        mirror.begin({}, 'dry');
        await mirror.summary();
        const records = mirror.nodeRed.messages('accepted').flatMap(({ payload }) => payload as { email: string }[]);
        await mirror.deploy();
        const [first = '', second = '', third = ''] = records.slice(50).map(({ email }) => email);
        return [first, second, third];
    }

    function codesAtCatch(): string[] {
        const codes = mirror.nodeRed.messages('errors').map((message: Message) => (message['error'] as { code: string }).code);
        return [...new Set(codes)];
    }

    function sent(): number {
        return mirror.report().imports.reduce((sum, { contacts }) => sum + contacts, 0);
    }

    function everybodyIsIn({ error, complete, unconfirmed, leftOutByFlow, inList }: Summary): void {
        const { lists, resubscribed, listResubscribed, deleted } = mirror.report();
        should({ error, complete, unconfirmed, leftOutByFlow, inList, onList: lists['1001'] }).eql({
            error: null,
            complete: true,
            unconfirmed: 0,
            leftOutByFlow: 0,
            inList: DELIVERED,
            onList: DELIVERED,
        });
        should({ resubscribed, listResubscribed, deleted }).eql({ resubscribed: [], listResubscribed: [], deleted: 0 });
    }
});
