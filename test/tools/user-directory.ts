import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, checkout, packageName } from './node-red';

/** A user directory of its own in the system's folder for temporary files. */
export function temporaryUserDirectory(): string {
    return mkdtempSync(join(tmpdir(), 'node-red-user-'));
}

/**
 * Puts the package into a user directory, where `npm install` would put it, so that Node-RED loads nodes, icons, help,
 * locales and examples as for a user.
 *
 * @param from the folder of an installed package, linked as it is; by default `NODE_RED_PACKAGE`, else the package that this
 *     build makes: `package.json` and `examples` of the checkout, and as `dist` the folder that this file was compiled into
 * @returns the folder of the package inside the user directory
 */
export function installPackage(userDirectory: string, from = process.env['NODE_RED_PACKAGE']): string {
    const folder = join(userDirectory, 'node_modules', packageName);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(join(folder, '..'), { recursive: true });
    if (from) {
        symlinkSync(from, folder, 'junction');
    } else {
        completeBuild();
        mkdirSync(folder);
        copyFileSync(join(checkout, 'package.json'), join(folder, 'package.json'));
        symlinkSync(build, join(folder, 'dist'), 'junction');
        if (existsSync(join(checkout, 'examples'))) symlinkSync(join(checkout, 'examples'), join(folder, 'examples'), 'junction');
    }
    const manifest = { name: 'node-red-user', version: '0.0.0', private: true, dependencies: { [packageName]: '*' } };
    writeFileSync(join(userDirectory, 'package.json'), JSON.stringify(manifest));
    return folder;
}

/** Puts the probe node, which only tests have, into a user directory. */
export function installProbe(userDirectory: string): void {
    const folder = join(userDirectory, 'nodes');
    mkdirSync(folder, { recursive: true });
    writeFileSync(
        join(folder, 'probe.js'),
        `module.exports = require(${JSON.stringify(join(__dirname, 'nodes', 'probe.js'))});\n`,
    );
    const definition =
        "{ category: 'test', color: '#fff', defaults: { name: {}, hold: {} }, inputs: 1, outputs: 1, label: 'probe' }";
    writeFileSync(
        join(folder, 'probe.html'),
        `<script type="text/javascript">RED.nodes.registerType('probe', ${definition});</script>\n`,
    );
}

/** Puts beside the compiled nodes what the compiler leaves behind, as `.ci/build.mjs` does; only what is newer there. */
function completeBuild(): void {
    const isWanted = (source: string, target: string) => {
        const stat = statSync(source);
        return (
            stat.isDirectory() || (!source.endsWith('.ts') && (!existsSync(target) || statSync(target).mtimeMs < stat.mtimeMs))
        );
    };
    const beside = join(build, 'nodes');
    cpSync(join(checkout, 'nodes'), beside, { recursive: true, filter: isWanted });
    cpSync(join(checkout, 'icons'), join(beside, 'icons'), { recursive: true, filter: isWanted });
}
