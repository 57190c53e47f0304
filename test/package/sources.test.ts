import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { loadedAddon } from '../../src/engine/native.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');

function sourcesUnder(folder: string, names = /\.(c|cc|cpp)$/): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && names.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}

interface Flags {
  readonly flags: string[];
  readonly warnings: string[];
  readonly optimised: string[];
  readonly levels: Record<string, string[]>;
}
const listed = JSON.parse(read('native/sources.json')) as Record<
  'core' | 'binding' | 'version' | 'cpuProbe',
  string[]
> & {
  gnu: Flags & { gccOnly: string[]; addonLinks: string[]; staticRuntime: string[] };
  msvc: Flags & { defines: string[] };
};

it('sources.json lists every source of the core, once and in order', () => {
  expect(listed.core).toEqual(sourcesUnder('native/core'));
});

it('sources.json lists every source of the binding and of the probe', () => {
  const { binding, version, cpuProbe } = listed;
  expect([...binding, ...version, ...cpuProbe].sort()).toEqual(sourcesUnder('native/binding'));
});

it('both builds take their sources and flags from sources.json alone', () => {
  const { gnu, msvc } = listed;
  const lists = [gnu, msvc].flatMap(({ levels, ...others }) => [
    ...Object.values(levels),
    ...Object.values(others),
  ]);
  // What links is compiled with -pthread too.
  const flags = lists.flat().filter((flag) => flag !== '-pthread');
  for (const build of ['binding.gyp', 'CMakeLists.txt']) {
    const text = read(build).replace(/#.*/g, '');
    expect(text).toContain('native/sources.json');
    expect(text).not.toMatch(/native\/(core|binding)\/.*\.(c|cc|cpp)\b/);
    const words = text.split(/[\s'"[\],;]+/);
    // The probe, which is C, has warnings of its own.
    expect(words.filter((word) => flags.includes(word) && !/^-W(all|extra)$/.test(word))).toEqual([]);
  }
});

it.each(['-ffp-contract=off', '-fno-math-errno', '-fno-trapping-math', '-fvisibility=hidden'])(
  'both builds compile with %s',
  (flag) => expect(listed.gnu.flags).toContain(flag),
);

it.each(['-Wall', '-Wextra', '-Wconversion', '-Wsign-conversion', '-Wshadow'])(
  'both builds warn with %s',
  (flag) => expect(listed.gnu.warnings).toContain(flag),
);

it.runIf(process.platform === 'linux')('node-gyp was told every flag', () => {
  const { variant } = loadedAddon().addon.buildInfo();
  const { flags, warnings, optimised, levels } = listed.gnu;
  const words = read(`build/madloop-${variant}.target.mk`).split(/[\s\\]+/);
  const told = [...flags, ...warnings, ...optimised, ...(levels[variant] ?? [])];
  expect(told.filter((flag) => !words.includes(flag))).toEqual([]);
});

it('the version and the level are known to one source', () => {
  const sources = ['native/core', 'native/binding'].flatMap((folder) => sourcesUnder(folder));
  const knowing = sources.filter((source) => /MADLOOP_(VERSION|VARIANT)/.test(read(source)));
  expect(knowing).toEqual(listed.version);
  expect(listed.version).toHaveLength(1);
});

it.skipIf(process.platform === 'win32')('a warning of any compiler, C or C++, fails the checks', () => {
  const [compilers] = /^compiler_cache\(\) \{[\s\S]*?^\}/m.exec(read('.ci/run'))!;
  const { stdout } = spawnSync('bash', ['-c', `${compilers}; compiler_cache; printf '%s\\n' "$CC" "$CXX"`], {
    encoding: 'utf8',
  });
  expect(stdout.trim().split('\n')).toEqual([
    expect.stringMatching(/\bgcc -Werror\b/),
    expect.stringMatching(/\bg\+\+ -Werror\b/),
  ]);
});

it('no build asks for arithmetic that differs from machine to machine', () => {
  const builds = [
    'native/sources.json',
    'binding.gyp',
    'CMakeLists.txt',
    'CMakePresets.json',
    'native/node-gyp/include/node/common.gypi',
  ];
  for (const build of builds) {
    const withoutComments = read(build).replace(/#.*/g, '');
    expect(withoutComments).not.toMatch(
      /-Ofast|-ffast-math|-funsafe-math|-ffinite-math|-fassociative-math|-m(arch|tune)=native|fp:fast/,
    );
  }
});

// glibc's pow, exp, log, sin, cos and their like give other bits on other processors (those with FMA): base/elementary.hpp has ours.
// What IEEE 754 defines exactly, as sqrt, abs, ceil, fma and ldexp, is the same everywhere.
const inexactFunctions =
  /(?<![\w.>])(?:std::|::)?(?:pow|exp|exp2|exp10|expm1|log|log2|log10|log1p|sin|cos|tan|asin|acos|atan|atan2|sinh|cosh|tanh|asinh|acosh|atanh|cbrt|hypot|erf|erfc|tgamma|lgamma)[fl]?\s*\(|\.(?:pow|exp|log|log1p|log10|sin|cos|tan|tanh)\(\)/g;

it('the core calls no function of the C library whose last digits differ from processor to processor', () => {
  const found = sourcesUnder('native/core', /\.(cpp|hpp)$/).flatMap((path) =>
    [...withoutComments(read(path)).matchAll(inexactFunctions)].map(([call]) => `${path}: ${call}`),
  );
  expect(found).toEqual([]);
});

it.each([
  'std::pow(x, 2)',
  'x * exp(-y)',
  'std::log(x)',
  'return ::cos(x);',
  'a.array().exp()',
  'std::hypot(a, b)',
  'logf (x)',
])('and would be found with %s', (call) => expect(call).toMatch(new RegExp(inexactFunctions, '')));

it.each(['exponential(x)', 'logarithm(x)', 'std::sqrt(x)', 'a.exponent(x)', 'regexp(x)', 'std::log_x(1)'])(
  'but not with %s',
  (call) => expect(call).not.toMatch(new RegExp(inexactFunctions, '')),
);

function withoutComments(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
}
