// Checks the package as users get it: packs it, installs the tarball in an empty project (in a folder with a space in its
// name), which builds the addon, and uses it from there. Run `npm run check:package`; needs a few minutes for the build.
//
//   npm run check:package -- --release   the tarballs in packages/ (npm run pack:prebuilt), as they are published; refuses to go
//                                        where publisher.json says not all of where they come from
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { publisherFields } from './publisher.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = (name) => join(root, 'node_modules', '.bin', name);
const { values: flags } = parseArgs({ options: { release: { type: 'boolean', default: false } } });
const packed = join(root, 'packages');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const temporary = mkdtempSync(join(tmpdir(), 'madloop package '));
const project = join(temporary, 'empty project');

function run(program, args, options = {}) {
  console.log(`$ ${[program, ...args].join(' ')}`);
  return execFileSync(program, args, {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    ...options,
  });
}

function assert(condition, message) {
  if (!condition) throw new Error(message);
}

/** Compares as text, so that a failure shows both. */
function assertEqual(actual, expected, what) {
  assert(actual === expected, `${what}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`);
}

/**
 * Every tarball says where it comes from: without that its links are dead, and no registry attests where it was built. All packages
 * that madloop's names are there, in its version.
 */
function checkRelease() {
  const { members, missing } = publisherFields();
  assert(missing.length === 0, `a release needs ${missing.join(', ')} in publisher.json`);
  const manifests = readdirSync(packed).map((name) =>
    JSON.parse(run('tar', ['-xzOf', join(packed, name), 'package/package.json'])),
  );
  for (const manifest of manifests) {
    assertEqual(manifest.version, version, `the version of ${manifest.name} in packages/`);
    for (const [name, value] of Object.entries(members)) {
      assertEqual(JSON.stringify(manifest[name]), JSON.stringify(value), `${name} of ${manifest.name}`);
    }
  }
  const madloop = manifests.find(({ name }) => name === 'madloop');
  const readme = run('tar', ['-xzOf', join(packed, `madloop-${version}.tgz`), 'package/README.md']);
  assert(
    readme.includes('npm install madloop'),
    'the README of a release says how to install it from a registry',
  );
  const named = Object.keys(madloop?.optionalDependencies ?? {}).filter((name) => name.startsWith('@madloop/'));
  const others = manifests.map(({ name }) => name).filter((name) => name !== 'madloop');
  assertEqual(others.sort().join(' '), named.sort().join(' '), 'the packages beside madloop in packages/');
}

function pack() {
  if (!flags.release) run('npm', ['run', 'build']);
  const what = flags.release ? [join(packed, `madloop-${version}.tgz`)] : [];
  const output = run('npm', ['pack', ...what, '--json', '--ignore-scripts', '--pack-destination', temporary]);
  const [{ filename, files, size, unpackedSize }] = JSON.parse(output);
  console.log(
    `${filename}: ${files.length} files, ${(size / 1e6).toFixed(2)} MB, unpacked ${(unpackedSize / 1e6).toFixed(2)} MB`,
  );
  return { tarball: join(temporary, filename), files: files.map(({ path }) => path) };
}

function checkList(files) {
  const { core, binding, version, cpuProbe } = JSON.parse(
    readFileSync(join(root, 'native/sources.json'), 'utf8'),
  );
  const vendored = Object.keys(
    JSON.parse(readFileSync(join(root, 'native/vendor/eigen/manifest.json'), 'utf8')).files,
  );
  const needed = [
    'package.json',
    'README.md',
    'LICENSE',
    'CHANGELOG.md',
    'SECURITY.md',
    'docs/cli.md',
    'docs/images/digits-go-mad.png',
    'docs/images/figure-11.png',
    'binding.gyp',
    'scripts/build-native.mjs',
    'scripts/install.mjs',
    'scripts/up-to-date.mjs',
    'native/sources.json',
    'native/node-gyp/include/node/common.gypi',
    'native/node-gyp/exports.map',
    'native/vendor/eigen/manifest.json',
    'dist/index.js',
    'dist/index.d.ts',
    'dist/cli/main.js',
    'dist/charts/index.js',
    'dist/charts/index.d.ts',
    'examples/digits-go-mad.mjs',
    'examples/digits.mjs',
    'examples/make-digits.mjs',
    'examples/models/madloop_model.py',
    ...[core, binding, version, cpuProbe].flat(),
    ...vendored.map((name) => `native/vendor/eigen/${name}`),
  ];
  for (const name of needed) assert(files.includes(name), `the tarball lacks ${name}`);

  const rooms = /^(assets|dist|docs|examples|native\/(binding|core|node-gyp|vendor\/eigen))\//;
  const single =
    /^(package\.json|README\.md|LICENSE|CHANGELOG\.md|SECURITY\.md|binding\.gyp|native\/sources\.json|scripts\/(build-native|install|up-to-date)\.mjs)$/;
  const products =
    /\.(node|o|a|so|d|js\.map|tsbuildinfo|tgz|log)$|(^|\/)(test|tests|build|node_modules|\.[^/]+)(\/|$)|\.test\./;
  for (const name of files) {
    assert(rooms.test(name) || single.test(name), `the tarball has ${name}, which does not belong there`);
    assert(
      name.startsWith('native/vendor/') || !products.test(name),
      `the tarball has ${name}, a product or a test`,
    );
  }
}

