import 'should';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { build, checkout } from '../tools/node-red';
import { filesBelow, manifest } from './manifest';

interface Packed {
    files: { path: string }[];
}

describe('The packed package', () => {
    before(function () {
        // npm packs what lies in dist/, so there is nothing to say about a build that lies elsewhere.
        if (build !== join(checkout, 'dist')) {
            console.log('      skipped: this build is not in dist/');
            this.skip();
        }
    });

    it('holds the compiled nodes, their html, locales and icons, the examples, and nothing else', function () {
        this.timeout(120_000);
        const wanted = [
            ...['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md'],
            ...[...filesBelow('nodes'), ...filesBelow('src')].map((path) => `dist/${path.replace(/\.ts$/, '.js')}`),
            ...filesBelow('icons').map((path) => `dist/nodes/${path}`),
            ...filesBelow('examples').map((path) => (path.startsWith('examples/oro/') ? `dist/${path}` : path)),
        ];
        const files = packed();
        wanted.filter((path) => !files.includes(path)).should.eql([]);
        files.filter((path) => !wanted.includes(path)).should.eql([]);
    });

    it('holds what its list of nodes and plugins names, each with its html and its English texts', () => {
        const { nodes, plugins } = manifest()['node-red'];
        const texts = (path: string, kind: string) => path.replace(/nodes\/(.*)\.js$/, `nodes/locales/en-US/$1.${kind}`);
        // A plugin may be nothing but html for the editor.
        const named = [...Object.values(nodes), ...Object.values(plugins)];
        const compiled = named.filter((path) => path.endsWith('.js'));
        const wanted = [
            ...named,
            ...compiled.map((path) => path.replace(/\.js$/, '.html')),
            ...compiled.map((path) => texts(path, 'json')),
            ...Object.values(nodes).map((path) => texts(path, 'html')),
        ];
        const files = packed();
        wanted.filter((path) => !files.includes(path)).should.eql([]);
    });

    it('loads every html that lies beside the nodes', () => {
        const { nodes, plugins } = manifest()['node-red'];
        const loaded = [...Object.values(nodes), ...Object.values(plugins)].map((path) =>
            path.replace(/^dist\/(.*)\.\w+$/, '$1.html'),
        );
        const there = filesBelow('nodes').filter((path) => /^nodes\/[^/]+\.html$/.test(path));
        loaded.sort().should.eql(there.sort());
    });
});

let once: string[] | null = null;

function packed(): string[] {
    if (!once) {
        const command = 'npm pack --dry-run --json --ignore-scripts --loglevel=error';
        const output = execFileSync(command, { cwd: checkout, encoding: 'utf8', shell: true, stdio: ['ignore', 'pipe', 'pipe'] });
        once = (JSON.parse(output) as Packed[]).flatMap(({ files }) => files.map(({ path }) => path));
    }
    return [...once];
}
