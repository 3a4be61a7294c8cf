import 'should';
import { networkFailure } from '../../src/http/network-failure';

const coded = (code: string, message = '') => Object.assign(new Error(message), { code });

describe('A failure of the network', () => {
    const cases: [string, string, boolean][] = [
        ['ENOTFOUND', 'hostNotFound', false],
        ['EAI_AGAIN', 'hostNotFound', true],
        ['ECONNREFUSED', 'connectionRefused', true],
        ['EHOSTUNREACH', 'connectionRefused', true],
        ['ECONNRESET', 'connectionReset', true],
        ['EPIPE', 'connectionReset', true],
        ['ETIMEDOUT', 'timeout', true],
        ['ERR_CANCELED', 'aborted', false],
        ['DEPTH_ZERO_SELF_SIGNED_CERT', 'certificate', false],
        ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'certificate', false],
        ['CERT_HAS_EXPIRED', 'certificate', false],
        ['ERR_TLS_CERT_ALTNAME_INVALID', 'certificate', false],
        ['ERR_SSL_WRONG_VERSION_NUMBER', 'certificate', false],
        ['EPROTO', 'certificate', false],
        ['HPE_INVALID_CONSTANT', 'badAnswer', false],
        ['ERR_FR_MAX_BODY_LENGTH_EXCEEDED', 'refused', false],
        ['SOMETHING_NEW', 'connectionReset', true],
    ];
    for (const [code, expected, retryable] of cases) {
        it(`is ${expected} for ${code}`, () => {
            const failure = networkFailure('oro', coded(code));
            [failure.code, failure.retryable, failure.service].should.deepEqual([expected, retryable, 'oro']);
        });
    }

    it('is recognised through the errors that hold it', () => {
        networkFailure('oro', { code: 'ERR_NETWORK', cause: coded('ECONNREFUSED') }).code.should.equal('connectionRefused');
        networkFailure('oro', new AggregateError([coded('ENOTFOUND'), coded('ECONNREFUSED')])).code.should.equal('hostNotFound');
    });

    it('is no failure of the network when axios refuses what is too big', () => {
        networkFailure('oro', coded('ERR_BAD_REQUEST', 'Request body larger than maxBodyLength limit')).code.should.equal(
            'refused',
        );
        networkFailure('oro', coded('ERR_BAD_RESPONSE', 'maxContentLength size of 1 exceeded')).code.should.equal('badAnswer');
        networkFailure('oro', coded('ERR_BAD_RESPONSE', 'stream has been aborted')).code.should.equal('connectionReset');
    });

    it('says what is wrong with a certificate and where to give the authority', () => {
        const { message } = networkFailure('oro', coded('DEPTH_ZERO_SELF_SIGNED_CERT'));
        message.should.equal(
            'No secure connection to OroCommerce: its certificate is self-signed. Give the certificate authority in the TLS settings of the connection.',
        );
        networkFailure('oro', coded('CERT_HAS_EXPIRED')).message.should.containEql('expired');
        networkFailure('oro', coded('ERR_TLS_CERT_ALTNAME_INVALID')).message.should.containEql('another host name');
    });

    it('carries nothing of the error that it was made from', () => {
        const error = Object.assign(coded('ECONNRESET', 'socket hang up of https://shop.example/?secret=1'), {
            config: { headers: { authorization: 'Basic c2VjcmV0' } },
        });
        const failure = networkFailure('dotdigital', error);
        const shown = JSON.stringify([failure, failure.message, failure.stack, Object.getOwnPropertyNames(failure)]);
        shown.should.not.match(/secret|c2VjcmV0|shop\.example|"cause"/);
        failure.details.should.deepEqual({ reason: 'ECONNRESET' });
    });
});
