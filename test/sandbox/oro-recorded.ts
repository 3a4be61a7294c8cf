import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Answered } from './oro-service';

/** One exchange with a real OroCommerce. */
export interface Recording {
    readonly name: string;
    readonly note?: string;
    readonly request: {
        readonly method: string;
        readonly path: string;
        readonly headers: Readonly<Record<string, string>>;
        readonly body?: unknown;
    };
    readonly response: { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: unknown };
}

/** The recordings of a folder whose names match, in the order of their names. */
export function recordings(folder: string, names: RegExp): Recording[] {
    return readdirSync(folder)
        .filter((file) => file.endsWith('.json') && names.test(file.slice(0, -'.json'.length)))
        .sort()
        .map((file) => ({
            ...(JSON.parse(readFileSync(join(folder, file), 'utf8')) as Recording),
            name: file.slice(0, -'.json'.length),
        }));
}

const HEADERS = ['content-type', 'www-authenticate', 'allow'];
const PRESENT = ['x-include-total-count', 'location'];

function mediaType(value: string | undefined): string | undefined {
    return value?.toLowerCase();
}

function kindOf(value: unknown): string {
    return value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
}

function compareKinds(place: string, recorded: unknown, own: unknown): string[] {
    const [left, right] = [kindOf(recorded), kindOf(own)];
    if (left === 'null' || right === 'null') {
        return [];
    }
    return left === right ? [] : [`${place} is ${right}, in the recording ${left}`];
}

function compareKeys(place: string, recorded: object, own: object): string[] {
    const [left, right] = [Object.keys(recorded), Object.keys(own)];
    return [
        ...left.filter((key) => !right.includes(key)).map((key) => `${place}.${key} is missing`),
        ...right.filter((key) => !left.includes(key)).map((key) => `${place}.${key} is not in the recording`),
    ];
}

type Shown = Record<string, unknown>;

function section(object: Shown, name: string): Shown {
    return (object[name] ?? {}) as Shown;
}

/** Compares two resource objects of one type: the same members, attributes of the same kinds, relationships to the same types. */
function compareObjects(place: string, recorded: Shown, own: Shown): string[] {
    const differences = [
        ...compareKeys(place, recorded, own),
        ...compareKeys(`${place}.links`, section(recorded, 'links'), section(own, 'links')),
    ];
    for (const part of ['attributes', 'relationships']) {
        differences.push(...compareKeys(`${place}.${part}`, section(recorded, part), section(own, part)));
        for (const [name, value] of Object.entries(section(recorded, part))) {
            const other = section(own, part)[name];
            if (part === 'attributes') {
                differences.push(...compareKinds(`${place}.${name}`, value, other));
            } else if (other) {
                differences.push(...compareRelationships(`${place}.${name}`, value as Shown, other as Shown));
            }
        }
    }
    return differences;
}

function compareRelationships(place: string, recorded: Shown, own: Shown): string[] {
    const typeOf = (data: unknown): string | undefined =>
        (Array.isArray(data) ? data[0] : (data as Shown | null))?.type as string | undefined;
    const [left, right] = [typeOf(recorded['data']), typeOf(own['data'])];
    return [
        ...compareKeys(place, recorded, own),
        ...compareKinds(place, recorded['data'], own['data']),
        ...(left && right && left !== right ? [`${place} links to ${right}, in the recording to ${left}`] : []),
    ];
}

function firstOfEachType(objects: readonly Shown[]): Map<string, Shown> {
    const found = new Map<string, Shown>();
    for (const object of objects) {
        if (!found.has(String(object['type']))) {
            found.set(String(object['type']), object);
        }
    }
    return found;
}

function compareDocuments(recorded: Shown, own: Shown): string[] {
    const differences = [
        ...compareKeys('document', recorded, own),
        ...compareKeys('links', section(recorded, 'links'), section(own, 'links')),
    ];
    differences.push(...compareKinds('data', recorded['data'], own['data']));
    for (const part of ['data', 'included']) {
        const list = (document: Shown): Shown[] => [document[part] ?? []].flat() as Shown[];
        const [left, right] = [firstOfEachType(list(recorded)), firstOfEachType(list(own))];
        if ((left.size === 0) !== (right.size === 0)) {
            differences.push(
                `${part} has ${right.size === 0 ? 'nothing' : 'records'}, in the recording it is the other way round`,
            );
        }
        for (const [type, object] of left) {
            const other = right.get(type);
            differences.push(...(other ? compareObjects(type, object, other) : right.size > 0 ? [`${part} has no ${type}`] : []));
        }
    }
    return differences;
}

function compareBodies(recorded: unknown, own: unknown): string[] {
    if (typeof recorded === 'string') {
        return typeof own === 'string' && /^\s*<!DOCTYPE html>/i.test(own) ? [] : ['the body is not a web page'];
    }
    if (recorded === null) {
        return own === undefined ? [] : ['there is a body, in the recording none'];
    }
    if (typeof own !== 'object' || own === null) {
        return ['there is no JSON in the body'];
    }
    if ('data' in (recorded as object)) {
        return compareDocuments(recorded as Shown, own as Shown);
    }
    if ('errors' in (recorded as object) || Array.isArray(recorded)) {
        const [left, right] = [JSON.stringify(recorded), JSON.stringify(own)];
        return isPlainRecords(recorded)
            ? compareKeys('record', recorded[0] as object, (own as object[])[0] ?? {})
            : left === right
              ? []
              : [`${right} instead of ${left}`];
    }
    const left = recorded as Shown;
    return [
        ...compareKeys('body', left, own),
        ...Object.entries(left).flatMap(([name, value]) => compareKinds(name, value, (own as Shown)[name])),
        ...['error', 'error_description', 'hint', 'message', 'code', 'token_type'].flatMap((name) =>
            left[name] === (own as Shown)[name]
                ? []
                : [`${name} is ${String((own as Shown)[name])}, in the recording ${String(left[name])}`],
        ),
    ];
}

function isPlainRecords(body: unknown): body is readonly Shown[] {
    return Array.isArray(body) && typeof body[0] === 'object' && body[0] !== null && 'id' in body[0];
}

/** In which respects an answer differs from the recorded one; ids, texts of records and their number do not matter. */
export function differences(recording: Recording, answer: Answered): string[] {
    const { status, headers, body } = recording.response;
    const found = status === answer.status ? [] : [`status ${answer.status}, in the recording ${status}`];
    for (const name of HEADERS) {
        const [left, right] = [mediaType(headers[name]), mediaType(answer.headers[name])];
        if (left !== right) {
            found.push(`${name} is ${right}, in the recording ${left}`);
        }
    }
    for (const name of PRESENT) {
        if ((headers[name] === undefined) !== (answer.headers[name] === undefined)) {
            found.push(`${name} is ${answer.headers[name] === undefined ? 'missing' : 'not in the recording'}`);
        }
    }
    return found.concat(compareBodies(body, answer.body));
}
