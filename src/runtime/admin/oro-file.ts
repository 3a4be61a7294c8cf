import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PackageError } from '../../http/errors';

/** Where the package keeps what an Oro team installs, below its own folder. */
const FOLDER = join('examples', 'oro');

/** The instructions for an Oro team and the file that makes marketing lists readable, as one text to send to them. */
export function oroFile(folder: string | null = oroFolder()): string {
    const names = folder === null ? [] : readdirSync(folder).sort();
    const file = names.find((name) => /\.ya?ml$/.test(name) && read(folder, name).includes('MarketingListBundle'));
    if (folder === null || file === undefined) {
        throw new PackageError(
            'notFound',
            'The file for OroCommerce is not part of this installation. It is in examples/oro of the package.',
            {
                details: { service: 'Node-RED' },
            },
        );
    }
    const instructions = names.find((name) => /^readme\.md$/i.test(name));
    const parts = [
        instructions === undefined ? '' : read(folder, instructions),
        `${file}\n${'-'.repeat(file.length)}\n\n${read(folder, file)}`,
    ];
    return parts.filter((part) => part !== '').join('\n\n');
}

function read(folder: string | null, name: string): string {
    return readFileSync(join(folder ?? '', name), 'utf8').trim();
}

function oroFolder(): string | null {
    for (let folder = __dirname; ; folder = dirname(folder)) {
        if (existsSync(join(folder, FOLDER))) return join(folder, FOLDER);
        if (folder === dirname(folder)) return null;
    }
}
