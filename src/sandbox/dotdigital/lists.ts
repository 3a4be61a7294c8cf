import type { SandboxAnswer, SandboxRequest } from '../service';
import type { AccountState, Timed } from './account-state';
import { listNotFound, Refusal, v2Error } from './answers';
import { isRecord } from './contact-body';
import type { List } from './membership';
import { type Desk, page, type Resource, route, v2Body } from './route';

const MAX_NAME_LENGTH = 128;
const RESERVED_NAMES = ['test', 'all contacts'];
const SCATTER = 2654435761;

interface ListBody {
    readonly name: string;
    readonly visibility: 'Private' | 'Public';
}

/** Lists, "address books" in the API (Dotdigital API, /v2/address-books). */
export const lists: Resource = {
    routes: [
        route('GET', '/v2/address-books', 'high', (desk, request) => listPage(desk, request, () => true)),
        route('GET', '/v2/address-books/public', 'high', (desk, request) =>
            listPage(desk, request, ({ visibility }) => visibility === 'Public'),
        ),
        route('GET', '/v2/address-books/private', 'high', (desk, request) =>
            listPage(desk, request, ({ visibility }) => visibility === 'Private'),
        ),
        route('POST', '/v2/address-books', 'medium', (desk, request) => {
            const body = checkedBody(desk, request, null);
            const id = Math.max(1000, ...desk.account.membership.lists.keys()) + 1;
            desk.commit('listCreated', { id, ...body });
            return { status: 200, body: listView(known(desk, id)) };
        }),
        route('GET', '/v2/address-books/{id}', 'high', (desk, _request, id = '') => ({
            status: 200,
            body: listView(known(desk, Number(id))),
        })),
        route('PUT', '/v2/address-books/{id}', 'medium', (desk, request, id = '') => {
            const list = known(desk, Number(id));
            desk.commit('listChanged', { id: list.id, ...checkedBody(desk, request, list.id) });
            return { status: 200, body: listView(list) };
        }),
        route('DELETE', '/v2/address-books/{id}', 'medium', (desk, _request, id = '') => {
            desk.commit('listDeleted', { id: known(desk, Number(id)).id });
            return { status: 204 };
        }),
        route('GET', '/v2/segments', 'high', () => ({ status: 200, body: [] })),
    ],
    operations: {
        listCreated: (account: AccountState, { id, name, visibility }: Timed & ListBody & { id: number }) => {
            account.membership.createList(id, name, visibility);
        },
        listChanged: (account: AccountState, { id, name, visibility }: Timed & ListBody & { id: number }) => {
            const list = account.membership.lists.get(id);
            if (list) Object.assign(list, { name, visibility });
        },
        listDeleted: (account: AccountState, { id }: Timed & { id: number }) => account.membership.deleteList(id),
    },
};

/** Lists come in no useful order: neither by id nor by name. */
function listPage(desk: Desk, request: SandboxRequest, shown: (list: List) => boolean): SandboxAnswer {
    const scattered = [...desk.account.membership.lists.values()]
        .filter(shown)
        .sort((one, other) => scatter(one.id) - scatter(other.id));
    return { status: 200, body: page(request, scattered).map(listView) };
}

const scatter = (id: number): number => Math.imul(id, SCATTER) >>> 0;

const listView = ({ id, name, visibility, members }: List): Record<string, unknown> => ({
    id,
    name,
    visibility,
    contacts: members,
});

function known(desk: Desk, id: number): List {
    const list = desk.account.membership.lists.get(id);
    if (!list) throw new Refusal(listNotFound());
    return list;
}

function checkedBody(desk: Desk, request: SandboxRequest, ownId: number | null): ListBody {
    const sent = v2Body(request);
    const body = isRecord(sent)
        ? Object.fromEntries(Object.entries(sent).map(([name, value]) => [name.toLowerCase(), value]))
        : {};
    const { name, visibility = 'Private' } = body;
    if (typeof name !== 'string' || name.trim() === '' || name.length > MAX_NAME_LENGTH)
        throw new Refusal(v2Error(400, 'The name of the address book is invalid. ERROR_ADDRESSBOOK_INVALID'));
    const sameName = [...desk.account.membership.lists.values()].find((list) => list.name.toLowerCase() === name.toLowerCase());
    if (RESERVED_NAMES.includes(name.toLowerCase()) || (sameName && sameName.id !== ownId))
        throw new Refusal(v2Error(400, 'An address book of that name exists already. ERROR_ADDRESSBOOK_DUPLICATE'));
    if (visibility !== 'Private' && visibility !== 'Public')
        throw new Refusal(v2Error(400, 'The visibility of the address book is invalid. ERROR_ADDRESSBOOK_INVALID'));
    return { name, visibility };
}
