import should from 'should';
import { isPackageError } from '../../src/http/errors';
import { connectOro } from '../../src/oro/client';
import { jsonApi } from '../../src/oro/json-api';
import { getMarketingList, listMarketingLists } from '../../src/oro/marketing-lists';
import { getSegment } from '../../src/oro/segments';
import { signedInAs } from '../../src/oro/userprofile';
import { listening } from '../http/listening';
import { referenceFolder, saySkipped } from '../http/reference';
import { type Recording, recordingsIn } from './recordings';
import { standIn } from './stand-in';

/** What each recorded refusal has to be understood as. */
const CODES: Readonly<Record<string, string>> = {
    'api-403-list': 'missingRight',
    'api-403-get': 'missingRight',
    'limited-user-marketinglists': 'missingRight',
    'api-marketinglists-stock-404': 'listsNotExposed',
    'api-segments-stock-404': 'listsNotExposed',
    'api-shoppinglists-stock-404': 'resourceUnknown',
    'api-unknown-resource-404': 'resourceUnknown',
    'api-web-api-feature-disabled': 'webApiOff',
    'api-wrong-admin-prefix': 'wrongAdminPrefix',
    'api-expired-token': 'storefrontApplication',
    'storefront-token-on-admin-api-401': 'storefrontApplication',
    'customerusers-get-not-found': 'notFound',
    'customerusers-list-unknown-filter': 'filterNotSupported',
    'customerusers-list-filter-updatedAt-gte-stock': 'filterNotSupported',
    'customerusers-filter-email-contains': 'filterNotSupported',
    'customerusers-list-unknown-sort': 'filterNotSupported',
    'contacts-list-updatedAt-milliseconds': 'filterNotSupported',
    'api-trailing-slash': 'redirected',
    'api-accept-with-parameter-406': 'refused',
    'api-put-method-405': 'refused',
    'maintenance-mode-api': 'maintenance',
    'customerusers-list-method-override': 'serviceUnavailable',
    'token-failure-wrong-secret': 'oroCredentials',
    'token-failure-unknown-client': 'oroCredentials',
    'token-failure-inactive-client': 'oroCredentials',
    'token-failure-web-api-feature-disabled': 'oroCredentials',
    'token-failure-missing-client-id': 'oroApplicationInvalid',
    'token-failure-unsupported-grant': 'oroApplicationInvalid',
    'token-failure-wrong-path-under-admin': 'htmlAnswer',
    'maintenance-mode-token': 'maintenance',
};

function answerOf({ response }: Recording) {
    const type = response.headers['content-type'] ?? '';
    return { status: response.status, headers: { ...response.headers, 'content-type': type }, body: response.body ?? undefined };
}

describe('Answers of a real OroCommerce', () => {
    const folder = referenceFolder('oro-recordings');

    before(function () {
        if (folder === null) {
            saySkipped('the recordings of OroCommerce');
            this.skip();
        }
    });

    const named = (name: string): Recording => {
        const found = recordingsIn(folder ?? '').find((recording) => recording.name === name);
        if (found === undefined) {
            throw new Error(`${name} is missing`);
        }
        return found;
    };

    for (const [name, code] of Object.entries(CODES)) {
        it(`${name} is understood as ${code}`, async () => {
            const recording = named(name);
            const token = recording.request.path.includes('oauth2-token');
            const server = await listening(({ url }) =>
                token || url !== '/oauth2-token' ? answerOf(recording) : { body: { access_token: 'token' } },
            );
            const prefix = recording.request.path.startsWith('/backend') ? 'backend' : 'admin';
            const oro = connectOro({
                url: server.url,
                adminPrefix: prefix,
                clientId: 'client',
                clientSecret: 'secret',
                retry: { attempts: 1, deadline: 0 },
            });
            const [path = ''] = recording.request.path.replace(`/${prefix}/api`, '').split('?');
            const error = await jsonApi(oro, {
                method: 'GET',
                path: token ? '/userprofile' : path,
                signal: AbortSignal.timeout(200),
            }).catch((failure: unknown) => failure);
            oro.close();
            await server.close();
            should(isPackageError(error) && error.code).equal(code);
        });
    }

    it('tell who is signed in', async () => {
        const shop = await standIn(() => answerOf(named('userprofile')));
        (await signedInAs(shop.oro)).should.deepEqual({
            userId: '1',
            userName: 'admin',
            organizationId: '1',
            organizationName: '',
        });
        await shop.close();
    });

    it('tell the marketing lists', async () => {
        const shop = await standIn(({ url }) =>
            answerOf(named(url.includes('/1?') ? 'marketinglists-get' : 'marketinglists-list-fields-include')),
        );
        const lists = await listMarketingLists(shop.oro);
        lists
            .slice(0, 4)
            .map(({ id, name, resource, segmentId }) => [id, name, resource, segmentId])
            .should.deepEqual([
                ['1', 'Active buyers (static)', 'customerusers', '3'],
                ['2', 'Active buyers (dynamic)', 'customerusers', '4'],
                ['3', 'Contacts (dynamic)', 'contacts', '5'],
                ['4', 'Manual list', 'customerusers', null],
            ]);
        should(lists[0]?.refreshedAt).equal('2026-11-23T15:23:07Z');
        (await getMarketingList(shop.oro, '1')).kind.should.equal('static');
        await shop.close();
    });

    it('tell a segment', async () => {
        const shop = await standIn(() => answerOf(named('segments-get')));
        (await getSegment(shop.oro, '3')).should.deepEqual({
            id: '3',
            name: 'Marketing List Active buyers (static) segment',
            kind: 'static',
            resource: 'customerusers',
            refreshedAt: '2026-11-23T15:23:07Z',
        });
        await shop.close();
    });
});
