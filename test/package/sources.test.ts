import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');

function sourcesUnder(folder: string, names = /\.(c|cc|cpp)$/): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && names.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}

const listed = JSON.parse(read('native/sources.json')) as Record<'core' | 'binding' | 'cpuProbe', string[]>;

it('sources.json lists every source of the core, once and in order', () => {
  expect(listed.core).toEqual(sourcesUnder('native/core'));
});

it('sources.json lists every source of the binding and of the probe', () => {
  expect([...listed.binding, ...listed.cpuProbe].sort()).toEqual(sourcesUnder('native/binding'));
});

it('both builds take their sources from sources.json alone', () => {
  for (const build of ['binding.gyp', 'CMakeLists.txt']) {
    expect(read(build)).toContain('native/sources.json');
    expect(read(build)).not.toMatch(/native\/(core|binding)\/.*\.(c|cc|cpp)\b/);
  }
});

it.each(['-ffp-contract=off', '-fno-math-errno', '-fno-trapping-math', '-Wall', '-Wextra'])(
  'both builds compile with %s',
  (flag) => {
    for (const build of ['binding.gyp', 'CMakeLists.txt']) expect(read(build)).toContain(flag);
  },
);

it('no build asks for arithmetic that differs from machine to machine', () => {
  const builds = [
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
