import should from 'should';
import { contactCount } from '../../src/dotdigital/account';
import { connectDotdigital } from '../../src/dotdigital/client';
import { PackageError } from '../../src/http/errors';
import { failureOf } from '../http/failing';
import { type Answer, listening } from '../http/listening';
import { standIn } from './stand-in';

async function connecting(answer: Answer) {
    const server = await listening(() => answer);
    const connection = connectDotdigital({
        url: server.url,
        user: 'user',
        password: 'secret',
        retry: { firstWait: 0, attempts: 1 },
    });
    return { failure: await failureOf(connection), close: () => server.close() };
}

describe('A connection to Dotdigital', () => {
    it('reads the account', async () => {
        const { dotdigital, url, received, close } = await standIn(() => ({
            body: '42525',
            headers: { 'content-type': 'text/plain' },
        }));
        dotdigital.account.should.deepEqual({
            id: '7',
            name: 'Demo',
            endpoint: 'https://r2-api.dotdigital.com/',
            region: 'r2',
            locale: 'en-GB',
            callsRemaining: 1985,
        });
        dotdigital.url.should.equal(url);
        should(received[0]?.headers.authorization).equal(`Basic ${Buffer.from('api user:pässword').toString('base64')}`);
        (await contactCount(dotdigital)).should.equal(42_525);
        dotdigital.requests.should.equal(2);
        await close();
    });

    it('says that user or password is wrong', async () => {
        const { failure, close } = await connecting({
            status: 401,
            body: { message: 'Authorization has been denied for this request.' },
        });
        failure.code.should.equal('dotdigitalCredentials');
        failure.message.should.not.containEql('secret');
        await close();
    });

    it('says so also when the refusal is a web page', async () => {
        const { failure, close } = await connecting({
            status: 401,
            body: '<html>Unauthorized</html>',
            headers: { 'www-authenticate': 'Basic' },
        });
        failure.code.should.equal('dotdigitalCredentials');
        await close();
    });

    it('says that the region or a right is wrong', async () => {
        const { failure, close } = await connecting({ status: 403, body: '<html>Forbidden: Access is denied</html>' });
        [failure.code, failure.status].should.deepEqual(['wrongRegionOrRight', 403]);
        await close();
    });

    it('says that something else answers', async () => {
        const { failure, close } = await connecting({ body: [] });
        failure.code.should.equal('badAnswer');
        await close();
    });

    it('needs https', async () => {
        const error = await connectDotdigital({ url: 'http://r1-api.dotdigital.com', user: 'u', password: 'p' }).catch(
            (failure: unknown) => failure,
        );
        should(error).be.instanceOf(PackageError);
        const { code, details } = error as PackageError;
        [code, details['property']].should.deepEqual(['insecureUrl', 'dotdigitalUrl']);
    });
});
