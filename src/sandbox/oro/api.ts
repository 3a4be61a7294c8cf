import type { SandboxAnswer, SandboxRequest } from '../service';
import type { Catalogue, Found } from './catalogue';
import { DocumentWriter } from './document';
import type { Test } from './filters';
import { listLinks } from './links';
import { plainList, plainRecord } from './plain-rest';
import { bodyJson, type Query, queryInBody, readQuery } from './query';
import { documentAnswer, jsonAnswer, noAccess, noAccessToRecord, notFound, Refusal, refuse } from './refusal';
import { type Linked, numberOf, type Resource } from './resource';
import { selectPage, termTest } from './selection';
import type { World } from './world';

/** A request to the back-office API that was let in. */
interface Call {
    readonly world: World;
    readonly catalogue: Catalogue;
    readonly request: SandboxRequest;
    readonly method: string;
    readonly plain: boolean;
    /** `http://host/admin/api` */
    readonly base: string;
}

function resourceOf(found: Found, type: string): Resource {
    switch (found.kind) {
        case 'resource':
            return found.resource;
        case 'notAccessible':
            throw refuse(404, 'resource not accessible exception', 'The resource is not accessible.');
        case 'denied':
            throw noAccess();
        default:
            throw refuse(404, 'entity type constraint', `Unknown entity type: ${type}.`);
    }
}

function asksFor(request: SandboxRequest, what: string): boolean {
    return (request.headers['x-include'] ?? '').split(';').some((part) => part.trim() === what);
}

function writer(call: Call, query: Query): DocumentWriter {
    return new DocumentWriter(call.world, call.catalogue, query, asksFor(call.request, 'noHateoas') ? null : call.base);
}

function list(call: Call, resource: Resource, parameters: readonly (readonly [string, string])[]): SandboxAnswer {
    const tests: Test[] = [];
    const query = readQuery(parameters, (term) => tests.push(termTest(call.world, call.catalogue, resource, term)));
    const page = selectPage(call.world, resource, query, tests);
    const documents = writer(call, query);
    const data = page.numbers.map((number) => documents.write(resource, number));
    const included = documents.included(resource, page.numbers);
    const links = asksFor(call.request, 'noHateoas') ? undefined : listLinks(`${call.base}/${resource.type}`, query, page.more);
    const headers: Record<string, string> = asksFor(call.request, 'totalCount')
        ? { 'x-include-total-count': String(page.total()) }
        : {};
    return documentAnswer({ data, ...(included.length > 0 && { included }), ...(links && { links }) }, data.length, headers);
}

function existing(call: Call, resource: Resource, id: string): number {
    if (!resource.names && !/^\d+$/.test(id)) {
        throw refuse(400, 'entity identifier constraint', `Expected integer value. Given "${id}".`);
    }
    const number = numberOf(resource, id);
    if (!resource.numbers.has(number)) {
        throw notFound();
    }
    if (!call.world.records.isVisible(resource.type, number)) {
        throw noAccessToRecord();
    }
    return number;
}

function record(call: Call, resource: Resource, number: number, self: string): SandboxAnswer {
    const query = readQuery([...call.request.query]);
    const documents = writer(call, query);
    const included = documents.included(resource, [number]);
    const isLinked = !asksFor(call.request, 'noHateoas') && resource.type !== 'userprofile';
    return documentAnswer({
        data: documents.write(resource, number),
        ...(included.length > 0 && { included }),
        ...(isLinked && { links: { self } }),
    });
}

function relationship(call: Call, resource: Resource, number: number, name: string, isRelated: boolean): SandboxAnswer {
    const relation = resource.relations[name];
    if (!relation) {
        throw refuse(404, 'relationship constraint', 'Unsupported subresource.');
    }
    const documents = writer(call, readQuery([...call.request.query]));
    const linkage = documents.linkage(resource, name)(number);
    const self = documents.link(resource.type, String(number));
    const show = isRelated
        ? (linked: Linked) => whole(call, documents, linked)
        : (linked: Linked) => identifier(documents, relation.type, linked);
    const data = Array.isArray(linkage) ? linkage.map(show) : linkage === null ? null : show(linkage);
    const links = isRelated ? { self: `${self}/${name}` } : { self: `${self}/relationships/${name}`, related: `${self}/${name}` };
    return documentAnswer({ data, links }, Array.isArray(data) ? data.length : 1);
}

function identifier(documents: DocumentWriter, type: string, linked: Linked): unknown {
    return type === '' ? linked : { ...linked, links: { self: documents.link(linked.type, linked.id) } };
}

function whole(call: Call, documents: DocumentWriter, linked: Linked): unknown {
    const target = call.catalogue.get(linked.type);
    return target ? documents.write(target, numberOf(target, linked.id)) : linked;
}

/** The sandbox's role may read and refresh lists, but not write records; what is wrong with the body is said first, as by Oro. */
function refuseWriting(call: Call): Refusal {
    if (call.method === 'DELETE') {
        return noAccess();
    }
    if (call.request.body.length === 0) {
        return refuse(400, 'request data constraint', 'The request data should not be empty.');
    }
    const body = bodyJson(call.request.body);
    if (typeof body !== 'object' || body === null || !('data' in body)) {
        return new Refusal(400, [
            { title: 'request data constraint', detail: 'The primary data object should exist', pointer: '/data' },
        ]);
    }
    return noAccess();
}

function isOverride(request: SandboxRequest): boolean {
    return request.method === 'POST' && (request.headers['x-http-method-override'] ?? '').toUpperCase() === 'GET';
}

function read(call: Call, resource: Resource, rest: readonly string[]): SandboxAnswer {
    const [id, ...further] = rest;
    if (id === undefined && resource.type === 'userprofile') {
        return record(call, resource, 1, '');
    }
    if (id === undefined) {
        const inBody = isOverride(call.request) ? queryInBody(call.request.body) : [];
        return call.plain
            ? plainList(call.world, resource, call.request.query)
            : list(call, resource, [...call.request.query, ...inBody]);
    }
    const number = existing(call, resource, id);
    if (further.length === 0) {
        return call.plain
            ? jsonAnswer(200, plainRecord(call.world, resource, number))
            : record(call, resource, number, `${call.base}/${resource.type}`);
    }
    const isRelated = further[0] !== 'relationships';
    return relationship(call, resource, number, (isRelated ? further[0] : further[1]) ?? '', isRelated);
}

/**
 * Answers a request to the back-office API whose sender is known.
 *
 * @param segments the path behind `/admin/api`, decoded
 * @throws Refusal
 */
export function answerApi(
    world: World,
    catalogue: Catalogue,
    request: SandboxRequest,
    segments: readonly string[],
    plain: boolean,
): SandboxAnswer {
    const [type = '', ...rest] = segments;
    const resource = resourceOf(catalogue.find(type), type);
    const method = isOverride(request) ? 'GET' : request.method;
    const call: Call = {
        world,
        catalogue,
        request,
        method,
        plain,
        base: `http://${request.headers['host'] ?? 'localhost'}/admin/api`,
    };
    const allow = rest.length === 0 ? resource.methods.list : resource.methods.record;
    if (method === 'OPTIONS') {
        return {
            status: 200,
            headers: { 'content-type': 'application/vnd.api+json', 'cache-control': 'max-age=600, public', allow },
        };
    }
    if (!allow.split(', ').includes(method)) {
        throw new Refusal(405, [], { allow });
    }
    if (world.records.denied.has(type)) {
        throw noAccess();
    }
    if (method !== 'GET') {
        throw refuseWriting(call);
    }
    return read(call, resource, rest);
}
