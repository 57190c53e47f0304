// What the binaries themselves must be, whatever is in them.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadedAddon } from '../../src/engine/native.js';
import { version as packageVersion } from '../../src/engine/version.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = join(root, 'build/Release/');
const require = createRequire(import.meta.url);
const binaries = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.node')) : [];

it("a build from source makes the level of this machine's processor", () => {
  const level = () => (require(join(folder, 'cpu_probe.node')) as { x86Level: number }).x86Level;
  const expected =
    process.arch === 'x64'
      ? ['cpu_probe.node', `madloop-v${Math.min(level(), 3)}.node`]
      : ['madloop-generic.node'];
  expect(binaries).toEqual(expect.arrayContaining(expected));
});

it('the loaded addon has the version of the package and the variant of its file name', () => {
  const { addon, path } = loadedAddon();
  const { version, variant } = addon.buildInfo();
  expect(version).toBe(packageVersion);
  if (!process.env.MADLOOP_BINARY) expect(path).toBe(join(folder, `madloop-${variant}.node`));
});

it('loading the addon leaves denormal numbers alone', () => {
  loadedAddon();
  // Both fail in a process whose floating-point mode a fast-math library has changed.
  expect(Number.MIN_VALUE > 0).toBe(true);
  expect(2.2e-308 / 2).not.toBe(0);
});

it('MADLOOP_KERNELS=portable makes every kernel portable, and another word is refused', () => {
  const kernels = (largest: string) =>
    spawnSync(process.execPath, [join(root, 'dist/cli/main.js'), 'info', '--json'], {
      encoding: 'utf8',
      env: { ...process.env, MADLOOP_KERNELS: largest },
    });
  const { kernels: chosen } = JSON.parse(kernels('portable').stdout) as { kernels: object };
  expect(Object.keys(chosen).length).toBeGreaterThan(0);
  expect(new Set(Object.values(chosen))).toEqual(new Set(['portable']));
  expect(kernels('sse').stderr).toContain("the kernels must be portable, avx2 or avx512, got 'sse'");
});

// glibc decides for itself which levels the processor runs, to search for libraries built for them. (The kernel's list of
// flags will not do: in virtual machines it can lack features that the processor reports and has.)
const dynamicLinker = '/lib64/ld-linux-x86-64.so.2';
const linkerHelp = existsSync(dynamicLinker)
  ? spawnSync(dynamicLinker, ['--help'], { encoding: 'utf8' }).stdout
  : '';

it.runIf(linkerHelp.includes('x86-64-v2'))('the probe agrees with glibc about the processor', () => {
  const supported = [...linkerHelp.matchAll(/x86-64-v(\d) \(supported/g)].map(([, level]) => Number(level));
  expect(require(join(folder, 'cpu_probe.node')).x86Level).toBe(Math.max(1, ...supported));
});

/** Of this machine's glibc; undefined with another C library. */
const { glibcVersionRuntime } = (process.report.getReport() as { header: { glibcVersionRuntime?: string } })
  .header;
// Newer ones have newer versions of symbols that any program uses (strtol), and a build from source is for the system that it is
// made on. scripts/pack-prebuilt.mjs makes no exception.
const isOldEnough = glibcVersionRuntime !== undefined && Number(glibcVersionRuntime.split('.')[1]) <= 36;
const hasStaticRuntime = spawnSync('g++', ['-print-file-name=libstdc++.a'], {
  encoding: 'utf8',
}).stdout?.includes('/');

describe.skipIf(!isOldEnough || !hasStaticRuntime)('what the addon asks of the system', () => {
  interface Needs {
    readonly libraries: readonly string[];
    readonly versions: readonly string[];
  }
  interface Reader {
    elfNeeds(path: string): Needs;
    needsTooMuch(needs: Needs): string[];
  }
  const script = new URL('../../scripts/elf-needs.mjs', import.meta.url).href;

  const paths = [process.env.MADLOOP_BINARY ?? [], ...binaries.map((name) => join(folder, name))].flat();
  it.each(paths)('%s needs no library but glibc, and none of its symbols newer than 2.34', async (path) => {
    const { elfNeeds, needsTooMuch } = (await import(script)) as Reader;
    expect(needsTooMuch(elfNeeds(path))).toEqual([]);
  });

  it('the reader sees what Node needs, as ldd does', async () => {
    const { elfNeeds, needsTooMuch } = (await import(script)) as Reader;
    const needs = elfNeeds(process.execPath);
    expect(needs.libraries).toEqual(expect.arrayContaining(['libc.so.6', 'libm.so.6']));
    expect(needs.versions).toEqual(expect.arrayContaining([expect.stringMatching(/^GLIBC_2\.\d+$/)]));
    expect(
      needsTooMuch({ libraries: ['libgcc_s.so.1', 'libc.so.6'], versions: ['GLIBC_2.34', 'GLIBC_2.2.5'] }),
    ).toEqual(['libgcc_s.so.1']);
    const newer = ['GLIBC_2.35', 'GLIBC_3.0', 'GLIBC_PRIVATE', 'GLIBCXX_3.4.29'];
    expect(needsTooMuch({ libraries: [], versions: newer })).toEqual(newer);
  });
});

const noNm = spawnSync('nm', ['--version']).status !== 0;

describe.skipIf(process.platform !== 'linux' || noNm || binaries.length === 0)('on Linux', () => {
  it.each(binaries)('%s exports the two Node-API symbols and nothing else', (name) => {
    const { stdout } = spawnSync('nm', ['-D', '--defined-only', join(folder, name)], { encoding: 'utf8' });
    const symbols = stdout
      .trim()
      .split('\n')
      .map((line) => line.split(' ').at(-1));
    expect(symbols.sort()).toEqual(['napi_register_module_v1', 'node_api_module_get_api_version_v1']);
  });
});
