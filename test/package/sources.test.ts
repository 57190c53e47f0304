import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');

function sourcesUnder(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(c|cc|cpp)$/.test(entry.name))
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
