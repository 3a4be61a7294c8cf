import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import should from 'should';
import { createHttp, type Http, type TlsSettings } from '../../src/http/http';
import { CERTIFICATE, EXPIRED_CERTIFICATE, PRIVATE_KEY } from './certificates';
import { failureOf } from './failing';
import { type Listening, listening } from './listening';

describe('A secure connection', () => {
    let server: Listening;
    let client: Http | undefined;

    function open(tls?: TlsSettings, baseUrl = server.url): Http {
        client = createHttp({
            service: 'oro',
            baseUrl,
            timeout: 5_000,
            authorise: async () => ({ authorization: 'Bearer t' }),
            tls,
        });
        return client;
    }

    async function serve(certificate: string): Promise<void> {
        server = await listening(() => ({ body: { ok: true } }), https.createServer({ key: PRIVATE_KEY, cert: certificate }));
    }

    afterEach(async () => {
        client?.close();
        await server.close();
    });

    it('is made when the authority is given and the certificate is for the host', async () => {
        await serve(CERTIFICATE);
        const { body } = await open({ ca: CERTIFICATE, servername: 'shop.example' }).request({ method: 'GET', path: '/x' });
        (body as object).should.deepEqual({ ok: true });
    });

    it('is refused for a certificate of an unknown authority', async () => {
        await serve(CERTIFICATE);
        const failure = await failureOf(open().request({ method: 'GET', path: '/x' }));
        failure.code.should.equal('certificate');
        failure.message.should.containEql('self-signed');
        server.received.length.should.equal(0);
    });

    it('is refused for a certificate of another host', async () => {
        await serve(CERTIFICATE);
        const failure = await failureOf(open({ ca: CERTIFICATE }).request({ method: 'GET', path: '/x' }));
        failure.code.should.equal('certificate');
        failure.message.should.containEql('another host name');
    });

    it('is refused for a certificate that has expired', async () => {
        await serve(EXPIRED_CERTIFICATE);
        const failure = await failureOf(
            open({ ca: EXPIRED_CERTIFICATE, servername: 'shop.example' }).request({ method: 'GET', path: '/x' }),
        );
        failure.code.should.equal('certificate');
        failure.message.should.containEql('expired');
    });

    it('is refused where nothing speaks TLS', async () => {
        server = await listening(() => ({ body: {} }));
        const failure = await failureOf(
            open(undefined, server.url.replace('http:', 'https:')).request({ method: 'GET', path: '/x' }),
        );
        failure.code.should.equal('certificate');
        failure.message.should.containEql('does not speak TLS');
    });
});

describe('A proxy in the environment', () => {
    let target: Listening;
    let proxy: http.Server;
    let tunnels: Duplex[];
    let connects: { to: string; authorization: string | undefined }[];
    const before = { ...process.env };

    beforeEach(async () => {
        connects = [];
        tunnels = [];
        target = await listening(() => ({ body: { ok: true } }), https.createServer({ key: PRIVATE_KEY, cert: CERTIFICATE }));
        proxy = http.createServer();
        proxy.on('connect', (request, socket) => {
            tunnels.push(socket);
            connects.push({ to: request.url ?? '', authorization: request.headers['proxy-authorization'] });
            const through = net.connect(Number(new URL(target.url).port), '127.0.0.1', () => {
                socket.write('HTTP/1.1 200 OK\r\n\r\n');
                through.pipe(socket).pipe(through);
            });
            through.on('error', () => socket.destroy());
            socket.on('error', () => through.destroy());
        });
        await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
        const { port } = proxy.address() as net.AddressInfo;
        process.env['HTTPS_PROXY'] = `http://user:word@127.0.0.1:${port}`;
        process.env['HTTP_PROXY'] = process.env['HTTPS_PROXY'];
        delete process.env['NO_PROXY'];
        delete process.env['no_proxy'];
    });

    afterEach(async () => {
        for (const name of ['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY', 'no_proxy']) {
            delete process.env[name];
            Object.assign(process.env, before[name] === undefined ? {} : { [name]: before[name] });
        }
        await target.close();
        for (const tunnel of tunnels) {
            tunnel.destroy();
        }
        await new Promise((resolve) => {
            proxy.close(resolve);
            proxy.closeAllConnections();
        });
    });

    function open(baseUrl: string, tls?: TlsSettings): Http {
        return createHttp({
            service: 'oro',
            baseUrl,
            timeout: 5_000,
            authorise: async () => ({ authorization: 'Bearer t' }),
            tls,
        });
    }

    it('is asked for a tunnel, so that it sees neither addresses nor credentials', async () => {
        const client = open('https://shop.example', { ca: CERTIFICATE });
        const { body } = await client.request({ method: 'GET', path: '/x' });
        client.close();
        (body as object).should.deepEqual({ ok: true });
        connects.should.deepEqual([
            { to: 'shop.example:443', authorization: `Basic ${Buffer.from('user:word').toString('base64')}` },
        ]);
        should(target.received[0]?.url).equal('/x');
        (target.received[0]?.headers['proxy-authorization'] === undefined).should.be.true();
    });

    it('does not weaken the check of certificates', async () => {
        const client = open('https://shop.example');
        (await failureOf(client.request({ method: 'GET', path: '/x' }))).code.should.equal('certificate');
        client.close();
        target.received.length.should.equal(0);
    });

    it('is left out for hosts in NO_PROXY', async () => {
        process.env['NO_PROXY'] = 'shop.invalid';
        const client = open('https://shop.invalid', { ca: CERTIFICATE });
        await failureOf(client.request({ method: 'GET', path: '/x', signal: AbortSignal.timeout(2_000) }));
        client.close();
        connects.should.deepEqual([]);
    });

    it('is left out for this machine', async () => {
        const client = open(target.url, { ca: CERTIFICATE, servername: 'shop.example' });
        await client.request({ method: 'GET', path: '/x' });
        client.close();
        connects.should.deepEqual([]);
    });
});
