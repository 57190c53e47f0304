// Packs what is published: madloop, and for each platform a package with its addons, so that nobody needs a compiler.
//
//   npm run pack:prebuilt                   into packages/: the package of this platform, which is built where a level is missing;
//                                           one for every folder prebuilds/<platform>, with addons that were built elsewhere or
//                                           cross-compiled; and madloop, with all of these as optional dependencies
//   npm run pack:prebuilt -- --out=FOLDER   somewhere else
//   npm run pack:prebuilt -- --as-built     of this platform the levels that are there, and dist/ as it is (for tests)
//
// The packed manifest alone names the platforms' packages: in the repository they would be of a version that no registry has yet,
// and npm refuses a lock file that lacks them.
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { publishedReadme } from './published-readme.mjs';
import { publisherFields } from './publisher.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const { version } = manifest;
const { values: flags } = parseArgs({
  options: {
    out: { type: 'string', default: join(root, 'packages') },
    'as-built': { type: 'boolean', default: false },
  },
});
const out = resolve(flags.out);

/** What can be published. Which of them a package manager installs is said by its os, cpu and libc. */
const platforms = {
  'linux-x64': { os: 'linux', cpu: 'x64', libc: 'glibc' },
  'linux-arm64': { os: 'linux', cpu: 'arm64', libc: 'glibc' },
  'linux-x64-musl': { os: 'linux', cpu: 'x64', libc: 'musl' },
  'linux-arm64-musl': { os: 'linux', cpu: 'arm64', libc: 'musl' },
  'darwin-x64': { os: 'darwin', cpu: 'x64' },
  'darwin-arm64': { os: 'darwin', cpu: 'arm64' },
  'win32-x64': { os: 'win32', cpu: 'x64' },
};

if (!flags['as-built']) run('npm', ['run', 'build']);
// It reads addons as the engine does, by what has just been built.
const { elfNeeds, needsTooMuch, newestGlibc } = await import('./elf-needs.mjs');

const temporary = mkdtempSync(join(tmpdir(), 'madloop-pack-'));
try {
  mkdirSync(out, { recursive: true });
  const folders = addonFolders();
  const { members, missing } = publisherFields();
  if (missing.length > 0) console.log(`not filled in, in publisher.json: ${missing.join(', ')}`);
  pack([
    ...[...folders].map(([platform, folder]) => stagePlatform(platform, folder, members)),
    stageMadloop([...folders.keys()], members),
  ]);
} finally {
  rmSync(temporary, { recursive: true, force: true });
}

/** The folders with addons: this platform's build, and those that came from elsewhere. */
function addonFolders() {
  const here = hostPlatform();
  const folders = new Map([[here, join(root, 'build', 'Release')]]);
  const elsewhere = join(root, 'prebuilds');
  for (const platform of existsSync(elsewhere) ? readdirSync(elsewhere).sort() : []) {
    if (!(platform in platforms)) {
      throw new Error(`prebuilds/${platform}: the folder must be named ${Object.keys(platforms).join(', ')}`);
    }
    if (platform !== here) folders.set(platform, join(elsewhere, platform));
  }
  const lacks = levelsOf(here).some((level) => !existsSync(join(folders.get(here), `madloop-${level}.node`)));
  if (lacks && !flags['as-built']) {
    run('npm', ['run', 'build:native', '--', `--variants=${levelsOf(here).join(',')}`]);
  }
  return folders;
}

function hostPlatform() {
  const { glibcVersionRuntime } = process.report.getReport().header;
  const musl = process.platform === 'linux' && glibcVersionRuntime === undefined ? '-musl' : '';
  const platform = `${process.platform}-${process.arch}${musl}`;
  if (!(platform in platforms)) throw new Error(`there is no package for ${platform}`);
  return platform;
}

/** Those that the loader takes unasked. */
function levelsOf(platform) {
  return platforms[platform].cpu === 'x64' ? ['v2', 'v3'] : ['generic'];
}

