// What the binaries themselves must be, whatever is in them.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadedAddon, packageVersion } from '../../src/native.js';

const folder = fileURLToPath(new URL('../../build/Release/', import.meta.url));
const require = createRequire(import.meta.url);
const binaries = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.node')) : [];
const expected =
  process.arch === 'x64' ? ['cpu_probe.node', 'madloop-v2.node', 'madloop-v3.node'] : ['madloop-generic.node'];

it('a build from source makes the levels that are promised', () => {
  expect(binaries).toEqual(expect.arrayContaining(expected));
});

it('the loaded addon has the version of the package and the variant of its file name', () => {
  const { addon, path } = loadedAddon();
  const { version, variant } = addon.buildInfo();
  expect(version).toBe(packageVersion());
  if (!process.env.MADLOOP_BINARY) expect(path).toBe(join(folder, `madloop-${variant}.node`));
});

it('loading the addon leaves denormal numbers alone', () => {
  loadedAddon();
  // Both fail in a process whose floating-point mode a fast-math library has changed.
  expect(Number.MIN_VALUE > 0).toBe(true);
  expect(2.2e-308 / 2).not.toBe(0);
});

it.runIf(existsSync('/proc/cpuinfo') && process.arch === 'x64')(
  'the probe agrees with the kernel about the processor',
  () => {
    const flags = new Set(
      /^flags\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1]?.trim().split(/\s+/),
    );
    const hasAll = (names: string) => names.split(' ').every((name) => flags.has(name));
    // The kernel's names of the features that the psABI lists for each level: pni is SSE3, abm is LZCNT.
    let level = 1;
    if (hasAll('cx16 lahf_lm popcnt pni sse4_1 sse4_2 ssse3')) level = 2;
    if (level === 2 && hasAll('avx avx2 bmi1 bmi2 f16c fma abm movbe xsave')) level = 3;
    if (level === 3 && hasAll('avx512f avx512bw avx512cd avx512dq avx512vl')) level = 4;
    expect(require(join(folder, 'cpu_probe.node')).x86Level).toBe(level);
  },
);

const noNm = spawnSync('nm', ['--version']).status !== 0;

describe.skipIf(process.platform !== 'linux' || noNm)('on Linux', () => {
  it.each(binaries)('%s exports the two Node-API symbols and nothing else', (name) => {
    const { stdout } = spawnSync('nm', ['-D', '--defined-only', join(folder, name)], { encoding: 'utf8' });
    const symbols = stdout
      .trim()
      .split('\n')
      .map((line) => line.split(' ').at(-1));
    expect(symbols.sort()).toEqual(['napi_register_module_v1', 'node_api_module_get_api_version_v1']);
  });
});
