import fc from 'fast-check';
import should from 'should';
import { mobileNumber } from '../../src/sync/phone';

describe('A mobile number', () => {
    it('is the digits of an international number', () => {
        should(mobileNumber('+44 7123 123123')).equal('447123123123');
        should(mobileNumber('0049 (171) 12.34-567')).equal('491711234567');
        should(mobileNumber(' +1/212/555-0100 ')).equal('12125550100');
    });

    it('is not guessed where the country code is missing', () => {
        for (const number of ['030 1234567', '0171 1234567', '7123 123123', '447123123123']) {
            should(mobileNumber(number)).be.null();
        }
    });

    it('is nothing else', () => {
        for (const text of ['', 'call me', '+', '+0171 1234567', '+49', '+49 171 1234 567 890 123', '+49 171 CALL-ME']) {
            should(mobileNumber(text)).be.null();
        }
    });

    it('is never anything but 7 to 15 digits', () => {
        fc.assert(
            fc.property(fc.oneof(fc.string(), fc.stringMatching(/^(\+|00)?[\d ().-]{0,20}$/)), (text) => {
                should(mobileNumber(text) ?? '1234567').match(/^[1-9]\d{6,14}$/);
            }),
        );
    });
});
