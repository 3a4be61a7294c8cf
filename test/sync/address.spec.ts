import fc from 'fast-check';
import should from 'should';
import { addressHash, isAddress, normalAddress } from '../../src/sync/address';

const SECRET = Buffer.from('a secret of the tests');

describe('An e-mail address', () => {
    it('is the same whatever its capitals and the blanks around it', () => {
        should(normalAddress(' Max.Muster@Example.COM \t')).equal('max.muster@example.com');
    });

    it('is missing where Oro has none', () => {
        for (const value of [null, undefined, '', '   ', 42, {}]) should(normalAddress(value)).be.null();
    });

    it('may hold what people really have in theirs', () => {
        for (const address of [
            'a@b.de',
            'max+shop@example.com',
            "o'neil@example.com",
            'a%b/c@example.com',
            '"max muster"@example.com',
            'max@sub.sub.example.co.uk',
            'max@müller.de',
        ]) {
            isAddress(address).should.equal(true, address);
        }
    });

    it('is told from what is none', () => {
        for (const text of [
            'max at example.com',
            'max@@example.com',
            'max@',
            '@example.com',
            'max@example',
            'max muster@example.com',
            'max@-example.com',
            'max@example.com, moritz@example.com',
            `${'m'.repeat(250)}@example.com`,
        ]) {
            isAddress(text).should.equal(false, text);
        }
    });

    it('keeps its normal form', () => {
        fc.assert(
            fc.property(fc.string({ unit: 'grapheme' }), (text) => {
                const normal = normalAddress(text);
                should(normal === null ? null : normalAddress(normal)).equal(normal);
            }),
        );
    });

    it('is recognised whatever its spelling', () => {
        const blanks = fc.constantFrom('', ' ', '\t', '\n', '  ');
        fc.assert(
            fc.property(fc.emailAddress(), blanks, blanks, (email, before, after) => {
                const normal = normalAddress(email);
                should(normalAddress(before + email.toUpperCase() + after)).equal(normal);
                isAddress(normal ?? '').should.be.true();
            }),
        );
    });
});

describe('The hash of an address', () => {
    it('is the same for one address and another for another', () => {
        addressHash(SECRET, 'max@example.com').should.equal(addressHash(SECRET, 'max@example.com'));
        addressHash(SECRET, 'max@example.com').should.not.equal(addressHash(SECRET, 'max@example.org'));
    });

    it('cannot be made without the secret of the memory', () => {
        const other = Buffer.from('another secret');
        addressHash(SECRET, 'max@example.com').should.not.equal(addressHash(other, 'max@example.com'));
    });

    it('does not show the address', () => {
        fc.assert(
            fc.property(fc.emailAddress(), (email) => {
                const hash = addressHash(SECRET, email);
                hash.should.match(/^[\w-]{20}$/);
            }),
        );
    });
});
