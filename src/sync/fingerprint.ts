import { digest } from './digest';
import type { OroRecord } from './record';

/** Fields that change without anything being sent. */
const NOT_SENT: ReadonlySet<string> = new Set(['updatedAt', 'change', 'contactId']);

/**
 * Fingerprint of what will be sent of a record. Equal fingerprints mean: nothing to send.
 *
 * @param settings fingerprint of the settings of the writing nodes that matter, from {@link fingerprintOf}
 */
export function recordFingerprint(record: OroRecord, settings: string): string {
    return digest('sha1', settings + JSON.stringify(withoutNotSent(record))).slice(0, 16);
}

/** A copy only where there is something to leave out: this is asked for each record. */
function withoutNotSent(record: OroRecord): object {
    for (const name in record) {
        if (NOT_SENT.has(name)) return Object.fromEntries(Object.entries(record).filter(([each]) => !NOT_SENT.has(each)));
    }
    return record;
}

/** Fingerprint of any plain value; the order of an object's properties does not matter. */
export function fingerprintOf(value: unknown): string {
    return digest('sha1', JSON.stringify(sorted(value))).slice(0, 16);
}

function sorted(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(sorted);
    if (value === null || typeof value !== 'object') return value;
    const entries = Object.entries(value).filter(([, each]) => each !== undefined);
    return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, each]) => [name, sorted(each)]));
}
