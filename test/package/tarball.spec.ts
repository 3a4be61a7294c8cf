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
            ...filesBelow('examples'),
        ];
        packed().sort().should.eql(wanted.sort());
    });

    it('holds what its list of nodes and plugins names, each with its html and its English texts', () => {
        const files = packed();
        const { nodes, plugins } = manifest()['node-red'];
        for (const path of [...Object.values(nodes), ...Object.values(plugins)]) {
            files.should.containEql(path);
            files.should.containEql(path.replace(/\.js$/, '.html'));
            files.should.containEql(path.replace(/nodes\/(.*)\.js$/, 'nodes/locales/en-US/$1.json'));
        }
        for (const path of Object.values(nodes))
            files.should.containEql(path.replace(/nodes\/(.*)\.js$/, 'nodes/locales/en-US/$1.html'));
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
