import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import 'should';
import { checkout } from '../tools/node-red';

/** How a code gets into an error or into output 2; each expression catches the code. */
const MADE = [
    /new PackageError\(\s*'(\w+)'/g,
    /new ServiceError\(\s*[\w'.]+,\s*'(\w+)'/g,
    /explained\(\s*(?:failure,\s*)?'(\w+)'/g,
    /\bfailure\(\s*'(\w+)',/g,
    /\bproblem\('(\w+)',/g,
    /\bcode: '(\w+)'/g,
];
/** Rooms whose errors people never see. */
const OTHERS = new Set(['sandbox']);
/** Where the expressions meet something else: the codes of Node.js and of JSON. */
const isOther = (code: string) => code === 'code' || /^[A-Z_]+$/.test(code);

interface Catalogue {
    readonly errors: Readonly<Record<string, string>>;
    readonly short: Readonly<Record<string, string>>;
}

function catalogue(language: string): Catalogue {
    const path = join(checkout, 'nodes', 'locales', language, 'oro-dotdigital-connection.json');
    return JSON.parse(readFileSync(path, 'utf8')) as Catalogue;
}

function sources(folder: string): string[] {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
        const path = join(folder, entry.name);
        if (entry.isDirectory()) return OTHERS.has(entry.name) ? [] : sources(path);
        return entry.name.endsWith('.ts') ? [path] : [];
    });
}

/** Every code that is made somewhere, with a place where it is. */
function codes(): Map<string, string> {
    const found = new Map<string, string>();
    for (const path of [...sources(join(checkout, 'src')), ...sources(join(checkout, 'nodes'))]) {
        const text = readFileSync(path, 'utf8');
        for (const expression of MADE) {
            for (const [, code = ''] of text.matchAll(expression)) if (!isOther(code)) found.set(code, path);
        }
    }
    return found;
}

describe('The texts of errors', () => {
    const made = codes();
    const languages = ['en-US', 'de'].map((language) => [language, catalogue(language)] as const);

    it('are looked for where codes are made', () => {
        for (const code of [
            'oroCredentials',
            'certificate',
            'maintenance',
            'fieldMissing',
            'storeLocked',
            'valueTooLong',
            'erased',
        ]) {
            made.has(code).should.equal(true, code);
        }
        made.size.should.be.above(60);
    });

    for (const [language, { errors, short }] of languages) {
        it(`tell what to do for every code (${language})`, () => {
            const missing = [...made].filter(([code]) => (errors[code] ?? '').length < 20);
            missing.map(([code, path]) => `${code} (${path.slice(checkout.length + 1)})`).should.deepEqual([]);
        });

        it(`have a few words for every code, for the status (${language})`, () => {
            const missing = [...made].filter(([code]) => (short[code] ?? '') === '' || (short[code] ?? '').length > 40);
            missing.map(([code, path]) => `${code} (${path.slice(checkout.length + 1)})`).should.deepEqual([]);
        });
    }

    it('name the same values in every language', () => {
        const [english, ...others] = languages.map(([, { errors, short }]) => ({ errors, short }));
        for (const other of others) {
            for (const kind of ['errors', 'short'] as const) {
                for (const [code, text] of Object.entries(english?.[kind] ?? {})) {
                    values(other[kind][code]).should.deepEqual(values(text), `${kind}.${code}`);
                }
            }
        }
    });
});

function values(text = ''): string[] {
    return [...new Set(text.match(/__\w+__/g))].sort();
}
