import type { SandboxAnswer, SandboxRequest } from '../service';
import { LISTS, listOfSegment, SEGMENT_OFFSET } from './marketing-lists';
import { jsonAnswer } from './refusal';
import { segmentName } from './resources/segments';
import type { World } from './world';

const PAGE = 20;

function code(status: number): SandboxAnswer {
    return jsonAnswer(status, { code: status }, { vary: 'Accept' });
}

/** Segments by the class of their records: the one thing about lists that a stock Oro tells. */
function segmentItems(request: SandboxRequest): SandboxAnswer {
    const entity = request.query.get('entityName');
    if (entity === null) {
        return code(500);
    }
    const term = (request.query.get('term') ?? '').toLowerCase();
    const skip = (Number(request.query.get('page') ?? 1) - 1) * PAGE;
    const found = LISTS.filter((list) => list.kind !== 'manual' && list.entity.replaceAll('\\', '_') === entity)
        .map((list) => ({ id: `segment_${list.id + SEGMENT_OFFSET}`, text: segmentName(list), type: 'segment' }))
        .filter((item) => item.text.toLowerCase().includes(term))
        .sort((a, b) => (a.text < b.text ? -1 : 1));
    return jsonAnswer(200, { results: found.slice(skip, skip + PAGE), more: found.length > skip + PAGE });
}

/**
 * Answers the old REST API, `/admin/api/rest/latest/...`.
 *
 * @param path the path behind `latest/`, without `.json`
 * @param run stores the members of a segment anew
 */
export function answerLegacy(world: World, request: SandboxRequest, path: string, run: (segment: number) => void): SandboxAnswer {
    if (path === 'segment/items' && request.method === 'GET') {
        return segmentItems(request);
    }
    const isTwin = /^segments\//.test(path);
    const id = (isTwin ? /^segments\/(\d+)\/runs$/ : /^marketinglists\/(\d+)\/segments\/runs$/).exec(path)?.[1];
    if (id === undefined || request.method !== 'POST') {
        return code(404);
    }
    if (!listOfSegment(Number(id))) {
        return jsonAnswer(404);
    }
    // The twin below `segments` answers 403 even to an administrator of a real Oro.
    if (isTwin || world.records.denied.has('marketinglists')) {
        return code(403);
    }
    run(Number(id));
    return { status: 204, headers: { 'cache-control': 'must-revalidate, no-cache, no-store, private' } };
}
