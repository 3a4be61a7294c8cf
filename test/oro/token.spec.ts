import should from 'should';
import { timeOfUse } from '../../src/oro/token';
import { signedInAs } from '../../src/oro/userprofile';
import { failureOf } from '../http/failing';
import { type StandIn, standIn } from './stand-in';

const PROFILE = { body: { data: { type: 'userprofile', id: '1', attributes: { username: 'admin' } } } };
const UNAUTHORISED = { status: 401, headers: { 'content-type': 'application/vnd.api+json' } };

describe('The token of an OAuth application', () => {
    let shop: StandIn;
    afterEach(() => shop.close());

    it('is asked for with a form and sent with each request', async () => {
        shop = await standIn(() => PROFILE);
        await signedInAs(shop.oro);
        await signedInAs(shop.oro);
        shop.tokens.length.should.equal(1);
        should(shop.tokens[0]?.headers['content-type']).equal('application/x-www-form-urlencoded');
        should(shop.tokens[0]?.body).equal('grant_type=client_credentials&client_id=client&client_secret=s%26cret');
        shop.calls.map(({ headers }) => headers.authorization).should.deepEqual(['Bearer token-1', 'Bearer token-1']);
        shop.oro.requests.should.equal(3);
    });

    it('is asked for once by requests that start together', async () => {
        shop = await standIn(() => PROFILE);
        await Promise.all([1, 2, 3, 4, 5].map(() => signedInAs(shop.oro)));
        shop.tokens.length.should.equal(1);
    });

    it('is renewed when its time is over', async () => {
        shop = await standIn(
            () => PROFILE,
            {},
            (count) => ({ body: { expires_in: 0.000_001, access_token: `token-${count}` } }),
        );
        await signedInAs(shop.oro);
        await new Promise((resolve) => setTimeout(resolve, 2));
        await signedInAs(shop.oro);
        shop.calls.map(({ headers }) => headers.authorization).should.deepEqual(['Bearer token-1', 'Bearer token-2']);
    });

    it('is renewed 30 seconds before it ends, a short one after half of its life', async () => {
        shop = await standIn(() => PROFILE);
        [3_600, 90, 40].map(timeOfUse).should.deepEqual([3_570_000, 60_000, 20_000]);
    });

    it('is replaced when it is refused, and the request repeated', async () => {
        shop = await standIn(({ headers }) => (headers.authorization === 'Bearer token-1' ? UNAUTHORISED : PROFILE));
        (await signedInAs(shop.oro)).userName.should.equal('admin');
        shop.tokens.length.should.equal(2);
    });

    it('is replaced once when several requests are refused with it', async () => {
        shop = await standIn(({ headers }) => (headers.authorization === 'Bearer token-1' ? UNAUTHORISED : PROFILE));
        await Promise.all([1, 2, 3].map(() => signedInAs(shop.oro)));
        shop.tokens.length.should.equal(2);
    });

    it('is one of a storefront application when a fresh one is refused too', async () => {
        shop = await standIn(() => UNAUTHORISED);
        const failure = await failureOf(signedInAs(shop.oro));
        failure.code.should.equal('storefrontApplication');
        failure.retryable.should.be.false();
        shop.calls.length.should.equal(2);
    });

    it('is not asked for again when the credentials are refused', async () => {
        const refusal = { error: 'invalid_client', error_description: 'Client authentication failed' };
        shop = await standIn(
            () => PROFILE,
            {},
            () => ({ status: 401, body: refusal }),
        );
        const failure = await failureOf(signedInAs(shop.oro));
        failure.code.should.equal('oroCredentials');
        failure.message.should.match(/secret/).and.match(/Web API/);
        failure.message.should.not.containEql('s&cret');
        shop.tokens.length.should.equal(1);
        shop.calls.length.should.equal(0);
    });

    it('cannot be had with an unfit application', async () => {
        shop = await standIn(
            () => PROFILE,
            {},
            () => ({ status: 400, body: { error: 'unsupported_grant_type' } }),
        );
        (await failureOf(signedInAs(shop.oro))).code.should.equal('oroApplicationInvalid');
    });

    it('cannot be had behind a password of the web server', async () => {
        shop = await standIn(
            () => PROFILE,
            {},
            () => ({ status: 401, body: '<html>', headers: { 'www-authenticate': 'Basic' } }),
        );
        (await failureOf(signedInAs(shop.oro))).code.should.equal('stagingPassword');
    });

    it('cannot be had from something that is no OroCommerce', async () => {
        shop = await standIn(
            () => PROFILE,
            {},
            () => ({ body: { hello: 'world' } }),
        );
        (await failureOf(signedInAs(shop.oro))).code.should.equal('badAnswer');
    });

    it('is waited out while the shop is in maintenance', async () => {
        shop = await standIn(
            () => PROFILE,
            {},
            (count) => (count < 3 ? { status: 503, body: '<!DOCTYPE html>' } : { body: { access_token: 'token-late' } }),
        );
        await signedInAs(shop.oro);
        should(shop.calls[0]?.headers.authorization).equal('Bearer token-late');
    });

    it('does not fail for others when the request that asked for it is stopped', async () => {
        const stop = new AbortController();
        shop = await standIn(
            () => PROFILE,
            {},
            (count) => {
                stop.abort();
                return { body: { access_token: `token-${count}` } };
            },
        );
        const stopped = failureOf(signedInAs(shop.oro, stop.signal));
        const other = signedInAs(shop.oro);
        (await stopped).code.should.equal('aborted');
        (await other).userName.should.equal('admin');
        shop.tokens.length.should.equal(1);
    });
});
