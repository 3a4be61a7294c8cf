import should from 'should';
import { answerFailure } from '../../src/http/answer-failure';
import type { Service } from '../../src/http/errors';

const PAGE = '<!DOCTYPE html>\n<html lang="en"><title>Sign in</title></html>';

function failure(service: Service, status: number, body: unknown, headers: Record<string, string> = {}) {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const type = typeof body === 'string' ? 'text/html; charset=UTF-8' : 'application/json';
    return answerFailure(service, { status, headers: { 'content-type': type, ...headers }, body: Buffer.from(text) });
}

describe('An answer', () => {
    it('is no failure when it says yes', () => {
        should(failure('oro', 200, { data: [] })).be.null();
        should(failure('oro', 204, '')).be.null();
        should(failure('dotdigital', 202, { importId: '1' })).be.null();
    });

    const pages: [Service, number, string, boolean][] = [
        ['oro', 200, 'htmlAnswer', false],
        ['oro', 400, 'htmlAnswer', false],
        ['oro', 404, 'htmlAnswer', false],
        ['oro', 401, 'stagingPassword', false],
        ['oro', 503, 'maintenance', true],
        ['oro', 415, 'maintenance', true],
        ['oro', 302, 'redirected', false],
        ['oro', 502, 'serviceUnavailable', true],
        ['dotdigital', 429, 'rateLimited', true],
    ];
    for (const [service, status, code, retryable] of pages) {
        it(`is ${code} when ${service} sends a web page with status ${status}`, () => {
            const found = failure(service, status, PAGE);
            [found?.code, found?.retryable, found?.status].should.deepEqual([code, retryable, status]);
        });
    }

    it('is known as a web page without its content type, and JSON is not one because of it', () => {
        should(failure('oro', 200, PAGE, { 'content-type': 'application/json' })?.code).equal('htmlAnswer');
        should(failure('oro', 200, '{"data":[]}', { 'content-type': 'text/html' })).be.null();
    });

    const statuses: [number, string, boolean][] = [
        [301, 'redirected', false],
        [400, 'refused', false],
        [401, 'unauthorised', false],
        [403, 'forbidden', false],
        [404, 'notFound', false],
        [407, 'refused', false],
        [409, 'conflict', false],
        [412, 'refused', false],
        [422, 'refused', false],
        [429, 'rateLimited', true],
        [500, 'serviceUnavailable', true],
        [503, 'serviceUnavailable', true],
        [504, 'serviceUnavailable', true],
    ];
    for (const [status, code, retryable] of statuses) {
        it(`is ${code} with status ${status}`, () => {
            const found = failure('dotdigital', status, {});
            [found?.code, found?.retryable].should.deepEqual([code, retryable]);
        });
    }

    it('is a password in front of the shop when a web server asks for one of its own', () => {
        should(failure('oro', 401, {}, { 'www-authenticate': 'Basic realm="Staging"' })?.code).equal('stagingPassword');
        should(failure('oro', 401, {}, { 'www-authenticate': 'Bearer' })?.code).equal('unauthorised');
        should(failure('dotdigital', 401, {}, { 'www-authenticate': 'Basic realm="API"' })?.code).equal('unauthorised');
    });

    it('gives the reason of a v2 API by its token', () => {
        const found = failure('dotdigital', 400, { message: 'Field already exists. ERROR_NON_UNIQUE_DATAFIELD' });
        should(found?.details['reason']).equal('ERROR_NON_UNIQUE_DATAFIELD');
    });

    it('gives the reason of a v3 API by its code, with the field and either name of the explanation', () => {
        const found = failure('dotdigital', 400, {
            errorCode: 'contacts:invalidId',
            description: 'd',
            details: [{ item: 'email', error: 'is wrong' }],
        });
        should(found?.details).deepEqual({ reason: 'contacts:invalidId', detail: 'is wrong', parameter: 'email' });
    });

    it('gives the reason of JSON:API, also where Oro leaves the object around it out', () => {
        const error = { title: 'filter constraint', detail: 'The filter is not supported.', source: { parameter: 'filter[x]' } };
        const expected = { reason: 'filter constraint', detail: 'The filter is not supported.', parameter: 'filter[x]' };
        should(failure('oro', 400, { errors: [error] })?.details).deepEqual(expected);
        should(failure('oro', 406, [error])?.details).deepEqual(expected);
    });

    it('gives the reason of OAuth2', () => {
        const found = failure('oro', 400, {
            error: 'invalid_request',
            error_description: 'long',
            hint: 'Check the `client_id` parameter',
        });
        should(found?.details).deepEqual({ reason: 'invalid_request', detail: 'Check the `client_id` parameter' });
    });

    it('never shows an address or a phone number', () => {
        const description = "The id value 'jane.doe+x@emailsim.io' or +447123123123 already exists";
        const found = failure('dotdigital', 409, { errorCode: 'contacts:idAlreadyExists', description });
        should(found?.code).equal('conflict');
        `${found?.message} ${JSON.stringify(found?.details)}`.should.not.match(/jane|emailsim|4471/);
    });

    it('is a rate limit when the calls of an hour are used up, in spite of its status 400', () => {
        const message = 'Your account has generated excess API activity. ERROR_APIUSAGE_EXCEEDED';
        const found = failure('dotdigital', 400, { message });
        [found?.code, found?.retryable, found?.details['reason']].should.deepEqual([
            'rateLimited',
            true,
            'ERROR_APIUSAGE_EXCEEDED',
        ]);
    });

    it('is no rate limit when too many imports are going on', () => {
        const found = failure('dotdigital', 429, { errorCode: 'contacts:tooManyActiveImports', description: 'wait' });
        [found?.code, found?.retryable].should.deepEqual(['tooManyActiveImports', true]);
    });
});
