import should from 'should';
import { ServiceError } from '../../src/http/errors';
import { type FailedAttempt, RETRY_RULES, retryWait } from '../../src/http/retry';

const NOW = Date.parse('2026-11-23T10:00:00Z');

function attempt(code: string, parts: Partial<FailedAttempt> & { reason?: string; retryable?: boolean } = {}): FailedAttempt {
    const { reason, retryable = true, ...rest } = parts;
    const failure = new ServiceError('dotdigital', code, 'failed', {
        retryable,
        details: reason === undefined ? {} : { reason },
    });
    return { attempt: 1, failure, headers: {}, repeatable: true, waited: 0, now: NOW, random: 1, ...rest };
}

describe('The decision to try again', () => {
    it('doubles the wait with each failure of the service, up to a minute', () => {
        const waits = [1, 2, 3, 4, 5].map((count) => retryWait(attempt('serviceUnavailable', { attempt: count })));
        waits.should.deepEqual([1_000, 2_000, 4_000, 8_000, 16_000]);
        should(retryWait(attempt('maintenance', { attempt: 9 }))).equal(60_000);
    });

    it('spreads the waits of many clients over the upper half', () => {
        should(retryWait(attempt('serviceUnavailable', { attempt: 3, random: 0 }))).equal(2_000);
        should(retryWait(attempt('serviceUnavailable', { attempt: 3, random: 0.5 }))).equal(3_000);
    });

    it('gives up after the sixth failure of the network', () => {
        should(retryWait(attempt('connectionReset', { attempt: 6 }))).be.null();
    });

    it('waits until the window of the rate limit ends', () => {
        const headers = { 'x-ratelimit-reset': '35' };
        should(retryWait(attempt('rateLimited', { headers }))).equal(35_000);
    });

    it('does not count rate limits as attempts', () => {
        should(retryWait(attempt('rateLimited', { attempt: 40, headers: { 'x-ratelimit-reset': '5' } }))).equal(5_000);
    });

    it('waits minutes when the calls of an hour are used up', () => {
        const waits = [1, 2, 3].map((count) =>
            retryWait(attempt('rateLimited', { attempt: count, reason: 'ERROR_APIUSAGE_EXCEEDED' })),
        );
        waits.should.deepEqual([60_000, 120_000, 240_000]);
    });

    it('gives up when the waits together would pass the deadline of 15 minutes', () => {
        const headers = { 'x-ratelimit-reset': '60' };
        should(retryWait(attempt('rateLimited', { headers, waited: 840_000 }))).equal(60_000);
        should(retryWait(attempt('rateLimited', { headers, waited: 840_001 }))).be.null();
    });

    for (const code of [
        'refused',
        'unauthorised',
        'forbidden',
        'certificate',
        'badAnswer',
        'tooManyActiveImports',
        'aborted',
        'conflict',
    ]) {
        it(`never repeats ${code}`, () => {
            should(retryWait(attempt(code))).be.null();
        });
    }

    it('does not repeat a host name that does not exist', () => {
        should(retryWait(attempt('hostNotFound', { retryable: false }))).be.null();
    });

    for (const code of ['timeout', 'connectionReset', 'serviceUnavailable', 'maintenance']) {
        it(`does not repeat a send that may have been handled: ${code}`, () => {
            should(retryWait(attempt(code, { repeatable: false }))).be.null();
        });
    }

    for (const code of ['rateLimited', 'connectionRefused', 'hostNotFound']) {
        it(`repeats even a send that cannot have been handled: ${code}`, () => {
            should(retryWait(attempt(code, { repeatable: false }))).equal(1_000);
        });
    }

    it('keeps the documented limits', () => {
        RETRY_RULES.should.deepEqual({
            attempts: 6,
            firstWait: 1_000,
            longestWait: 60_000,
            usageWait: 60_000,
            deadline: 900_000,
        });
    });
});
