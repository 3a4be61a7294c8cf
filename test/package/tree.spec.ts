import 'should';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from '../tools/node-red';

/** What must not stand in any file of the repository, with the reason. Written so that this file does not find itself. */
const FORBIDDEN: readonly { reason: string; pattern: RegExp; except?: RegExp }[] = [
    {
        reason: "a path of somebody's machine",
        pattern: new RegExp(`(^|[^\\w./-])/(${['work', 'home', 'root', 'Users'].join('|')})/\\w`),
    },
    { reason: 'the host of a package registry', pattern: new RegExp(['registry', '(npmjs|yarnpkg|npmmirror)'].join('\\.')) },
    { reason: 'a package that the lock file takes from one host', pattern: /"resolved": "https?:/ },
    { reason: 'a test that shuts the others out', pattern: new RegExp(`\\b(describe|context|it|test)\\.${'only'}\\(`) },
    { reason: 'a hidden type error', pattern: new RegExp(['@ts', '(ignore|nocheck)'].join('-')) },
];

describe('The files of the repository', () => {
    let files: string[];
    before(function () {
        if (!existsSync(join(checkout, '.git'))) {
            console.log('      skipped: this is not a git checkout');
            this.skip();
        }
        const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], { cwd: checkout });
        files = listed
            .toString()
            .split('\0')
            .filter((path) => path !== '' && existsSync(join(checkout, path)) && !/\.(png|jpg|gif)$/.test(path));
    });

    for (const { reason, pattern } of FORBIDDEN) {
        it(`hold nowhere ${reason}`, () => {
            files.length.should.be.above(50);
            const found = files.flatMap((path) =>
                readFileSync(join(checkout, path), 'utf8')
                    .split('\n')
                    .flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}`] : [])),
            );
            found.should.eql([]);
        });
    }

    it("are not those of a build, of the sandbox or of somebody's installation", () => {
        files.filter((path) => /^(dist|node_modules|\.build|\.sandbox)\//.test(path)).should.eql([]);
    });
});
