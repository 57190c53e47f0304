import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { filesBelow } from '../support/graph.js';
import { namespacesOf, wrongNamespaces } from '../support/namespaces.js';

const core = fileURLToPath(new URL('../../native/core', import.meta.url));
const files = filesBelow(core, /\.(cpp|hpp)$/, []);
const folders = [...new Set(files.map((file) => file.split('/')[0]!))];

it('every namespace of a folder of the core is that folder’s', () => {
  expect(files.length).toBeGreaterThan(100);
  const read = (file: string) => readFileSync(join(core, file), 'utf8');
  expect(files.flatMap((file) => wrongNamespaces(file, read(file), folders))).toEqual([]);
});

describe('a file with another namespace is refused', () => {
  const wrong = (file: string, source: string) => wrongNamespaces(file, source, ['base', 'linalg', 'loop']);

  it.each([
    ['another folder’s', 'loop/a.hpp', 'namespace madloop::linalg {}', 'loop/a.hpp opens madloop::linalg'],
    [
      'another folder’s, one in the other',
      'loop/a.hpp',
      'namespace madloop { namespace linalg { } }',
      'loop/a.hpp opens madloop::linalg',
    ],
    [
      'another folder’s, opened by base',
      'base/a.hpp',
      'namespace madloop { namespace loop { } }',
      'base/a.hpp opens madloop::loop',
    ],
    [
      'the house’s, where it is a folder’s',
      'loop/a.hpp',
      'namespace madloop { int x; }',
      'loop/a.hpp opens madloop',
    ],
    ['a second one', 'loop/a.hpp', 'namespace madloop::loop {}\nnamespace std {}', 'loop/a.hpp opens std'],
    ['none', 'loop/a.hpp', '// namespace madloop::loop {}', 'loop/a.hpp does not open madloop::loop'],
    [
      'one whose name only begins so',
      'loop/a.hpp',
      'namespace madloop::loops {}',
      'loop/a.hpp opens madloop::loops',
    ],
  ])('%s', (_, file, source, message) => {
    expect(wrong(file, source)).toContain(message);
  });

  it('but not one inside the folder’s, nor one without a name', () => {
    const source = `namespace madloop::loop {
      namespace { char brace = '{'; auto text = "}"; auto thousand = 1'000; }
      inline namespace v1 { /* } */ } }`;
    expect(namespacesOf(source)).toEqual(['madloop::loop', 'madloop::loop::v1']);
    expect(wrong('loop/a.hpp', source)).toEqual([]);
    expect(wrong('base/a.hpp', 'namespace madloop { namespace elementary { } }')).toEqual([]);
  });
});