/** dist/ is what src/ is compiled to: a module and its types for each source, and nothing that earlier sources left. */
function checkCompiled(files) {
  const sources = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'));
  const expected = sources.flatMap((source) =>
    ['.js', '.d.ts'].map((ending) => source.replace(/^src\//, 'dist/').replace(/\.ts$/, ending)),
  );
  const compiled = files.filter((name) => name.startsWith('dist/'));
  assertEqual(compiled.sort().join('\n'), expected.sort().join('\n'), 'dist/ in the tarball');
}

function install(tarball) {
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), '{ "name": "empty", "version": "1.0.0", "private": true }\n');
  run('npm', ['install', tarball, '--omit=optional', '--foreground-scripts', '--no-audit', '--no-fund'], {
    cwd: project,
    stdio: 'inherit',
  });
}

/** E[distance] of ten-dimensional Gaussians fitted to 100 samples: a call that goes through to the engine and back. */
const call = 'expectedDistance({ dim: 10, samples: 100 }).then((distance) => console.log(distance.toFixed(9)))';
const answer = '0.381117146';

function useIt() {
  const printed = (name, text) => {
    writeFileSync(join(project, name), text);
    return run(process.execPath, [name], { cwd: project }).trim();
  };
  const use = (name, text) => assertEqual(printed(name, text), answer, name);
  use('use.mjs', `import { expectedDistance } from 'madloop';\n${call};\n`);
  use('use.cjs', `const { expectedDistance } = require('madloop');\n${call};\n`);
  // Every face gives what the package's own gives under the same name.
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const faces = Object.keys(exports).filter((face) => typeof exports[face] !== 'string' && face !== '.');
  for (const face of faces.map((name) => name.replace('.', 'madloop'))) {
    const text = `import * as all from 'madloop';
      import * as face from '${face}';
      const names = Object.keys(face);
      console.log(names.length > 0 && names.every((name) => typeof face[name] === 'function' && face[name] === all[name]));`;
    assertEqual(printed('face.mjs', text), 'true', face);
  }
  const files = `import { readMatrix, writeMatrix } from 'madloop/files';
    await writeMatrix('x.npy', { data: Float64Array.of(1, 2, 3, 4, 5, 6), rows: 3, cols: 2 });
    const { data, rows, cols } = await readMatrix('x.npy');
    console.log(rows, cols, ...data);`;
  assertEqual(printed('files.mjs', files), '3 2 1 2 3 4 5 6', 'files.mjs');
  // Optional packages are left out: a study says which one it needs, and charts are drawn all the same.
  const study = `import { runStudy } from 'madloop/studies';
    const small = { dim: 2, real: 10, synthetic: 10, method: 'deterministic' };
    await runStudy(small, { store: 'study.sqlite' }).catch(({ code }) => console.log(code));`;
  assertEqual(printed('study.mjs', study), 'ERR_MISSING_PACKAGE', 'study.mjs');
  const draw = "lineChart({ xTitle: 'x', yTitle: 'y', curves: [{ points: [{ x: 1, y: 1 }] }] })";
  const chart = `import { lineChart } from 'madloop/charts';\nconsole.log(${draw}.svg.slice(0, 4));\n`;
  assertEqual(printed('chart.mjs', chart), '<svg', 'chart.mjs');
  const info = JSON.parse(run('npx', ['--no-install', 'madloop', 'info', '--json'], { cwd: project }));
  assertEqual(info.version, version, 'madloop info --json');
}

