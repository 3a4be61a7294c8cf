import 'should';
import { createHttp, type Http, type HttpOptions } from '../../src/http/http';
import { failureOf } from './failing';
import { type Answering, type Listening, listening } from './listening';

describe('A request that is given up', () => {
    let server: Listening;
    let http: Http;

    async function start(answering: Answering, options: Partial<HttpOptions> = {}): Promise<void> {
        server = await listening(answering);
        http = createHttp({ service: 'oro', baseUrl: server.url, timeout: 60_000, authorise: async () => ({}), ...options });
    }

    afterEach(async () => {
        http.close();
        await server.close();
    });

    it('is not sent when its signal was aborted before', async () => {
        await start(() => ({ body: {} }));
        (await failureOf(http.request({ method: 'GET', path: '/x', signal: AbortSignal.abort() }))).code.should.equal('aborted');
        server.received.length.should.equal(0);
    });

    it('ends while the service thinks', async () => {
        const stop = new AbortController();
        await start(() => {
            stop.abort();
            return 'hang';
        });
        const failure = await failureOf(http.request({ method: 'GET', path: '/x', signal: stop.signal }));
        [failure.code, failure.retryable].should.deepEqual(['aborted', false]);
    });

    it('ends while it waits for another try', async () => {
        const stop = new AbortController();
        await start(() => ({ status: 503, body: {} }));
        http.onWait = (wait) => wait && stop.abort();
        (await failureOf(http.request({ method: 'GET', path: '/x', signal: stop.signal }))).code.should.equal('aborted');
        server.received.length.should.equal(1);
    });

    it('ends with the client', async () => {
        await start(() => {
            http.close();
            return 'hang';
        });
        (await failureOf(http.request({ method: 'GET', path: '/x' }))).code.should.equal('aborted');
        (await failureOf(http.request({ method: 'GET', path: '/x' }))).code.should.equal('aborted');
        server.received.length.should.equal(1);
    });

    it('has the failure that was waited out when a time limit ends the wait', async () => {
        await start(() => ({ status: 503, body: {} }), { retry: { firstWait: 60_000 } });
        const failure = await failureOf(http.request({ method: 'GET', path: '/x', signal: AbortSignal.timeout(50) }));
        failure.code.should.equal('serviceUnavailable');
    });

    it('is one of many that follow the same signal, without a warning of Node.js', async () => {
        const warnings: string[] = [];
        const listen = ({ name }: Error) => warnings.push(name);
        process.on('warning', listen);
        const stop = new AbortController();
        await start(() => ({ body: {} }));
        await Promise.all(Array.from({ length: 30 }, () => http.request({ method: 'GET', path: '/x', signal: stop.signal })));
        await new Promise((resolve) => setImmediate(resolve));
        process.off('warning', listen);
        warnings.should.deepEqual([]);
    });

    it('is a timeout when the service does not answer in time, and is repeated', async () => {
        await start((_, count) => (count === 1 ? 'hang' : { body: {} }), { timeout: 50, sleep: async () => undefined });
        await http.request({ method: 'GET', path: '/x', timeout: 50 });
        server.received.length.should.equal(2);
    });

    it('is a timeout that is not repeated for a send', async () => {
        await start(() => 'hang', { timeout: 50 });
        (await failureOf(http.request({ method: 'POST', path: '/x', body: {} }))).code.should.equal('timeout');
    });
});
