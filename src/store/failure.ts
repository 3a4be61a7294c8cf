import { isPackageError, PackageError } from '../http/errors';

/** Codes of the operating system that mean "no room". */
const FULL = /ENOSPC|EDQUOT|EFBIG|No space left|Disk quota exceeded|File too large/i;
/** A table that is shorter than the database knows is read beyond its end, which is an invalid argument. */
const DAMAGED = /Corruption|\.ldb: Invalid argument/i;
const READ_ONLY = /EACCES|EPERM|EROFS|Permission denied|Read-only file system/i;

/** Turns a failure of the embedded database into the package's own error, whose text says what to do. */
export function storeError(error: unknown, path: string): PackageError {
    if (isPackageError(error)) return error;
    const chain = causes(error);
    const codes = chain.map((each) => each.code);
    const text = chain.map((each) => `${each.code} ${each.message}`).join(' ');
    if (codes.includes('LEVEL_LOCKED') || /\bLock\b.*(held|unavailable)|LOCK: (Resource|already)/i.test(text)) {
        return new PackageError(
            'storeLocked',
            `The memory in "${path}" is in use by another process. Give each Node-RED its own directory, or stop the other one.`,
            { retryable: true },
        );
    }
    if (codes.includes('LEVEL_CORRUPTION') || DAMAGED.test(text)) {
        return new PackageError(
            'storeDamaged',
            `The memory in "${path}" is damaged. Restore a backup of the directory, or move it away: the next run then compares with nothing, takes nobody off and sends everyone once.`,
        );
    }
    if (FULL.test(text)) {
        return new PackageError('storeFull', `The disk that holds the memory in "${path}" is full. Make room; nothing is lost.`, {
            retryable: true,
        });
    }
    if (READ_ONLY.test(text)) {
        return new PackageError(
            'storeReadOnly',
            `Node-RED may not write to "${path}". Give it the right to, or choose another directory in the connection.`,
        );
    }
    return new PackageError('storeUnavailable', `The memory in "${path}" cannot be used: ${firstLine(chain)}.`);
}

function causes(error: unknown): { code: string; message: string }[] {
    const chain: { code: string; message: string }[] = [];
    let current: unknown = error;
    while (current instanceof Error && chain.length < 5) {
        chain.push({ code: 'code' in current ? String(current.code) : '', message: current.message });
        current = current.cause;
    }
    return chain;
}

function firstLine(chain: readonly { code: string; message: string }[]): string {
    const last = chain.at(-1);
    return last === undefined ? 'unknown reason' : (last.message.split('\n')[0] ?? last.code);
}
