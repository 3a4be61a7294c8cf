import { LISTS, type ListDefinition, listOfSegment, SEGMENT_OFFSET, type Snapshot } from '../marketing-lists';
import { by, METHODS, type Narrowed, type Numbers, one, only, type Resource } from '../resource';
import type { World } from '../world';
import { times } from './shared';

const definition = (segment: number): ListDefinition => listOfSegment(segment) ?? (LISTS[0] as ListDefinition);

/** The name that Oro gives to the segment of a marketing list. */
export function segmentName(list: ListDefinition): string {
    return `Marketing List ${list.name} segment`;
}

/** `segments`. `lastRun` is when the members were stored last; null when never. */
export function segments(world: World): Resource {
    const generated = times(world, 'segments');
    return {
        type: 'segments',
        numbers: only(LISTS.filter((list) => list.kind !== 'manual').map((list) => list.id + SEGMENT_OFFSET)),
        methods: METHODS.read,
        attributes: {
            name: (segment) => segmentName(definition(segment)),
            description: () => null,
            entity: (segment) => definition(segment).entity,
            definition: () => JSON.stringify({ columns: [{ name: 'id', label: 'Id', sorting: '', func: null }], filters: [] }),
            lastRun: (segment) => world.lists.snapshots.get(segment)?.at ?? null,
            createdAt: (segment) => generated['createdAt']?.(segment) ?? null,
            updatedAt: (segment) => world.lists.snapshots.get(segment)?.at ?? generated['updatedAt']?.(segment) ?? null,
            recordsLimit: () => null,
        },
        relations: {
            segmentType: one('segmenttypes', (segment) => definition(segment).kind),
            owner: one('businessunits', () => 1),
            organization: one('organizations', () => world.organizationId),
        },
        filters: { name: by('string') },
        title: (segment) => segmentName(definition(segment)),
    };
}

interface Row {
    readonly segment: number;
    readonly snapshot: Snapshot;
}

function rowOf(world: World, number: number): Row | null {
    for (const [segment, snapshot] of world.lists.snapshots) {
        if (number >= snapshot.first && number < snapshot.first + snapshot.members.length) {
            return { segment, snapshot };
        }
    }
    return null;
}

function member(world: World, number: number): number {
    const row = rowOf(world, number);
    return row ? (row.snapshot.members[number - row.snapshot.first] ?? 0) : 0;
}

function allRows(world: World): Numbers {
    return {
        has: (number) => rowOf(world, number) !== null,
        next: (after) => {
            let next = 0;
            for (const { first, members } of world.lists.snapshots.values()) {
                const candidate = Math.max(first, after + 1);
                if (candidate < first + members.length && (next === 0 || candidate < next)) {
                    next = candidate;
                }
            }
            return next;
        },
    };
}

/** The rows of one segment: ids and members grow together, so that a page by either key is found by halving. */
function rowsOf(snapshot: Snapshot | undefined): Narrowed {
    const first = snapshot?.first ?? 1;
    const members = snapshot?.members ?? new Int32Array(0);
    const end = first + members.length;
    const numbers: Numbers = {
        has: (number) => number >= first && number < end,
        next: (after) => {
            const candidate = Math.max(first, after + 1);
            return candidate < end ? candidate : 0;
        },
    };
    const above = (value: number): number => {
        let low = 0;
        let high = members.length;
        while (low < high) {
            const middle = (low + high) >> 1;
            if ((members[middle] ?? 0) > value) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return first + low;
    };
    return { numbers, ordered: ['integerEntityId'], above: (_attribute, value) => above(value) };
}

/** `segmentsnapshots`: who is in a segment, as its last run stored it. Every run gives new ids. */
export function segmentSnapshots(world: World): Resource {
    return {
        type: 'segmentsnapshots',
        numbers: allRows(world),
        methods: METHODS.read,
        attributes: {
            entityId: () => null,
            integerEntityId: (number) => member(world, number),
            createdAt: (number) => rowOf(world, number)?.snapshot.at ?? null,
        },
        relations: { segment: one('segments', (number) => rowOf(world, number)?.segment ?? null) },
        filters: { entityId: by('string'), integerEntityId: by('integer') },
        narrow: (equal) => {
            const segment = equal('segment');
            return segment === null ? null : rowsOf(world.lists.snapshots.get(Number(segment)));
        },
    };
}
