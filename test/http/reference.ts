import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** A folder of the reference (`REFERENCE_DIR`, else `../shared/reference`), or null when it is not here. */
export function referenceFolder(name: string): string | null {
    const folder = join(process.env['REFERENCE_DIR'] ?? join(process.cwd(), '..', 'shared', 'reference'), name);
    return existsSync(folder) ? folder : null;
}

/** Said before a test skips itself. */
export function saySkipped(what: string): void {
    process.stdout.write(`    skipped: ${what} are not here (REFERENCE_DIR or ../shared/reference)\n`);
}
