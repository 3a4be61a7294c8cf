import 'should';
import { PackageError } from '../../src/http/errors';
import { checkedUrl } from '../../src/http/http';

function refusal(value: string): PackageError {
    try {
        checkedUrl('oroUrl', value);
    } catch (error) {
        if (error instanceof PackageError) {
            return error;
        }
    }
    throw new Error(`${value} was accepted`);
}

describe('The address of a service', () => {
    it('is taken with https', () => {
        checkedUrl('oroUrl', 'https://shop.example.com/de').href.should.equal('https://shop.example.com/de');
    });

    for (const address of ['http://localhost:8080', 'http://127.0.0.1', 'http://127.9.9.9:1', 'http://[::1]:8080']) {
        it(`is taken without encryption on this machine: ${address}`, () => {
            checkedUrl('oroUrl', address).protocol.should.equal('http:');
        });
    }

    for (const address of [
        'http://shop.example.com',
        'http://10.0.0.1',
        'http://localhost.example.com',
        'http://127.0.0.1.example.com',
    ]) {
        it(`is refused without encryption elsewhere: ${address}`, () => {
            const { code, details, message } = refusal(address);
            code.should.equal('insecureUrl');
            details.should.deepEqual({ property: 'oroUrl' });
            message.should.containEql('Use https://');
        });
    }

    for (const address of [
        '',
        'shop.example.com',
        'ftp://shop.example.com',
        'https://',
        'https://me:secret@shop.example.com',
        'https://shop.example.com/?a=1',
    ]) {
        it(`is refused when it is something else: "${address}"`, () => {
            const { code, details, message } = refusal(address);
            code.should.equal('settingsInvalid');
            details.should.deepEqual({ property: 'oroUrl' });
            message.should.not.containEql('secret');
        });
    }
});
