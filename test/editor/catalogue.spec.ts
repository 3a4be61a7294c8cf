import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import 'should';

const NODES = join(__dirname, '..', '..', 'nodes');
const SOURCES = join(__dirname, '..', '..', 'src');
const CATALOGUES = ['oro-dotdigital-connection', 'oro-list-reader', 'dotdigital-contact-upsert', 'editor'];

/** Ways in which the sources name the code of a failure. */
const CODES = [
    /(?:PackageError|ServiceError)\(\s*(?:'(?:oro|dotdigital)',\s*|service,\s*)?'((?!oro'|dotdigital')[a-z][a-zA-Z]+)'/g,
    /explained\(\s*(?:failure,\s*)?'([a-z][a-zA-Z]+)'/g,
    /\bcode: '([a-z][a-zA-Z]+)'(?! in)/g,
];

/** The texts of a catalogue by their keys, `errors.timeout`. */
function texts(language: string, name: string): Map<string, string> {
    const flat = new Map<string, string>();
    const collect = (value: unknown, path: string) => {
        if (typeof value === 'string') flat.set(path, value);
        else for (const [key, inner] of Object.entries(value as object)) collect(inner, path === '' ? key : `${path}.${key}`);
    };
    collect(JSON.parse(readFileSync(join(NODES, 'locales', language, `${name}.json`), 'utf8')), '');
    return flat;
}

function html(name: string): string {
    return readFileSync(join(NODES, name), 'utf8');
}

function scripts(folder: string): string[] {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
        const path = join(folder, entry.name);
        if (entry.isDirectory()) return entry.name === 'sandbox' ? [] : scripts(path);
        return entry.name.endsWith('.js') ? [readFileSync(path, 'utf8')] : [];
    });
}

const matches = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map((match) => match[1] ?? '');

describe('the texts of the dialogs', () => {
    const files = readdirSync(NODES).filter((name) => name.endsWith('.html'));

    for (const name of CATALOGUES) {
        it(`say the same in English and German: ${name}`, () => {
            const english = texts('en-US', name);
            const german = texts('de', name);
            [...german.keys()].sort().should.deepEqual([...english.keys()].sort());
            for (const [key, text] of english) {
                const placeholders = (each: string) => matches(each, /(__\w+?__)/g).sort();
                placeholders(german.get(key) ?? '').should.deepEqual(placeholders(text), key);
            }
        });
    }

    it('name every failure of the package, at length and in a few words', () => {
        const known = texts('en-US', 'oro-dotdigital-connection');
        const codes = new Set(scripts(SOURCES).flatMap((script) => CODES.flatMap((pattern) => matches(script, pattern))));
        codes.size.should.be.above(40);
        const missing = [...codes].filter((code) => !known.has(`errors.${code}`) || !known.has(`short.${code}`));
        missing.should.deepEqual([]);
    });

    it('keep the few words short enough for a status', () => {
        for (const language of ['en-US', 'de']) {
            for (const [key, text] of texts(language, 'oro-dotdigital-connection')) {
                if (key.startsWith('short.'))
                    text.replace('__service__', 'Dotdigital').length.should.be.below(38, `${language} ${key}`);
            }
        }
    });

    for (const file of files) {
        const own = CATALOGUES.find((name) => file === `${name}.html`) ?? 'editor';
        it(`are all in the catalogue: ${file}`, () => {
            const ownTexts = texts('en-US', own);
            const sharedTexts = texts('en-US', 'editor');
            const source = html(file);
            const used = [
                ...matches(source, /data-i18n="(?:\[\w+\])?([\w.]+)"/g),
                ...matches(source, /\b(?:own|_)\('([\w.]+)'/g),
            ];
            used.filter((key) => !ownTexts.has(key)).should.deepEqual([]);
            matches(source, /shared\.text\('([\w.]+)'/g)
                .filter((key) => !sharedTexts.has(key))
                .should.deepEqual([]);
        });

        it(`take every colour from the theme: ${file}`, () => {
            const styles =
                matches(html(file), /<style>([\s\S]*?)<\/style>/g).join('\n') +
                matches(html(file), /style="([^"]*)"/g).join('\n');
            matches(styles, /(#[0-9a-f]{3,8}\b|rgba?\(|hsla?\()/gi).should.deepEqual([]);
            matches(styles, /\b((?:white|black|red|green|yellow|orange|gr[ae]y)\b)(?=\s*[;!}])/g).should.deepEqual([]);
        });
    }
});
