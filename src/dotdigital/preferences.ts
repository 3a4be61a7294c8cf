import type { Dotdigital } from './client';
import { arrayIn } from './pages';

/** Something that contacts say they want, or a category of such things. */
export interface Preference {
    readonly id: number;
    readonly publicName: string;
    readonly privateName: string;
    /** False for a category. */
    readonly isPreference: boolean;
    readonly isPublic: boolean;
    /** Of the category it is in, 0 for none. */
    readonly categoryId: number;
    /** What is in a category. */
    readonly preferences?: readonly Preference[] | null;
}

/** All preferences as the tree that Dotdigital sends. @see Dotdigital API, GET /v2/preferences */
export async function listPreferences({ http }: Dotdigital, signal?: AbortSignal): Promise<Preference[]> {
    const { body } = await http.request<readonly Preference[] | undefined>({
        method: 'GET',
        path: '/v2/preferences',
        scope: 'preferences',
        signal,
    });
    return [...arrayIn(body, 'preferences')];
}
