// Builds the addon with node-gyp into build/Release, incrementally. Runs when the package is installed, and as
// `npm run build:native`; further arguments go to node-gyp:
//
//   npm run build:native -- --variants=v2,v3,v4     instruction-set levels to build on x86-64 (default v2,v3)
//   npm run build:native -- --jobs=2                compilers at a time (default: one a core)
//
// Needs Python 3, make and a C++20 compiler, and no network.
import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The node-gyp that the package manager brings along, or else the one on the PATH. */
function nodeGyp() {
  const bundled = process.env.npm_config_node_gyp;
  return bundled?.endsWith('.js') ? [process.execPath, bundled] : ['node-gyp'];
}

/** Binaries of earlier builds go, so that a variant that is no longer built cannot be loaded by mistake. */
function removeBinaries() {
  const folder = join(root, 'build', 'Release');
  try {
    for (const name of readdirSync(folder)) if (name.endsWith('.node')) rmSync(join(folder, name));
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
}

const given = process.argv.slice(2);
const jobs = given.some((argument) => argument.startsWith('--jobs')) ? [] : ['--jobs=max'];
// On Windows node-gyp links with node.lib, which it must download.
const headers = process.platform === 'win32' ? [] : ['--nodedir=native/node-gyp', '--force-process-config'];

removeBinaries();
const [program, ...first] = nodeGyp();
const { status, error } = spawnSync(program, [...first, 'configure', 'build', ...headers, ...jobs, ...given], {
  cwd: root,
  stdio: 'inherit',
});
if (error?.code === 'ENOENT') {
  console.error('madloop: there is no node-gyp on the PATH; npm brings one along: npm run build:native');
  process.exit(1);
}
if (status !== 0) {
  console.error(
    [
      'madloop: the native addon could not be built; the messages above say why.',
      'It needs Python 3, make and a C++20 compiler: g++ 11 or clang 14 or newer. On Debian or Ubuntu:',
      '  apt-get install python3 make g++',
      'then `npm rebuild madloop` (or `npm run build:native` in a clone of the repository).',
    ].join('\n'),
  );
  process.exit(1);
}
