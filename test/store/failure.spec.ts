import 'should';
import { PackageError } from '../../src/http/errors';
import { storeError } from '../../src/store/failure';

/** A failure as the database reports it: what went wrong is in the cause. */
function levelFailure(code: string, message: string): Error {
    return Object.assign(new Error('Database failed', { cause: Object.assign(new Error(message), { code }) }), {
        code: 'LEVEL_X',
    });
}

describe('A failure of the memory', () => {
    for (const [code, message, expected] of [
        ['LEVEL_LOCKED', 'IO error: lock /m/LOCK: already held by process', 'storeLocked'],
        ['', 'IO error: lock /m/LOCK: Resource temporarily unavailable', 'storeLocked'],
        ['LEVEL_CORRUPTION', 'Corruption: bad record', 'storeDamaged'],
        ['LEVEL_IO_ERROR', 'IO error: /m/000005.log: No space left on device', 'storeFull'],
        ['LEVEL_IO_ERROR', 'IO error: /m/000005.log: Disk quota exceeded', 'storeFull'],
        ['EACCES', "EACCES: permission denied, mkdir '/m'", 'storeReadOnly'],
        ['LEVEL_IO_ERROR', 'IO error: /m/LOCK: Read-only file system', 'storeReadOnly'],
        ['LEVEL_IO_ERROR', 'IO error: something else', 'storeUnavailable'],
    ] as const) {
        it(`${expected}: ${message}`, () => {
            const failure = storeError(levelFailure(code, message), '/m');
            failure.code.should.equal(expected);
            failure.message.should.match(/memory|"\/m"/i);
        });
    }

    it('stays what it is when it has a code already', () => {
        const known = new PackageError('storeNewer', 'newer');
        storeError(known, '/m').should.equal(known);
    });
});
