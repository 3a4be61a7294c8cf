import type { Dotdigital } from './client';
import { arrayIn } from './pages';

/** A field of contacts. */
export interface DataField {
    /** At most 20 letters, digits, dashes and underscores; built-in ones are in the language of the account. */
    readonly name: string;
    readonly type: 'String' | 'Numeric' | 'Date' | 'Boolean';
    /** `Private` or `Public`. */
    readonly visibility: string;
}

/** All data fields of the account. @see Dotdigital API, GET /v2/data-fields */
export async function listDataFields({ http }: Dotdigital, signal?: AbortSignal): Promise<DataField[]> {
    const { body } = await http.request<readonly DataField[] | undefined>({
        method: 'GET',
        path: '/v2/data-fields',
        scope: 'dataFields',
        signal,
    });
    return arrayIn(body, 'data fields').map(({ name, type, visibility }) => ({ name, type, visibility }));
}

/**
 * Creates a data field. Accounts hold a limited number of them.
 *
 * @throws ServiceError `dataFieldExists`
 * @see Dotdigital API, POST /v2/data-fields
 */
export async function createDataField(
    { http }: Dotdigital,
    {
        name,
        type,
        visibility,
    }: { readonly name: string; readonly type: DataField['type']; readonly visibility: 'Private' | 'Public' },
    signal?: AbortSignal,
): Promise<void> {
    const body = { name, type, visibility };
    await http.request({ method: 'POST', path: '/v2/data-fields', body, expect: 'nothing', scope: 'createDataField', signal });
}
