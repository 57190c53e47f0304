// Keeps native/vendor/eigen: the part of Eigen that the core includes, unmodified, with its licences.
//
//   node scripts/vendor-eigen.mjs check [folder]     the tree is what its manifest says (exit 1 and the differences if not)
//   node scripts/vendor-eigen.mjs refresh            writes the tree anew from the installed Debian package libeigen3-dev
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const vendored = fileURLToPath(new URL('../native/vendor/eigen/', import.meta.url));
const manifestName = 'manifest.json';
const notesName = 'VENDORED.md';

const debianPackage = 'libeigen3-dev';
const installed = '/usr/include/eigen3/Eigen';
const licences = {
  'COPYING.MPL2': '/usr/share/common-licenses/MPL-2.0',
  // Says which files are under which licence, and holds the text of the BSD one.
  COPYRIGHT: `/usr/share/doc/${debianPackage}/copyright`,
};

const modules = ['Cholesky', 'Core', 'Eigenvalues', 'Geometry', 'Householder', 'Jacobi', 'LU', 'QR', 'SVD'];
const internal = ['misc', 'plugins'];
// Targets that Node does not run on (Core/arch/{CUDA,GPU} stay: Core includes them for every target).
const leftOut = ['HIP', 'MSA', 'SYCL'].map((arch) => `src/Core/arch/${arch}`);

function filesUnder(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}

function sha256(file) {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

function checksums(folder) {
  const names = filesUnder(folder).filter((name) => name !== manifestName && name !== notesName);
  return Object.fromEntries(names.map((name) => [name, sha256(join(folder, name))]));
}

function check(folder) {
  const { files: expected } = JSON.parse(readFileSync(join(folder, manifestName), 'utf8'));
  const actual = checksums(folder);
  const differences = [
    ...Object.keys(expected)
      .filter((name) => !(name in actual))
      .map((name) => `missing: ${name}`),
    ...Object.keys(actual)
      .filter((name) => !(name in expected))
      .map((name) => `not in the manifest: ${name}`),
    ...Object.keys(actual)
      .filter((name) => name in expected && actual[name] !== expected[name])
      .map((name) => `changed: ${name}`),
  ];
  for (const difference of differences) console.error(`vendored Eigen: ${difference}`);
  if (differences.length > 0) process.exit(1);
  console.log(`vendored Eigen: ${Object.keys(actual).length} files as in the manifest`);
}

function copy(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to);
}

function eigenVersion() {
  const macros = readFileSync(join(installed, 'src/Core/util/Macros.h'), 'utf8');
  return ['WORLD', 'MAJOR', 'MINOR']
    .map((part) => macros.match(new RegExp(`#define EIGEN_${part}_VERSION (\\d+)`))[1])
    .join('.');
}

function refresh() {
  if (!existsSync(installed))
    throw new Error(`${installed} is not there: install the Debian package ${debianPackage}`);
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a field of dpkg's own format language
  const packageVersion = execFileSync('dpkg-query', ['-W', '-f', '${Version}', debianPackage], {
    encoding: 'utf8',
  });
  const wanted = (name) =>
    modules.includes(name) ||
    ([...modules, ...internal].some((module) => name.startsWith(`src/${module}/`)) &&
      !leftOut.some((folder) => name.startsWith(`${folder}/`)));

  for (const name of readdirSync(vendored))
    if (name !== notesName) rmSync(join(vendored, name), { recursive: true });
  for (const name of filesUnder(installed).filter(wanted))
    copy(join(installed, name), join(vendored, 'Eigen', name));
  for (const [name, source] of Object.entries(licences)) copy(source, join(vendored, name));

  const manifest = {
    name: 'Eigen',
    version: eigenVersion(),
    origin: `Debian package ${debianPackage} ${packageVersion}`,
    licence: 'MPL-2.0 and BSD-3-Clause',
    modified: false,
    files: checksums(vendored),
  };
  writeFileSync(join(vendored, manifestName), `${JSON.stringify(manifest, null, 2)}\n`);
  console.log(
    `vendored Eigen ${manifest.version}: ${Object.keys(manifest.files).length} files from ${manifest.origin}`,
  );
}

const [verb, folder] = process.argv.slice(2);
if (verb === 'check') check(folder ?? vendored);
else if (verb === 'refresh') refresh();
else {
  console.error('usage: node scripts/vendor-eigen.mjs check [folder] | refresh');
  process.exit(2);
}
