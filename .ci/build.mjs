// Compiles the package into dist/ and puts what Node-RED loads beside the compiled nodes.
import { execFileSync } from 'node:child_process';
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const top = fileURLToPath(new URL('..', import.meta.url));
const at = (...parts) => join(top, ...parts);

rmSync(at('dist'), { recursive: true, force: true });
execFileSync(process.execPath, [at('node_modules', 'typescript', 'bin', 'tsc'), '-p', top], { stdio: 'inherit' });
cpSync(at('nodes'), at('dist', 'nodes'), { recursive: true, filter: (source) => !source.endsWith('.ts') });
// Node-RED looks for icons beside the node files only.
cpSync(at('icons'), at('dist', 'nodes', 'icons'), { recursive: true });
// Node-RED's tools take every file of a package's examples/ for a flow, so what an Oro team installs is packed from here.
cpSync(at('examples', 'oro'), at('dist', 'examples', 'oro'), { recursive: true });
// Tells .ci/setup.mjs when this build was made.
writeFileSync(at('dist', '.built'), '');
