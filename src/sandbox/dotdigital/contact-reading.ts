import type { SandboxAnswer, SandboxRequest } from '../service';
import { Refusal, v3Error } from './answers';
import type { Contact } from './contact';
import { contactView, DATA_SETS, type DataSet } from './contact-view';
import { type Desk, type Resource, route } from './route';

const MAX_LIMIT = 5000;
const SINCE = /^gte::\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{3})?Z$/;
const PARAMETERS = ['data-fields', 'include', '~created', '~modified', '~listId', '~segmentId', 'limit', 'marker'];

/** `GET /contacts/v3`: contacts by filter, in the order of their ids, paged by marker. */
export const contactReading: Resource = {
    routes: [route('GET', '/contacts/v3', 'low', read)],
    operations: {},
};

function read(desk: Desk, request: SandboxRequest): SandboxAnswer {
    const { query } = request;
    for (const name of query.keys()) if (name.startsWith('~') && !PARAMETERS.includes(name)) throw invalidFilter(name);
    const limit = limitOf(query);
    const sets = setsOf(query);
    const fields = fieldsOf(query);
    const matches = filterOf(desk, query);
    const found: Contact[] = [];
    let more = false;
    for (const contact of desk.account.contacts.after(idOfMarker(query.get('marker')))) {
        if (contact.binned || !matches(contact)) continue;
        more = found.length === limit;
        if (more) break;
        found.push(contact);
    }
    const next = found.at(-1);
    return {
        status: 200,
        records: found.length,
        body: {
            _links: {
                self: linkTo(request, query.get('marker') ?? ''),
                first: linkTo(request, ''),
                ...(more && next && { next: linkTo(request, markerOf(next.id)) }),
            },
            _items: found.map((contact) => contactView(desk.account, contact, fields, sets)),
        },
    };
}

function filterOf(desk: Desk, query: URLSearchParams): (contact: Contact) => boolean {
    for (const [one, other] of [
        ['~created', '~modified'],
        ['~listId', '~segmentId'],
    ] as const) {
        if (query.has(one) && query.has(other)) throw invalidFilter(`${one} with ${other}`);
    }
    if (query.has('~segmentId')) throw invalidFilter(`~segmentId ${query.get('~segmentId')}`);
    const created = sinceOf(query, '~created');
    const modified = sinceOf(query, '~modified');
    const list = query.get('~listId');
    const listId = Number(list);
    if (list !== null && !desk.account.membership.lists.has(listId)) throw invalidFilter(`~listId ${list}`);
    return (contact) =>
        contact.created >= created && contact.updated >= modified && (list === null || contact.lists.includes(listId));
}

function sinceOf(query: URLSearchParams, name: string): number {
    const text = query.get(name);
    if (text === null) return 0;
    if (!SINCE.test(text)) throw invalidFilter(text);
    return Date.parse(text.slice('gte::'.length));
}

function limitOf(query: URLSearchParams): number {
    const text = query.get('limit') ?? String(MAX_LIMIT);
    const limit = Number(text);
    if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT)
        throw new Refusal(v3Error(400, 'contacts:badRequest', `The limit '${text}' is not between 1 and ${MAX_LIMIT}`));
    return limit;
}

function setsOf(query: URLSearchParams): DataSet[] {
    const names = (query.get('include') ?? '').split('|').filter(Boolean);
    const unknown = names.find((name) => !DATA_SETS.some((set) => set === name));
    if (unknown !== undefined) throw new Refusal(v3Error(400, 'contacts:badRequest', `The data set '${unknown}' does not exist`));
    return DATA_SETS.filter((set) => names.includes(set));
}

function fieldsOf(query: URLSearchParams): string[] | null {
    const text = query.get('data-fields') ?? '';
    return text === '[[ALL]]' ? null : text.split('|').filter(Boolean);
}

const markerOf = (id: number): string => Buffer.from(`after:${id}`).toString('base64');

function idOfMarker(marker: string | null): number {
    if (!marker) return 0;
    const match = /^after:(\d+)$/.exec(Buffer.from(marker, 'base64').toString('utf8'));
    if (!match) throw new Refusal(v3Error(400, 'contacts:badRequest', 'The marker is invalid'));
    return Number(match[1]);
}

function linkTo(request: SandboxRequest, marker: string): { marker: string; link: string } {
    const query = new URLSearchParams(request.query);
    query.delete('marker');
    if (marker) query.set('marker', marker);
    const search = query.size ? `?${query}` : '';
    return { marker, link: `http://${request.headers['host']}/contacts/v3${search}` };
}

const invalidFilter = (value: string): Refusal =>
    new Refusal(v3Error(400, 'contacts:invalidFilter', `The filter value '${value}' is invalid`));
