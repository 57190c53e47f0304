// Builds the addon with node-gyp into build/Release, incrementally. Runs when the package is installed, and as
// `npm run build:native`; further arguments go to node-gyp:
//
//   npm run build:native -- --variants=v2,v3     instruction-set levels to build: v2, v3, v4 on x86-64, else generic (default: the
//                                                best of v2 and v3 that this machine's processor has, or else generic)
//   npm run build:native -- --jobs=2             compilers at a time (default: one a core)
//
// Needs Python 3, make and a C++20 compiler, and no network.
import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const binaries = join(root, 'build', 'Release');
const known = process.arch === 'x64' ? ['v2', 'v3', 'v4'] : ['generic'];

const given = process.argv.slice(2);
const toGyp = given.filter((argument) => !argument.startsWith('--variants'));
if (!toGyp.some((argument) => argument.startsWith('--jobs'))) toGyp.push('--jobs=max');
// On Windows node-gyp links with node.lib, which it must download.
const ownHeaders = process.platform !== 'win32';
if (ownHeaders) toGyp.push('--force-process-config');

const wanted = variantsGiven() ?? [hostVariant()];
for (const variant of wanted) nodeGyp([`--variant=${variant}`]);
removeOthers();

/** Those of --variants; undefined, where the host's is wanted. */
function variantsGiven() {
  const option = given.findLast((argument) => argument.startsWith('--variants'));
  if (option === undefined) return undefined;
  const variants = option.slice('--variants='.length).split(',');
  const unknown = variants.find((variant) => !known.includes(variant));
  if (unknown !== undefined) {
    fail(`--variants must be some of ${known.join(', ')} on ${process.arch}, got '${unknown}' (${option})`);
  }
  return variants;
}

/**
 * Variants of earlier builds go, so that one that is no longer built cannot be loaded by mistake: last, since a build that fails or is
 * ended leaves the engine that there was.
 */
function removeOthers() {
  const kept = ['cpu_probe.node', ...wanted.map((variant) => `madloop-${variant}.node`)];
  for (const name of readdirSync(binaries)) {
    if (name.endsWith('.node') && !kept.includes(name)) rmSync(join(binaries, name));
  }
}

/** What the loader would take here, were everything built. It never takes v4 unasked (src/engine/native-loader.ts). */
function hostVariant() {
  if (process.arch !== 'x64') return 'generic';
  nodeGyp([]);
  const { x86Level } = createRequire(import.meta.url)(join(binaries, 'cpu_probe.node'));
  return x86Level >= 3 ? 'v3' : 'v2';
}

/** Builds a variant and, on x86-64, the probe of the processor; without a variant the probe alone. */
function nodeGyp(variant) {
  // The node-gyp that the package manager brings along, or else the one on the PATH.
  const bundled = process.env.npm_config_node_gyp;
  const [program, ...first] = bundled?.endsWith('.js') ? [process.execPath, bundled] : ['node-gyp'];
  const { status, error } = spawnSync(program, [...first, 'configure', 'build', ...toGyp, ...variant], {
    cwd: root,
    stdio: 'inherit',
    // This way it holds against a nodedir in somebody's .npmrc, with which every file would be compiled with other flags.
    env: ownHeaders ? { ...process.env, npm_package_config_node_gyp_nodedir: 'native/node-gyp' } : process.env,
  });
  if (error?.code === 'ENOENT') {
    fail('there is no node-gyp on the PATH; npm brings one along: npm run build:native');
  }
  if (status !== 0) {
    fail(
      'the native addon could not be built; the messages above say why.',
      'It needs Python 3, make and a C++20 compiler: g++ 11 or clang 14 or newer. On Debian or Ubuntu:',
      '  apt-get install python3 make g++',
      'then `npm rebuild madloop` (or `npm run build:native` in a clone of the repository).',
    );
  }
}

function fail(...lines) {
  console.error(`madloop: ${lines.join('\n')}`);
  process.exit(1);
}
