// Does the set-up that is missing, so that `npm start` and `npm test` work on a fresh clone: installs the packages that the
// lock file names, and builds. Does nothing, in a moment, when both are up to date.
import { execFileSync, execSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const top = fileURLToPath(new URL('..', import.meta.url));
const at = (...parts) => join(top, ...parts);

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
    console.error(`Node.js ${process.versions.node} is too old for this project: 20.19 or newer is needed.`);
    process.exit(1);
}

if (!packagesInstalled()) {
    console.log('Installing packages …');
    // One string through a shell, as npm is a script of another kind on Windows.
    execSync('npm ci --include=dev --no-audit --no-fund --loglevel=error', { cwd: top, stdio: 'inherit' });
}
if (!built()) {
    console.log('Building …');
    execFileSync(process.execPath, [at('.ci', 'build.mjs')], { cwd: top, stdio: 'inherit' });
}

/** True when every package stands in node_modules in the version that the lock file names. */
function packagesInstalled() {
    if (!existsSync(at('node_modules', '.package-lock.json'))) return false;
    const wanted = JSON.parse(readFileSync(at('package-lock.json'), 'utf8')).packages;
    const installed = JSON.parse(readFileSync(at('node_modules', '.package-lock.json'), 'utf8')).packages;
    return Object.entries(wanted).every(([path, { version, optional, devOptional }]) => {
        if (path === '') return true;
        const there = installed[path];
        // Optional ones are builds for other systems.
        return there ? there.version === version : optional || devOptional;
    });
}

/** True when the last build is newer than everything that it was made from. */
function built() {
    if (!existsSync(at('dist', '.built'))) return false;
    const sources = ['nodes', 'src', 'test', 'icons', 'examples/oro', 'package.json', 'tsconfig.json', '.ci/build.mjs'];
    return Math.max(...sources.map(newest)) < statSync(at('dist', '.built')).mtimeMs;
}

/** When something at or below a path was changed last; a folder's own time tells of removed files. */
function newest(path) {
    const stat = statSync(at(path));
    if (!stat.isDirectory()) return stat.mtimeMs;
    return Math.max(stat.mtimeMs, ...readdirSync(at(path)).map((name) => newest(join(path, name))));
}
