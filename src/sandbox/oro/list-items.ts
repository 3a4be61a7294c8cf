/** One row of a list's removed, unsubscribed or hand-picked records. */
export interface ListItem {
    readonly id: number;
    readonly list: number;
    readonly entity: number;
    readonly at: string;
}

/** A table of such rows: by id, and by list and record. */
export class ListItems {
    private readonly rows = new Map<number, ListItem>();
    private readonly byEntity = new Map<string, number>();
    private ids: number[] = [];
    private last = 0;

    /** Adds a row; false when the list has one for this record already. */
    add(list: number, entity: number, at: string): boolean {
        if (this.has(list, entity)) {
            return false;
        }
        this.last += 1;
        this.rows.set(this.last, { id: this.last, list, entity, at });
        this.byEntity.set(`${list}/${entity}`, this.last);
        this.ids.push(this.last);
        return true;
    }

    /** Takes the row of a record away; false when there was none. */
    delete(list: number, entity: number): boolean {
        const id = this.byEntity.get(`${list}/${entity}`);
        if (id === undefined) {
            return false;
        }
        this.byEntity.delete(`${list}/${entity}`);
        this.rows.delete(id);
        this.ids = this.ids.filter((other) => other !== id);
        return true;
    }

    has(list: number, entity: number): boolean {
        return this.byEntity.has(`${list}/${entity}`);
    }

    get(id: number): ListItem | undefined {
        return this.rows.get(id);
    }

    /** The smallest id above `after`, 0 when there is none. */
    next(after: number): number {
        let low = 0;
        let high = this.ids.length;
        while (low < high) {
            const middle = (low + high) >> 1;
            if ((this.ids[middle] ?? 0) > after) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return this.ids[low] ?? 0;
    }

    /** How many rows a list has. */
    count(list: number): number {
        let count = 0;
        for (const row of this.rows.values()) {
            count += row.list === list ? 1 : 0;
        }
        return count;
    }
}
