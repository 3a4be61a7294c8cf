import type { SandboxAnswer, SandboxRequest } from '../service';
import type { AccountState, Preference, Timed } from './account-state';
import { contactNotFoundV2, Refusal, v2Error } from './answers';
import type { Contact } from './contact';
import { isRecord } from './contact-body';
import { type Desk, type Resource, route, v2Body } from './route';

/** Marketing preferences and what contacts chose (Dotdigital API, /v2/preferences and /v2/contacts/{id or address}/preferences). */
export const preferences: Resource = {
    routes: [
        route('GET', '/v2/preferences', 'high', (desk) => ({ status: 200, body: tree(desk.account, null) })),
        route('POST', '/v2/preferences', 'medium', create),
        route('GET', '/v2/contacts?/{part}/preferences', 'high', (desk, _request, who = '') => ({
            status: 200,
            body: tree(desk.account, known(desk, who)),
        })),
        route('PUT', '/v2/contacts?/{part}/preferences', 'medium', choose),
    ],
    operations: {
        preferenceCreated: (
            account: AccountState,
            { at, ...preference }: Timed & Omit<Preference, 'created' | 'lastModified'>,
        ) => {
            account.preferences.set(preference.id, { ...preference, created: at, lastModified: at });
        },
        preferencesChosen: (
            account: AccountState,
            { contactId, choices, at }: Timed & { contactId: number; choices: [number, boolean][] },
        ) => {
            const contact = account.contacts.byId(contactId);
            if (!contact) return;
            const extras = account.contacts.extrasToChange(contact);
            extras.preferences = new Map([...(extras.preferences ?? []), ...choices]);
            contact.updated = Date.parse(at);
        },
    },
};

/** Categories with their preferences in them; with a contact also what it chose. */
function tree(account: AccountState, contact: Contact | null): Record<string, unknown>[] {
    const all = [...account.preferences.values()];
    const chosen = contact && account.contacts.extrasOf(contact).preferences;
    const view = (preference: Preference): Record<string, unknown> => {
        const inside = all.filter(({ categoryId }) => categoryId === preference.id);
        return {
            ...preference,
            order: String(preference.order),
            preferenceCount: inside.length,
            ...(contact && preference.isPreference && { isOptedIn: chosen?.get(preference.id) ?? false }),
            ...(!preference.isPreference && { preferences: inside.map(view) }),
        };
    };
    return all.filter(({ categoryId }) => categoryId === 0).map(view);
}

function create(desk: Desk, request: SandboxRequest): SandboxAnswer {
    const body = v2Body(request);
    const { publicName, privateName, isPreference = false, isPublic = true, order = 0 } = isRecord(body) ? body : {};
    const categoryId = Number((isRecord(body) && (body['categoryId'] ?? body['categoryID'])) || 0);
    if (typeof publicName !== 'string' || typeof privateName !== 'string' || !publicName || !privateName)
        throw new Refusal(v2Error(400, 'The names of the preference are invalid. ERROR_PREFERENCE_INVALID'));
    if (categoryId && desk.account.preferences.get(categoryId)?.isPreference !== false)
        throw new Refusal(v2Error(404, 'The category does not exist. ERROR_PREFERENCE_NOT_FOUND'));
    const id = Math.max(0, ...desk.account.preferences.keys()) + 1;
    const preference = {
        id,
        publicName,
        privateName,
        isPreference: isPreference === true,
        isPublic: isPublic === true,
        order: Number(order) || 0,
        categoryId,
    };
    desk.commit('preferenceCreated', preference);
    const { preferences: _inside, ...created } =
        tree(desk.account, null).find((one) => one['id'] === id) ?? (preference as Record<string, unknown>);
    return { status: 200, body: created };
}

function choose(desk: Desk, request: SandboxRequest, who = ''): SandboxAnswer {
    const contact = known(desk, who);
    const body = v2Body(request);
    if (!Array.isArray(body)) throw new Refusal(v2Error(400, 'An array of preferences is expected. ERROR_PREFERENCE_INVALID'));
    const flat = body.flatMap((one: unknown) =>
        isRecord(one) && Array.isArray(one['preferences']) ? (one['preferences'] as unknown[]) : [one],
    );
    const choices = flat.map((one): [number, boolean] => {
        const id = isRecord(one) ? Number(one['id']) : Number.NaN;
        if (!isRecord(one) || typeof one['isOptedIn'] !== 'boolean' || !desk.account.preferences.get(id)?.isPreference)
            throw new Refusal(v2Error(400, 'A preference is invalid. ERROR_PREFERENCE_INVALID'));
        return [id, one['isOptedIn']];
    });
    desk.commit('preferencesChosen', { contactId: contact.id, choices });
    return { status: 200, body: '' };
}

function known(desk: Desk, who: string): Contact {
    const { contacts } = desk.account;
    const contact = /^\d+$/.test(who) ? contacts.byId(Number(who)) : contacts.find('email', who);
    if (!contact || contact.binned) throw new Refusal(contactNotFoundV2());
    return contact;
}
