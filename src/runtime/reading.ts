import { type Document, readByIds } from '../oro/pages';
import { type Projection, projectionFor } from '../sync/projection';
import { flatten, type ReadRecord } from '../sync/record';
import type { AudienceContext, MemberPage } from './audience';

/** Records asked for at once: fewer where related records come with them, which costs Oro three times as much. */
const RECORDS_ALONE = 2000;
const RECORDS_WITH_RELATED = 1000;

/** How the people of one resource are read and made flat. */
export class Reading {
    readonly projection: Projection;
    readonly size: number;

    constructor(
        private readonly type: string,
        private readonly context: AudienceContext,
    ) {
        this.projection = projectionFor(type, context.paths);
        this.size = this.projection.include.length === 0 ? RECORDS_ALONE : RECORDS_WITH_RELATED;
    }

    async membersOf(ids: readonly number[]): Promise<MemberPage> {
        const people = await this.byIds(ids);
        if (people.length === ids.length) return { people, unreadable: [] };
        const returned = new Set(people.map((person) => person.record.id));
        return { people, unreadable: ids.filter((id) => !returned.has(String(id))) };
    }

    async byIds(ids: readonly number[]): Promise<ReadRecord[]> {
        if (ids.length === 0) return [];
        const query = { fields: this.projection.fields, include: this.projection.include };
        return this.flat(await readByIds(this.context.oro, this.type, ids, query, this.context.signal));
    }

    flat(document: Document): ReadRecord[] {
        const people = flatten(document, this.projection);
        return people.sort((a, b) => Number(a.record.id) - Number(b.record.id));
    }
}