function typeCheck() {
  const consumer = `
import { MadloopError, expectedDistance, frechetDistance, matrix, simulateGaussianLoop } from 'madloop';
import { type Chart, lineChart, loopCurve } from 'madloop/charts';
import { readMatrix, type Statistics, readStatistics } from 'madloop/files';
import { readStudy, runStudy, type StudyDocument } from 'madloop/studies';

const distance: number = await expectedDistance({ dim: 10, samples: 100 });
const x = matrix(new Float64Array(6), 3, 2);
const between: number = (await frechetDistance(x, x)).distance;
const { generations } = await simulateGaussianLoop({ variant: 'fresh-data', dim: 2, real: 10, synthetic: 10, generations: 3 });
const first: number | undefined = generations[0]?.distance.mean;
const code: string = new MadloopError('ERR_INVALID_INPUT', 'text').code;
// @ts-expect-error there is no such variant
await simulateGaussianLoop({ variant: 'stale-data', dim: 2, real: 10, synthetic: 10, generations: 3 });
const chart: Chart = lineChart({ xTitle: 't', yTitle: 'distance', curves: [loopCurve(generations, 'distance')] });
const png: Uint8Array = await chart.png({ scale: 2 });
const rows: number = (await readMatrix('x.npy')).rows;
const statistics: Statistics = await readStatistics('x.npz');
const study: StudyDocument = await runStudy({ dim: 2, real: 10, synthetic: 10 }, { store: 'study.sqlite' });
const same: StudyDocument = await readStudy('study.sqlite');
console.log(distance, between, first, code, chart.svg, png, rows, statistics, study, same);
`;
  writeFileSync(join(project, 'consumer.mts'), consumer);
  writeFileSync(
    join(project, 'consumer.cts'),
    "import madloop = require('madloop');\nmadloop.expectedDistance({ dim: 1, samples: 2 });\n",
  );
  const check = (name, module, moduleResolution, files) => {
    const compilerOptions = {
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      target: 'es2023',
      lib: ['es2023'],
      module,
      moduleResolution,
      types: ['node'],
      typeRoots: [join(root, 'node_modules', '@types')],
    };
    writeFileSync(join(project, name), JSON.stringify({ compilerOptions, files }));
    run(bin('tsc'), ['-p', name], { cwd: project, stdio: 'inherit' });
  };
  check('tsconfig.nodenext.json', 'nodenext', 'nodenext', ['consumer.mts', 'consumer.cts']);
  check('tsconfig.bundler.json', 'esnext', 'bundler', ['consumer.mts']);
}

/** The binaries are bound, hardened and stripped (test/package/built-addon.test.ts reads what they ask of the system). */
function checkBinaries() {
  if (process.platform !== 'linux') return;
  const folder = join(project, 'node_modules', 'madloop', 'build', 'Release');
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.node'))) {
    const dynamic = run('readelf', ['--dynamic', '--wide', join(folder, name)]);
    assert(!/\((RPATH|RUNPATH|TEXTREL)\)/.test(dynamic), `${name} has a run path or text relocations`);
    // What a bug could overwrite to take over the process: the table of the functions of other libraries is read-only.
    assert(/\(BIND_NOW\)|\(FLAGS\).*BIND_NOW/.test(dynamic), `${name} is not bound when it is loaded`);
    const sections = run('readelf', ['--sections', '--segments', '--wide', join(folder, name)]);
    assert(/GNU_RELRO/.test(sections), `${name} has no read-only relocations`);
    assert(!/\.symtab/.test(sections), `${name} is not stripped`);
    const symbols = run('nm', ['-D', '--defined-only', join(folder, name)])
      .trim()
      .split('\n');
    assertEqual(
      symbols
        .map((line) => line.split(' ').at(-1))
        .sort()
        .join(' '),
      'napi_register_module_v1 node_api_module_get_api_version_v1',
      `exports of ${name}`,
    );
  }
}

try {
  if (flags.release) checkRelease();
  const { tarball, files } = pack();
  checkList(files);
  checkCompiled(files);
  run(bin('publint'), ['run', tarball, '--strict'], { stdio: 'inherit' });
  run(bin('attw'), [tarball, '--profile', 'esm-only'], { stdio: 'inherit' });
  install(tarball);
  useIt();
  typeCheck();
  checkBinaries();
  console.log('the package is sound');
} finally {
  rmSync(temporary, { recursive: true, force: true });
}
