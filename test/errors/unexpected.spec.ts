import 'should';
import { PackageError } from '../../src/http/errors';
import { packageError } from '../../src/runtime/unexpected';

describe('A failure that nobody thought of', () => {
    it('says what kind it is and where it came from, and nothing of what it says itself', () => {
        const failure = packageError(new TypeError('Max Muster <max@example.com> is not iterable'));
        failure.code.should.equal('unexpected');
        failure.message.should.match(/did not expect: TypeError in unexpected\.spec\.js:\d+\./);
        failure.message.should.not.match(/Max|Muster|example/);
    });

    it('says what kind it is where it is no error at all', () => {
        packageError('max@example.com').message.should.match(/did not expect: string\./);
    });

    it('is none when it has a code already', () => {
        const known = new PackageError('timeout', 'too late');
        packageError(known).should.equal(known);
    });
});
