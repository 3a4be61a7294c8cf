// Packs the package, installs the tarball as a user does, and runs the tests that an installation must pass: the examples and
// the editor, in each supported version of Node-RED, on the oldest Node.js that it takes.
import { execFileSync, execSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const NODE_RED = [
    { nodeRed: '4.1.15', node: '20' },
    { nodeRed: '5.0.7', node: '22' },
];
const TESTS = ['dist/test/examples/examples.spec.js', 'dist/test/editor/**/*.spec.js'];

const top = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'packed-'));
try {
    const packed = execSync(`npm pack --json --ignore-scripts --pack-destination "${folder}"`, { cwd: top, encoding: 'utf8' });
    const [{ filename }] = JSON.parse(packed);
    for (const versions of NODE_RED) testOn(versions, join(folder, filename));
} finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

function testOn({ nodeRed, node }, tarball) {
    const binary = nodeOf(node);
    const env = { ...process.env, PATH: `${dirname(binary)}${delimiter}${process.env.PATH}` };
    console.log(`\n-- Node-RED ${nodeRed} on Node.js ${execFileSync(binary, ['--version'], { encoding: 'utf8' }).trim()}`);

    const runtime = install(`runtime-${nodeRed}`, `node-red@${nodeRed}`, env);
    const user = install(`user-${nodeRed}`, tarball, env);
    execFileSync(binary, [join(top, 'node_modules', 'mocha', 'bin', 'mocha.js'), ...TESTS], {
        cwd: top,
        stdio: 'inherit',
        env: {
            ...env,
            NODE_RED_PATH: join(runtime, 'node-red'),
            EDITOR_NODE_RED: join(runtime, 'node-red'),
            NODE_RED_PACKAGE: join(user, '@oro-dotdigital', 'node-red'),
        },
    });
}

/** Installs one package into a folder of its own; returns its `node_modules`. */
function install(name, what, env = process.env) {
    const into = join(folder, name);
    mkdirSync(into);
    writeFileSync(join(into, 'package.json'), '{ "private": true }');
    execSync(`npm install --no-audit --no-fund --loglevel=error "${what}"`, {
        cwd: into,
        env,
        stdio: ['ignore', 'ignore', 'inherit'],
    });
    return join(into, 'node_modules');
}

/** The binary of a Node.js: the running one if it is of that version, else one from a package that holds nothing but it. */
function nodeOf(major) {
    if (process.versions.node.split('.')[0] === major) return process.execPath;
    const holder = `node-${process.platform}-${process.arch}`;
    return join(install(`node-${major}`, `${holder}@${major}`), holder, 'bin', 'node');
}