function stagePlatform(platform, folder, publisher) {
  const { os, cpu, libc } = platforms[platform];
  const levels = levelsOf(platform).filter(
    (level) => !flags['as-built'] || existsSync(join(folder, `madloop-${level}.node`)),
  );
  const files = [
    ...levels.map((level) => `madloop-${level}.node`),
    ...(cpu === 'x64' ? ['cpu_probe.node'] : []),
  ];
  const staging = join(temporary, platform);
  mkdirSync(staging);
  for (const file of files) {
    checkAddon(platform, join(folder, file));
    cpSync(join(folder, file), join(staging, file));
  }
  cpSync(join(root, 'LICENSE'), join(staging, 'LICENSE'));
  cpSync(join(root, 'native/vendor/eigen/COPYING.MPL2'), join(staging, 'LICENSE.Eigen'));
  const name = `@madloop/${platform}`;
  writeJson(join(staging, 'package.json'), {
    name,
    version,
    description: `The addon of madloop for ${platform}`,
    license: 'MIT AND MPL-2.0',
    author: manifest.author,
    ...publisher,
    engines: manifest.engines,
    os: [os],
    cpu: [cpu],
    ...(libc && { libc: [libc] }),
    // Yarn keeps packages in archives, from which no addon can be loaded.
    preferUnplugged: true,
  });
  writeFileSync(join(staging, 'README.md'), readme(name, files, platform));
  return staging;
}

function readme(name, files, platform) {
  const linked =
    platforms[platform].os === 'linux'
      ? " GCC's libstdc++ and libgcc are linked in, as the GCC Runtime Library Exception allows."
      : '';
  return `# ${name}

The addon of madloop ${version} for ${platform}: ${files.join(', ')}. The package madloop has it as an optional dependency in exactly its
own version, and loads it by itself.

It is built from the sources in that package, which are under the MIT licence, and from Eigen, unmodified, whose sources are there too,
under MPL-2.0.${linked}
`;
}

/** It is there, of this version, and asks for nothing that a system of its platform may lack. */
function checkAddon(platform, path) {
  if (!existsSync(path)) throw new Error(`${path} is missing: build it, then pack again`);
  const isProbe = path.endsWith('cpu_probe.node');
  if (!isProbe && !readFileSync(path).includes(`${version}\0`)) {
    throw new Error(`${path} must be of madloop ${version}: build it anew, then pack again`);
  }
  if (platforms[platform].libc !== 'glibc') return;
  const tooMuch = needsTooMuch(elfNeeds(path));
  if (tooMuch.length > 0) {
    throw new Error(
      `${path} must need glibc alone, of ${newestGlibc} or older, got ${tooMuch.join(', ')}: build it on Debian 12`,
    );
  }
}

/** The files that npm would pack, with the manifest and the README that are published. */
function stageMadloop(prebuilt, publisher) {
  const [{ files }] = JSON.parse(run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts']));
  const staging = join(temporary, 'madloop');
  for (const { path } of files) {
    mkdirSync(dirname(join(staging, path)), { recursive: true });
    cpSync(join(root, path), join(staging, path));
  }
  writeFileSync(join(staging, 'README.md'), publishedReadme(readFileSync(join(root, 'README.md'), 'utf8')));
  const { devDependencies: _, ...published } = manifest;
  writeJson(join(staging, 'package.json'), {
    ...published,
    ...publisher,
    optionalDependencies: {
      ...manifest.optionalDependencies,
      ...Object.fromEntries(prebuilt.map((platform) => [`@madloop/${platform}`, version])),
    },
  });
  return staging;
}

function pack(folders) {
  const output = run('npm', ['pack', ...folders, '--json', '--ignore-scripts', `--pack-destination=${out}`]);
  const megabytes = (bytes) => `${(bytes / 1e6).toFixed(2)} MB`;
  for (const { filename, size, unpackedSize } of JSON.parse(output)) {
    console.log(`${join(out, filename)}: ${megabytes(size)}, unpacked ${megabytes(unpackedSize)}`);
  }
}

function run(program, args) {
  return execFileSync(program, args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}

function writeJson(path, value) {
  writeFileSync(path, `${JSON.stringify(value, undefined, 2)}\n`);
}
