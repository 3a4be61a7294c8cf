import type { SandboxAnswer } from '../service';
import { attributeNames, readAttribute, readRelation } from './reading';
import { filterNotSupported, jsonAnswer } from './refusal';
import type { Linked, Resource } from './resource';
import type { World } from './world';

const DEFAULT_LIMIT = 10;

function plainId(id: string | Linked): unknown {
    return typeof id !== 'string' ? id : /^\d+$/.test(id) ? Number(id) : id;
}

/** One record as Oro writes it to a request that is not JSON:API: flat, ids as numbers. */
export function plainRecord(world: World, resource: Resource, number: number): Record<string, unknown> {
    const record: Record<string, unknown> = { id: number };
    for (const name of attributeNames(world, resource)) {
        record[name] = readAttribute(world, resource, name)(number);
    }
    for (const [name, relation] of Object.entries(resource.relations)) {
        const linked = readRelation(world, resource, name, relation)(number);
        record[name] = linked === null ? null : typeof linked === 'string' ? plainId(linked) : linked.map(plainId);
    }
    return record;
}

/** A list for a request that is not JSON:API. Of its parameters the sandbox knows `limit` and `page`; JSON:API's own are refused. */
export function plainList(world: World, resource: Resource, parameters: URLSearchParams): SandboxAnswer {
    for (const key of parameters.keys()) {
        if (key !== 'limit' && key !== 'page') {
            throw filterNotSupported(key);
        }
    }
    const limit = Number(parameters.get('limit') ?? DEFAULT_LIMIT);
    let skip = (Number(parameters.get('page') ?? 1) - 1) * limit;
    const records: unknown[] = [];
    for (let number = resource.numbers.next(0); number !== 0 && records.length < limit; number = resource.numbers.next(number)) {
        if (world.records.isVisible(resource.type, number)) {
            skip -= 1;
            if (skip < 0) {
                records.push(plainRecord(world, resource, number));
            }
        }
    }
    return { ...jsonAnswer(200, records), records: records.length };
}
