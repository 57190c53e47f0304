// Runs when the package is installed. In a clone of the repository it builds the addon and compiles src/ to dist/ beside it, unless
// they are newer than their sources: npx and every installation in a project that has the clone as a dependency run this again. The
// package as users get it comes with dist/ and without src/; there the addon is built from source where no prebuilt one runs, or
// where that is asked for:
//
//   npm_config_build_from_source=true npm install madloop
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isUpToDate } from './up-to-date.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const inRoot = (...names) => names.map((name) => join(root, name));

const jobs = [];
if (existsSync(join(root, 'src'))) {
  // npx in a clone installs it into a cache of its own first, and is broken until that is removed if this is interrupted: it takes what is there.
  if (
    process.env.npm_command === 'exec' &&
    existsSync(join(root, 'dist/cli/main.js')) &&
    loadedAddon({ built: true })
  )
    process.exit();
  const hasDist = isUpToDate(
    inRoot('dist/cli/main.js'),
    inRoot('src', 'tsconfig.json', 'tsconfig.build.json', 'package.json'),
  );
  if (!hasDist) {
    if (existsSync(join(root, 'node_modules/typescript'))) jobs.push(run('scripts/build.mjs'));
    else console.error('madloop: dist/ is not built, since there is no TypeScript here (--omit=dev)');
  }
  if (isForced() || !hasDist || !hasOwnAddon()) jobs.push(run('scripts/build-native.mjs'));
} else if (isForced() || !loadedAddon()) {
  jobs.push(run('scripts/build-native.mjs'));
}
const statuses = await Promise.all(jobs);
if (existsSync(join(root, 'src'))) linkCommand();
process.exitCode = Math.max(0, ...statuses);

/**
 * In a clone `npx madloop` is the clone's own command: found here it starts at once. Otherwise npx installs the clone into a cache of
 * its own first, which takes seconds, and an installation that is interrupted stays broken.
 */
function linkCommand() {
  const modules = join(root, 'node_modules');
  if (process.platform === 'win32' || !existsSync(modules)) return;
  const link = join(modules, '.bin', 'madloop');
  mkdirSync(dirname(link), { recursive: true });
  rmSync(link, { force: true });
  symlinkSync('../../dist/cli/main.js', link);
}

/** As with other packages that are built: true, or a list of packages. */
function isForced() {
  const words = (process.env.npm_config_build_from_source ?? '').split(',');
  return words.some((word) => ['true', '1', 'madloop'].includes(word.trim()));
}

/** Is the addon that the loader takes here built from the sources as they are? */
function hasOwnAddon() {
  const path = loadedAddon({ built: true });
  return path !== undefined && isUpToDate([path], inRoot('native', 'binding.gyp'));
}

/**
 * The addon that the loader takes and that runs: in a process of its own, since one that does not fit could end it. One that was built
 * here counts only where it is asked for: in the package it is built anew.
 */
function loadedAddon({ built = false } = {}) {
  const program = `import { loadedAddon } from './dist/engine/native.js'; process.stdout.write(loadedAddon().path);`;
  const { status, stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, MADLOOP_BINARY: '', MADLOOP_CPU: '', MADLOOP_KERNELS: '' },
  });
  if (status !== 0) return undefined;
  return stdout.startsWith(join(root, 'build') + sep) === built ? stdout : undefined;
}

/** Runs a script with this Node and gives its exit status. */
function run(script) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script], { cwd: root, stdio: 'inherit' });
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
