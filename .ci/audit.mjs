// Asks npm whether run-time dependencies have known weaknesses. A registry without that service gives no answer: this is said
// and is not a failure.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const top = fileURLToPath(new URL('..', import.meta.url));
const { stdout } = spawnSync('npm audit --omit=dev --json --audit', { cwd: top, shell: true, encoding: 'utf8', timeout: 60_000 });
const found = counts(stdout ?? '');

if (!found) {
    console.log('No answer: the package registry in use does not say. Nothing was checked.');
} else if (found.total === 0) {
    console.log('None known.');
} else {
    console.log(stdout);
    console.error(`${found.total} known, see above.`);
    process.exitCode = 1;
}

function counts(answer) {
    try {
        return JSON.parse(answer).metadata?.vulnerabilities ?? null;
    } catch {
        return null;
    }
}
