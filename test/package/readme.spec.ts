import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import 'should';
import { STANDINGS } from '../../src/sync/summary';
import { checkout } from '../tools/node-red';

describe('the README', () => {
    const readme = readFileSync(join(checkout, 'README.md'), 'utf8');

    it('lists every code of the catalogue', () => {
        const catalogue = join(checkout, 'nodes/locales/en-US/oro-dotdigital-connection.json');
        const { errors } = JSON.parse(readFileSync(catalogue, 'utf8')) as { errors: Record<string, string> };
        const missing = Object.keys(errors).filter((code) => !readme.includes(`| \`${code}\` |`));
        missing.should.deepEqual([]);
    });

    it('names every example and every node type', () => {
        const examples = readdirSync(join(checkout, 'examples')).filter((name) => name.endsWith('.json'));
        examples.filter((name) => !readme.includes(name.replace('.json', ''))).should.deepEqual([]);
        const {
            'node-red': { nodes },
        } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')) as {
            'node-red': { nodes: Record<string, string> };
        };
        Object.keys(nodes)
            .filter((type) => !readme.includes(`| \`${type}\` |`))
            .should.deepEqual([]);
    });

    it('gives the sum of the summary with every standing', () => {
        readme.should.containEql(`members = ${STANDINGS.join(' + ')}`);
    });

    it('shows pictures that are there', () => {
        const pictures = [...readme.matchAll(/!\[[^\]]*\]\(([^)]+)\)/g)].map((match) => match[1] ?? '');
        pictures.should.have.length(3);
        pictures.filter((picture) => !existsSync(join(checkout, picture))).should.deepEqual([]);
    });
});
