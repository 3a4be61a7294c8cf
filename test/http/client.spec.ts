import should from 'should';
import { PackageError, ServiceError } from '../../src/http/errors';
import { createHttp, type Http, type HttpOptions, type Wait } from '../../src/http/http';
import { failureOf } from './failing';
import { type Answering, type Listening, listening } from './listening';

describe('The HTTP client', () => {
    let server: Listening;
    let http: Http;
    let waits: number[];

    async function start(answering: Answering, options: Partial<HttpOptions> = {}): Promise<void> {
        server = await listening(answering);
        waits = [];
        http = createHttp({
            service: 'dotdigital',
            baseUrl: `${server.url}/shop/`,
            timeout: 5_000,
            authorise: async () => ({ authorization: 'Basic c2VjcmV0' }),
            random: () => 1,
            sleep: async (milliseconds) => {
                waits.push(milliseconds);
            },
            ...options,
        });
    }

    afterEach(async () => {
        http.close();
        await server.close();
    });

    it('puts path and query behind the address and encodes the query', async () => {
        await start(() => ({ body: { ok: true } }));
        const answer = await http.request({
            method: 'GET',
            path: '/v2/a%2Fb',
            query: { 'filter[x]': 'a+b & c', '~listId': '1' },
        });
        should(answer.body).deepEqual({ ok: true });
        answer.status.should.equal(200);
        should(server.received[0]?.url).equal('/shop/v2/a%2Fb?filter%5Bx%5D=a%2Bb%20%26%20c&~listId=1');
    });

    it('sends JSON with its length and without a charset', async () => {
        await start(() => ({ body: {} }));
        await http.request({ method: 'PATCH', path: '/x', body: { name: 'ä' }, contentType: 'application/vnd.api+json' });
        const { headers = {}, body } = server.received[0] ?? {};
        should(headers['content-type']).equal('application/vnd.api+json');
        should(headers['content-length']).equal('13');
        should(body).equal('{"name":"ä"}');
    });

    it('sends strings and Buffers as they are', async () => {
        await start(() => ({ body: {} }));
        await http.request({ method: 'PUT', path: '/x', body: '[1, 2]' });
        await http.request({ method: 'PUT', path: '/x', body: Buffer.from('[3]') });
        server.received
            .map(({ body, headers }) => [body, headers['content-length']])
            .should.deepEqual([
                ['[1, 2]', '6'],
                ['[3]', '3'],
            ]);
    });

    it('sends no content type without a body, and a POST without a body has length 0', async () => {
        await start(() => ({ status: 204 }));
        const answer = await http.request({ method: 'POST', path: '/x', expect: 'nothing' });
        should(answer.status).equal(204);
        const { headers = {} } = server.received[0] ?? {};
        should(headers['content-type']).be.undefined();
        should(headers['content-length']).equal('0');
    });

    it('does not let headers of a request replace the credentials', async () => {
        await start(() => ({ body: {} }));
        await http.request({ method: 'GET', path: '/x', headers: { Authorization: 'Bearer other', 'X-Include': 'totalCount' } });
        const { headers = {} } = server.received[0] ?? {};
        should(headers.authorization).equal('Basic c2VjcmV0');
        should(headers['x-include']).equal('totalCount');
    });

    it('keeps connections open between requests', async () => {
        await start(() => ({ body: {} }));
        await http.request({ method: 'GET', path: '/x' });
        await http.request({ method: 'GET', path: '/x' });
        server.connections().should.equal(1);
    });

    it('opens a connection of its own for a request that must not be repeated', async () => {
        await start(() => ({ body: {} }));
        await http.request({ method: 'GET', path: '/x' });
        await http.request({ method: 'POST', path: '/x', body: {} });
        server.connections().should.equal(2);
    });

    it('reads plain text, and an empty body as nothing', async () => {
        await start((_, count) => (count === 1 ? { body: '42525', headers: { 'content-type': 'text/plain' } } : { status: 200 }));
        (await http.request<string>({ method: 'GET', path: '/count', expect: 'text' })).body.should.equal('42525');
        should((await http.request({ method: 'GET', path: '/x' })).body).be.undefined();
    });

    it('never takes a web page for data, whatever was expected', async () => {
        await start(() => ({ body: '<html><body>Sign in</body></html>' }));
        for (const expect of ['json', 'text', 'nothing'] as const) {
            (await failureOf(http.request({ method: 'GET', path: '/x', expect }))).code.should.equal('htmlAnswer');
        }
        (await failureOf(http.request({ method: 'GET', path: '/x', accept: [200] }))).code.should.equal('htmlAnswer');
    });

    it('says so when an answer is no JSON', async () => {
        await start(() => ({ body: '{"data": [', headers: { 'content-type': 'application/json' } }));
        (await failureOf(http.request({ method: 'GET', path: '/x' }))).code.should.equal('badAnswer');
    });

    it('returns a status that the caller accepts', async () => {
        await start(() => ({ status: 404, body: { errorCode: 'contacts:contactNotFound' } }));
        const { status } = await http.request({ method: 'GET', path: '/x', accept: [404] });
        status.should.equal(404);
    });

    it('does not follow redirects', async () => {
        await start(() => ({ status: 302, headers: { location: '/elsewhere' } }));
        (await failureOf(http.request({ method: 'GET', path: '/x' }))).code.should.equal('redirected');
        server.received.length.should.equal(1);
    });

    it('repeats what is safe to repeat and counts what it sent', async () => {
        await start((_, count) => (count < 3 ? { status: 503, body: {} } : { body: { ok: true } }));
        const answer = await http.request({ method: 'PUT', path: '/contacts/v3/import', body: {} });
        should(answer.body).deepEqual({ ok: true });
        waits.should.deepEqual([1_000, 2_000]);
        http.requests.should.equal(3);
    });

    it('repeats after a connection that was cut', async () => {
        await start((_, count) => (count === 1 ? 'cut' : { body: {} }));
        await http.request({ method: 'GET', path: '/x' });
        waits.should.deepEqual([1_000]);
    });

    it('does not repeat a send', async () => {
        await start(() => ({ status: 503, body: {} }));
        (await failureOf(http.request({ method: 'POST', path: '/x', body: {} }))).code.should.equal('serviceUnavailable');
        server.received.length.should.equal(1);
    });

    it('gives up at last', async () => {
        await start(() => ({ status: 500, body: {} }));
        const failure = await failureOf(http.request({ method: 'GET', path: '/x' }));
        [failure.code, failure.status, failure.retryable].should.deepEqual(['serviceUnavailable', 500, true]);
        server.received.length.should.equal(6);
    });

    it('never repeats what was refused', async () => {
        await start(() => ({ status: 401, body: {} }));
        (await failureOf(http.request({ method: 'GET', path: '/x' }))).code.should.equal('unauthorised');
        server.received.length.should.equal(1);
    });

    it('tries once more with other credentials after a 401, and only once', async () => {
        const failed: string[] = [];
        let token = 0;
        await start(() => ({ status: 401, body: {} }), {
            authorise: async () => ({ authorization: `Bearer ${++token}` }),
            onUnauthorised: async ({ authorization = '' }) => failed.push(authorization) > 0,
        });
        (await failureOf(http.request({ method: 'GET', path: '/x' }))).code.should.equal('unauthorised');
        server.received.map(({ headers }) => headers.authorization).should.deepEqual(['Bearer 1', 'Bearer 2']);
        failed.should.deepEqual(['Bearer 1']);
    });

    it('lets the service explain its failures', async () => {
        await start(() => ({ status: 400, body: { message: 'No. ERROR_X' } }), {
            explain: (failure, { path }) => Object.assign(failure, { code: `explained ${failure.details['reason']} ${path}` }),
        });
        (await failureOf(http.request({ method: 'GET', path: '/x' }))).code.should.equal('explained ERROR_X /x');
    });

    it('waits for the window of a rate limit and tells why and until when', async () => {
        const told: (Wait | null)[] = [];
        await start(
            (_, count) => (count === 1 ? { status: 429, body: {}, headers: { 'x-ratelimit-reset': '35' } } : { body: {} }),
            {
                now: () => 1_000_000,
            },
        );
        http.onWait = (wait) => told.push(wait);
        await http.request({ method: 'POST', path: '/x', body: {} });
        told.should.deepEqual([{ reason: 'rateLimited', until: 1_035_000 }, null]);
    });

    it('waits before it would be refused', async () => {
        let now = 1_000_000;
        const limit = { 'x-ratelimit-limit': '2', 'x-ratelimit-scope': 'lowCallRate', 'x-ratelimit-reset': '20' };
        await start((_, count) => ({ body: {}, headers: { ...limit, 'x-ratelimit-remaining': String(count % 2) } }), {
            now: () => now,
            sleep: async (milliseconds) => {
                waits.push(milliseconds);
                now += milliseconds;
            },
        });
        for (let call = 0; call < 5; call += 1) {
            await http.request({ method: 'GET', path: '/x', scope: 'import' });
        }
        waits.should.deepEqual([20_000, 20_000]);
        server.received.length.should.equal(5);
    });

    it('does not count calls that were never sent', async () => {
        let signedIn = true;
        const limit = { 'x-ratelimit-limit': '2', 'x-ratelimit-reset': '20', 'x-ratelimit-remaining': '1' };
        await start(() => ({ body: {}, headers: limit }), {
            now: () => 1_000_000,
            authorise: async () => {
                if (!signedIn) {
                    throw new ServiceError('oro', 'oroCredentials', 'refused');
                }
                return {};
            },
        });
        await http.request({ method: 'GET', path: '/x' });
        signedIn = false;
        for (let call = 0; call < 5; call += 1) {
            await failureOf(http.request({ method: 'GET', path: '/x' }));
        }
        signedIn = true;
        await http.request({ method: 'GET', path: '/x' });
        waits.should.deepEqual([]);
    });

    it('leaves it to the caller when too many imports are going on', async () => {
        await start(() => ({ status: 429, body: { errorCode: 'contacts:tooManyActiveImports' } }));
        (await failureOf(http.request({ method: 'PUT', path: '/x', body: {} }))).code.should.equal('tooManyActiveImports');
        server.received.length.should.equal(1);
    });

    it('refuses a path that does not start with a slash', async () => {
        await start(() => ({ body: {} }));
        const error = await http.request({ method: 'GET', path: '.example.com/x' }).catch((failure: unknown) => failure);
        should((error as PackageError).code).equal('settingsInvalid');
        should(error instanceof PackageError).be.true();
        server.received.length.should.equal(0);
    });
});
