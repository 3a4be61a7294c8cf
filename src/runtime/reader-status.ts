import type { NodeAPI } from 'node-red';
import { SERVICE_NAMES } from '../http/errors';
import type { Summary } from '../sync/summary';
import type { ServiceWait } from './connection';
import type { ReaderView } from './list-reader';
import type { Status } from './status';
import { grouped, shortText, text } from './texts';

const MINUTE = 60_000;

/** What a list reader says under itself while it works, and when it has finished. */
export function showReader(RED: NodeAPI, status: Status): ReaderView {
    const words = (key: string, values: Record<string, string | number> = {}) => text(RED, `status.${key}`, values);
    const held = waits(RED, status);
    return {
        waiting: held.note,
        connecting(connection, dryRun) {
            status.prefix = connection.environment === 'sandbox' ? 'sandbox' : dryRun ? 'dryRun' : '';
            status.working(words('connecting'));
        },
        progress(progress) {
            if (held.show()) return;
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

/** Shorter waits than this are not worth a word, in milliseconds. */
const SHORT_WAIT = 1500;

/** What a node says while requests are held back: a rate limit with the seconds that are left, or why the service is waited for. */
function waits(RED: NodeAPI, status: Status): { note(wait: ServiceWait | null): void; show(): boolean } {
    let wait: ServiceWait | null = null;
    const show = (): boolean => {
        const left = wait === null ? 0 : wait.until - Date.now();
        if (wait === null || left < SHORT_WAIT) return false;
        const seconds = Math.ceil(left / 1000);
        if (wait.reason === 'rateLimited') status.waitingFor(text(RED, 'status.waitingRate', { seconds }));
        else status.waitingFor(shortText(RED, wait.reason, wait.service === 'oro' ? 'Oro' : SERVICE_NAMES[wait.service]));
        return true;
    };
    return {
        note(next) {
            wait = next;
            show();
        },
        show,
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
