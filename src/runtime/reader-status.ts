import type { NodeAPI } from 'node-red';
import type { Summary } from '../sync/summary';
import type { ReaderView } from './list-reader';
import type { Status } from './status';
import { grouped, shortText, text } from './texts';

const MINUTE = 60_000;

/** What a list reader says under itself while it works, and when it has finished. */
export function showReader(RED: NodeAPI, status: Status): ReaderView {
    const words = (key: string, values: Record<string, string | number> = {}) => text(RED, `status.${key}`, values);
    return {
        connecting(connection, dryRun) {
            status.prefix = connection.environment === 'sandbox' ? 'sandbox' : dryRun ? 'dryRun' : '';
            status.working(words('connecting'));
        },
        progress(progress) {
            switch (progress.doing) {
                case 'connecting':
                case 'rebuilding':
                    status.working(words(progress.doing));
                    break;
                case 'reading':
                    status.working(
                        words('reading', {
                            read: grouped(progress.read),
                            total: progress.total === null ? '?' : grouped(progress.total),
                        }),
                    );
                    break;
                case 'delivering': {
                    const [holder] = progress.heldBy;
                    if (holder === undefined) status.working(words('underWay', { count: grouped(progress.pending) }));
                    else status.waitingFor(words('waitingFor', { node: holder }));
                    break;
                }
                case 'importChecked':
                    status.waitingFor(words('importChecked', { minutes: Math.floor(progress.age / MINUTE) }));
                    break;
            }
        },
        summary(summary) {
            showSummary(RED, status, summary);
        },
    };
}

/** The status of a run that has ended; also shown again after a restart. */
export function showSummary(RED: NodeAPI, status: Status, summary: Summary): void {
    const rejected = summary.rejected + summary.stillRejected;
    const inStep = text(RED, 'status.inStep', { count: grouped(summary.inList) });
    if (summary.error !== null) status.bad(shortText(RED, summary.error.code, summary.error.service));
    else if (summary.held > 0) status.attention(text(RED, 'status.held', { count: grouped(summary.held) }));
    else if (!summary.complete) status.attention(shortText(RED, summary.incomplete || 'stopped'));
    else if (summary.unconfirmed > 0)
        status.attention(`${inStep}, ${text(RED, 'status.unconfirmed', { count: grouped(summary.unconfirmed) })}`);
    else if (rejected > 0) status.good(`${inStep}, ${text(RED, 'status.rejected', { count: grouped(rejected) })}`);
    else status.good(inStep);
}
