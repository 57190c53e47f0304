// Runs when the package is installed. In a clone of the repository it builds the addon and compiles src/ to dist/ beside it. The
// package as users get it comes with dist/ and without src/; there the addon is built from source where no prebuilt one runs, or
// where that is asked for:
//
//   npm_config_build_from_source=true npm install madloop
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const compiler = new URL('../node_modules/typescript/bin/tsc', import.meta.url);

const jobs = [];
if (existsSync(new URL('../src', import.meta.url))) {
  jobs.push(run('scripts/build-native.mjs'));
  if (existsSync(compiler)) jobs.push(run('scripts/build.mjs'));
  else console.error('madloop: dist/ is not built, since there is no TypeScript here (--omit=dev)');
} else if (isForced() || !hasPrebuilt()) {
  jobs.push(run('scripts/build-native.mjs'));
}
process.exitCode = Math.max(0, ...(await Promise.all(jobs)));

/** As with other packages that are built: true, or a list of packages. */
function isForced() {
  const words = (process.env.npm_config_build_from_source ?? '').split(',');
  return words.some((word) => ['true', '1', 'madloop'].includes(word.trim()));
}

/** Does the loader find a prebuilt addon that runs? In a process of its own: an addon that does not fit could end it. */
function hasPrebuilt() {
  const program = `import { loadedAddon } from './dist/engine/native.js'; process.stdout.write(loadedAddon().path);`;
  const { status, stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, MADLOOP_BINARY: '', MADLOOP_CPU: '', MADLOOP_KERNELS: '' },
  });
  // What was built from source is built anew.
  return status === 0 && !stdout.startsWith(join(root, 'build') + sep);
}

/** Runs a script with this Node and gives its exit status. */
function run(script) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script], { cwd: root, stdio: 'inherit' });
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
