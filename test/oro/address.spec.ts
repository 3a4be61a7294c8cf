import 'should';
import { PackageError } from '../../src/http/errors';
import { oroAddress } from '../../src/oro/address';

describe('The address of an OroCommerce', () => {
    const cases: [string, string, string, string][] = [
        ['https://shop.example.com', 'admin', 'https://shop.example.com', 'admin'],
        ['https://shop.example.com/', '', 'https://shop.example.com', 'admin'],
        [' https://shop.example.com/admin/ ', 'admin', 'https://shop.example.com', 'admin'],
        ['https://shop.example.com/admin/user/login?lang=de#top', 'admin', 'https://shop.example.com', 'admin'],
        ['https://shop.example.com/office/api', '/office/', 'https://shop.example.com', 'office'],
        ['https://example.com/shops/one/', 'admin', 'https://example.com/shops/one', 'admin'],
        ['https://example.com/shops/one/admin/customer', 'admin', 'https://example.com/shops/one', 'admin'],
        ['https://example.com/administration', 'admin', 'https://example.com/administration', 'admin'],
        ['https://example.com/back/office/customer', 'back/office', 'https://example.com', 'back/office'],
    ];
    for (const [pasted, prefix, url, adminPrefix] of cases) {
        it(`may be pasted as "${pasted}" with the admin path "${prefix}"`, () => {
            oroAddress(pasted, prefix).should.deepEqual({ url, adminPrefix });
        });
    }

    it('is refused by its name when it cannot be used', () => {
        (() => oroAddress('http://shop.example.com', 'admin')).should.throw(PackageError, { code: 'insecureUrl' });
        (() => oroAddress('shop', 'admin')).should.throw(PackageError, {
            code: 'settingsInvalid',
            details: { property: 'oroUrl' },
        });
        (() => oroAddress('https://shop.example.com', 'a b')).should.throw(PackageError, {
            code: 'settingsInvalid',
            details: { property: 'oroAdminPrefix' },
        });
    });
});
