import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { checkout } from '../tools/node-red';

/** `package.json`, as far as tests read it. */
export interface Manifest {
    name: string;
    version: string;
    license?: string;
    repository?: { url: string };
    bugs?: { url: string };
    keywords?: string[];
    engines: { node: string };
    files: string[];
    dependencies: Record<string, string>;
    peerDependencies?: Record<string, string>;
    'node-red': { version: string; nodes: Record<string, string>; plugins: Record<string, string> };
}

/** Reads a file of the checkout. */
export function read(path: string): string {
    return readFileSync(join(checkout, path), 'utf8');
}

/** The `package.json` of the checkout. */
export function manifest(): Manifest {
    return JSON.parse(read('package.json'));
}

/** Every file below a folder of the checkout, as paths from the checkout with `/`. */
export function filesBelow(folder: string): string[] {
    return readdirSync(join(checkout, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => relative(checkout, join(entry.parentPath, entry.name)).split(sep).join('/'));
}
