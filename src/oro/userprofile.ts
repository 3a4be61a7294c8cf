import { isPackageError } from '../http/errors';
import type { Oro } from './client';
import { type Document, jsonApi, type Resource, recordIn, relatedTo, textOf } from './json-api';

/** The user that an OAuth application acts as, and the organization whose records it sees. */
export interface SignedIn {
    readonly userId: string;
    /** Login; '' when it is not readable. */
    readonly userName: string;
    readonly organizationId: string;
    /** '' when the role may not read organizations. */
    readonly organizationName: string;
}

const MAY_BE_REFUSED = new Set([400, 403]);

/**
 * Whom the connection is signed in as. Every user of the API may read this, which makes it the test of a connection.
 *
 * @throws ServiceError `webApiOff`, `wrongAdminPrefix`, `storefrontApplication`, `oroCredentials`, …
 * @see OroCommerce, GET /admin/api/userprofile
 */
export async function signedInAs(oro: Oro, signal?: AbortSignal): Promise<SignedIn> {
    const { user, included } = await readProfile(oro, signal);
    const organization = relatedTo(user, 'organization');
    const record = included.find(({ type, id }) => type === 'organizations' && id === organization?.id);
    return {
        userId: user.id,
        userName: textOf(user, 'username'),
        organizationId: organization?.id ?? '',
        organizationName: textOf(record, 'name'),
    };
}

async function readProfile(oro: Oro, signal?: AbortSignal): Promise<{ user: Resource; included: readonly Resource[] }> {
    const read = async (query: Readonly<Record<string, string>>) => {
        const { body } = await jsonApi<Document<Resource> | undefined>(oro, {
            method: 'GET',
            path: '/userprofile',
            query,
            signal,
        });
        return { user: recordIn(body, 'userprofile'), included: body?.included ?? [] };
    };
    try {
        return await read({ include: 'organization' });
    } catch (error) {
        if (isPackageError(error) && MAY_BE_REFUSED.has(error.status ?? 0)) {
            return read({});
        }
        throw error;
    }
}
