import { isPackageError, PackageError } from '../http/errors';

/**
 * The error as one of the package's own. The message of a failure that nobody thought of may hold a name or an address: only
 * its kind and its place go on.
 */
export function packageError(error: unknown): PackageError {
    if (isPackageError(error)) return error;
    const kind = error instanceof Error ? error.name : typeof error;
    const place = placeOf(error);
    return new PackageError(
        'unexpected',
        `Something went wrong that this package did not expect: ${kind}${place === '' ? '' : ` in ${place}`}. Report it with the version of the package.`,
    );
}

/** `mirror.js:120`: the file, without its folder, and the line. */
function placeOf(error: unknown): string {
    const stack = error instanceof Error ? (error.stack ?? '') : '';
    const frame = stack.split('\n').find((line) => /^\s+at /.test(line)) ?? '';
    return /([^/\\(\s]+:\d+):\d+\)?$/.exec(frame)?.[1] ?? '';
}
