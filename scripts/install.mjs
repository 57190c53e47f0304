// Runs when the package is installed: builds the addon and, in a clone of the repository, compiles src/ to dist/ beside it.
// The package as users get it comes with dist/ and without src/.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const compiler = new URL('../node_modules/typescript/bin/tsc', import.meta.url);

const builds = [run('scripts/build-native.mjs')];
if (existsSync(new URL('../src', import.meta.url))) {
  if (existsSync(compiler)) builds.push(run('scripts/build.mjs'));
  else console.error('madloop: dist/ is not built, since there is no TypeScript here (--omit=dev)');
}
process.exitCode = Math.max(...(await Promise.all(builds)));

/** Runs a script with this Node and gives its exit status. */
function run(script) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script], { cwd: root, stdio: 'inherit' });
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
