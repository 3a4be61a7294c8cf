import type { NodeAPI } from 'node-red';
import type { Connection } from '../connection';
import type { Status } from '../status';
import { grouped, text } from '../texts';
import type { UpsertView } from './upserter';
import type { UpsertResult } from './work';

/** An import that goes on for longer than this is worth a word, in milliseconds. */
const LONG = 60_000;

/** What a contact upsert says under itself. Numbers add up until it has rested for a while. */
export function showUpsert(
    RED: NodeAPI,
    status: Status,
): UpsertView & { uses(connection: Connection, dryRun: boolean): Connection; done(result: UpsertResult): void } {
    const sums = { created: 0, updated: 0, removed: 0 };
    let last = 0;
    return {
        uses(connection, dryRun) {
            status.prefix =
                connection.environment === 'sandbox' ? 'sandbox' : connection.environment === 'dryRun' || dryRun ? 'dryRun' : '';
            return connection;
        },
        importAge(age) {
            if (age > LONG) status.waitingFor(text(RED, 'status.importChecked', { minutes: Math.floor(age / LONG) }));
        },
        working(waiting) {
            status.working(text(RED, 'status.underWay', { count: grouped(waiting) }));
        },
        done(result) {
            if (Date.now() - last > LONG) Object.assign(sums, { created: 0, updated: 0, removed: 0 });
            last = Date.now();
            sums.created += result.created;
            sums.updated += result.updated;
            sums.removed += result.removed;
            const words = { created: grouped(sums.created), updated: grouped(sums.updated), removed: grouped(sums.removed) };
            status.good(text(RED, 'status.done', words));
        },
    };
}
