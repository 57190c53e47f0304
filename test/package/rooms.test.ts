import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { circlesOf, type Graph, reach, within } from '../support/graph.js';
import { importGraph, loadGraph } from '../support/import-graph.js';
import { includeGraph } from '../support/include-graph.js';
import {
  arrowsOf,
  coreLayering,
  countRooms,
  filesInRoot,
  forbiddenArrows,
  mutualArrows,
  roomOf,
  seesEigen,
  sourceLayering,
  unknownRooms,
} from '../support/rooms.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const face = 'index.ts';
const source = importGraph(join(root, 'src'));
const native = includeGraph(join(root, 'native'), ['core', 'binding']);
const core = within(native, 'core/');
const page = readFileSync(join(root, 'docs/architecture.md'), 'utf8');

describe.each([
  {
    name: 'src',
    graph: source,
    layering: sourceLayering,
    allowedInRoot: [face],
    most: { rooms: 20, arrows: 80 },
  },
  {
    name: 'native/core',
    graph: core,
    layering: coreLayering,
    allowedInRoot: [],
    most: { rooms: 15, arrows: 40 },
  },
])('$name', ({ name, graph, layering, allowedInRoot, most }) => {
  const arrows = arrowsOf(graph, roomOf, allowedInRoot);

  it('is read at all', () => {
    expect(graph.size).toBeGreaterThan(50);
    expect(arrows.length).toBeGreaterThan(20);
  });

  it('has no file in its root', () => {
    expect(filesInRoot(graph, allowedInRoot)).toEqual([]);
  });

  it('has the rooms that the layering names, and no others', () => {
    expect(unknownRooms(graph, layering, allowedInRoot)).toEqual([]);
  });

  it('has no arrow that the layering forbids', () => {
    expect(forbiddenArrows(arrows, layering)).toEqual([]);
  });

  it('has no two rooms that see each other', () => {
    expect(mutualArrows(arrows)).toEqual([]);
  });

  it('has no circle of files', () => {
    expect(circlesOf(graph)).toEqual([]);
  });

  it('has as few rooms and arrows as one can keep in mind, and docs/architecture.md says how many', () => {
    const { rooms, arrows, upward, circles } = countRooms(graph, layering, allowedInRoot);
    expect(rooms).toBeLessThanOrEqual(most.rooms);
    expect(arrows).toBeLessThanOrEqual(most.arrows);
    expect({ upward, circles }).toEqual({ upward: 0, circles: 0 });
    expect(page.match(new RegExp(`\`${name}\` has \\d[^;.]*`, 'g'))).toEqual([
      `\`${name}\` has ${rooms} rooms and ${arrows} arrows (at most ${most.rooms} and ${most.arrows})`,
    ]);
  });
});

it('docs/architecture.md draws these layerings', () => {
  const drawn = /```\n(src [\s\S]*?)\n```/.exec(page)![1]!.split('\n');
  expect(drawn.map((line) => line.replace(/^(src|core)? +/, ''))).toEqual([...sourceLayering, ...coreLayering]);
});

it('the core sees the C++ library, the processor and the system, and nothing of the binding or Node', () => {
  const outside = new Set([...core.values()].flat().filter((name) => !core.has(name)));
  const strange = [...outside].filter(
    (name) => !/^<([a-z_]+|immintrin\.h|unistd\.h|sys\/mman\.h|Eigen\/\w+)>$/.test(name),
  );
  expect(outside.size).toBeGreaterThan(30);
  expect(strange).toEqual([]);
});

/** Products of matrices are written in Eigen's words in linalg, and in the sources of gaussian: their headers name plain matrices. */
const mayNameEigen = (file: string): boolean => /^(linalg\/|gaussian\/[^/]+\.cpp$)/.test(file);

it('Eigen is seen by linalg and by the sources of gaussian alone, not by way of others either', () => {
  expect(reach(core, 'linalg/eigen.hpp')).toContain('<Eigen/Core>');
  expect(seesEigen(core, mayNameEigen)).toEqual([]);
  const binding = (file: string): boolean => !file.startsWith('binding/');
  expect([...native.keys()].some((file) => !binding(file))).toBe(true);
  expect(seesEigen(native, binding)).toEqual([]);
});

describe('a house that is wrong is refused', () => {
  const house = (files: Record<string, string[]>): Graph => new Map(Object.entries(files));

  it('Eigen by way of a header', () => {
    const files = {
      'linalg/eigen.hpp': ['<Eigen/Core>'],
      'linalg/matrix.hpp': [],
      'gaussian/factor.hpp': ['linalg/matrix.hpp'],
      'gaussian/factor.cpp': ['gaussian/factor.hpp', 'linalg/eigen.hpp'],
      'loop/part.cpp': ['gaussian/factor.hpp'],
    };
    expect(seesEigen(house(files), mayNameEigen)).toEqual([]);
    const leaky = house({ ...files, 'gaussian/factor.hpp': ['linalg/eigen.hpp'] });
    expect(seesEigen(leaky, mayNameEigen)).toEqual(['gaussian/factor.hpp', 'loop/part.cpp']);
  });

  it.each<[string, Record<string, string[]>, string[]]>([
    ['an arrow upward', { 'base/check.ts': ['engine/job.ts'], 'engine/job.ts': [] }, ['base -> engine']],
    ['an arrow across a floor', { 'engine/job.ts': ['files/npy.ts'], 'files/npy.ts': [] }, ['engine -> files']],
    [
      'an arrow to the face',
      { 'cli/main.ts': ['index.ts'], 'index.ts': ['base/check.ts'], 'base/check.ts': [] },
      ['cli -> index.ts'],
    ],
    ['a room nobody knows', { 'attic/box.ts': ['base/check.ts'], 'base/check.ts': [] }, ['attic -> base']],
    [
      'an arrow from a folder into its own sub-folder against the layering',
      { 'models/gaussian.ts': ['models/process-model/session.ts'], 'models/process-model/session.ts': [] },
      ['models -> models/process-model'],
    ],
    ['none', { 'cli/main.ts': ['base/check.ts'], 'base/check.ts': [] }, []],
  ])('%s', (_, files, expected) => {
    const found = forbiddenArrows(arrowsOf(house(files), roomOf, [face]), sourceLayering);
    expect(found.map((text) => text.split(':')[0])).toEqual(expected);
  });

  it('rooms that see each other, a folder and its sub-folder included', () => {
    const arrows = arrowsOf(
      house({ 'a/x.ts': ['a/b/y.ts'], 'a/z.ts': [], 'a/b/y.ts': [], 'a/b/w.ts': ['a/z.ts'] }),
      roomOf,
    );
    expect(mutualArrows(arrows)).toEqual(['a and a/b see each other']);
  });

  it('a room that the layering does not name, although no arrow but the face’s leads there, and a name of no room', () => {
    const files = {
      'index.ts': ['attic/box.ts'],
      'attic/box.ts': [],
      'cellar/box.ts': [],
      'base/deep/box.ts': [],
      'base/x.ts': [],
    };
    expect(unknownRooms(house(files), ['base <- engine'], [face])).toEqual([
      'attic',
      'cellar',
      'base/deep',
      'engine',
    ]);
  });

  it('a circle of files, and a file in the root', () => {
    expect(circlesOf(house({ 'a/x.ts': ['a/y.ts'], 'a/y.ts': ['a/z.ts'], 'a/z.ts': ['a/x.ts'] }))).toEqual([
      ['a/x.ts', 'a/y.ts', 'a/z.ts'],
    ]);
    expect(circlesOf(house({ 'a/x.ts': ['a/x.ts'] }))).toEqual([['a/x.ts']]);
    expect(filesInRoot(house({ 'index.ts': [], 'stray.ts': [] }), ['index.ts'])).toEqual(['stray.ts']);
  });
});

/** Gives `read` a folder with these files, which is gone afterwards. */
function built<T>(files: Record<string, string>, read: (root: string) => T): T {
  const root = mkdtempSync(join(tmpdir(), 'madloop-rooms-'));
  try {
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), text);
    }
    return read(root);
  } finally {
    rmSync(root, { recursive: true });
  }
}

describe('every way to see a TypeScript file is seen', () => {
  const house = (text: string, file = 'base/check.ts') => ({
    [file]: text,
    'cli/main.ts': "import '../base/errors.js';",
    'base/errors.ts': '',
    'index.ts': "export * from './base/errors.js';",
  });
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a template in the text of a program
  const rest = '; const later = `\\`${x}` + "`"; const r = /[`\\]/;\n';

  it.each([
    ["import '../cli/main.js';"],
    ["import { main } from '../cli/main.js';"],
    ["import * as m from '../cli/main.js';"],
    ["import { type M } from '../cli/main.js';"],
    ["export { m } from '../cli/main.js';"],
    ["export * from '../cli/main.js';"],
    ["export * as q from '../cli/main.js';"],
    ["import m = require('../cli/main.js');"],
    [`${rest}import '../cli/main.js';`],
    ["/* ' */ import /* x */ '../cli/main.js' // y"],
    ['import "../cli/main.js";'],
    ["import '../base/../cli/main.js';"],
    ["const w = new Worker(new URL('../cli/main.js', import.meta.url));"],
  ])('at once: %s', (text) => {
    const files = house(text);
    expect(built(files, importGraph).get('base/check.ts')).toEqual(['cli/main.ts']);
    expect(built(files, loadGraph).get('base/check.ts')).toEqual(['cli/main.ts']);
    const found = forbiddenArrows(arrowsOf(built(files, importGraph), roomOf, [face]), sourceLayering);
    expect(found).toEqual(['base -> cli: base/check.ts sees cli/main.ts']);
  });

  it.each([
    ["import type { M } from '../cli/main.js';"],
    ["import type * as m from '../cli/main.js';"],
    ["export type { M } from '../cli/main.js';"],
    ["export type * from '../cli/main.js';"],
    ["import type m = require('../cli/main.js');"],
    ["let m: import('../cli/main.js').M;"],
    ["let m: typeof import('../cli/main.js');"],
    ["declare module '../cli/main.js' {}"],
    ["const load = () => import('../cli/main.js');"],
    [`${rest}const load = () => import(\`../cli/main.js\`);`],
  ])('without loading it: %s', (text) => {
    const files = house(text);
    expect(built(files, importGraph).get('base/check.ts')).toEqual(['cli/main.ts']);
    expect(built(files, loadGraph).get('base/check.ts')).toEqual([]);
  });

  it.each([
    ["createRequire(import.meta.url)('../cli/main.js');", 'base/package-files.ts'],
    ["import '../index.js';", 'report/page.ts'],
  ])('and by files that may: %s in %s', (text, file) => {
    const graph = built(house(text, file), importGraph);
    expect(graph.get(file)).toEqual([text.includes('index') ? 'index.ts' : 'cli/main.ts']);
    expect(forbiddenArrows(arrowsOf(graph, roomOf, [face]), sourceLayering)).toHaveLength(1);
  });

  it.each([
    ["import 'node:fs'; import 'yaml'; import 'madloop-store';"],
    ["// import '../cli/main.js'"],
    ['const text = "import \'../cli/main.js\'";'],
  ])('but nothing is: %s', (text) => {
    expect(built(house(text), importGraph).get('base/check.ts')).toEqual([]);
  });

  it.each([
    ["import 'madloop';", 'base/check.ts imports madloop: '],
    ["import { readStudy } from 'madloop/studies';", 'base/check.ts imports madloop/studies: '],
    ["export * from '#cli';", 'base/check.ts imports #cli: '],
    ["import '/src/cli/main.js';", 'base/check.ts imports /src/cli/main.js: '],
    ["import 'file:///src/cli/main.js';", 'base/check.ts imports file:///src/cli/main.js: '],
    ['const load = (name) => import(name);', 'base/check.ts imports a name that is computed: name'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a template in the text of a program
    ['const load = (name) => import(`../${name}.js`);', 'base/check.ts imports a name that is computed: '],
    ["import { createRequire } from 'node:module';", 'base/check.ts names createRequire'],
    [
      "import m from 'node:module'; m.createRequire(import.meta.url)('../cli/main.js');",
      'base/check.ts names createRequire',
    ],
    ["require('../cli/main.js');", 'base/check.ts names require'],
    ['/// <reference path="../cli/main.ts" />', 'base/check.ts has a /// reference to ../cli/main.ts'],
    ['/// <reference types="madloop" />', 'base/check.ts has a /// reference to madloop'],
    ["import '../cli/gone.js';", 'base/check.ts imports ../cli/gone.js, which is no file here'],
    ["import '../cli/main';", 'base/check.ts imports ../cli/main, which is no file here'],
    ["import '../cli';", 'base/check.ts imports ../cli, which is no file here'],
    [
      "import type { V } from '../../package.json';",
      'base/check.ts imports ../../package.json, which is no file here',
    ],
  ])('or refused: %s', (text, message) => {
    expect(() => built(house(text), importGraph)).toThrow(message);
    expect(() => built(house(text), loadGraph)).toThrow(message);
  });

  it('an import of a computed name is the one of optional packages', () => {
    expect(built({ 'base/optional-package.ts': 'import(name);' }, importGraph).size).toBe(1);
  });

  it.each(['mts', 'cts', 'tsx', 'jsx', 'js', 'mjs', 'cjs', 'd.ts', 'json', 'node', 'TS'])(
    'a file .%s is refused',
    (ending) => {
      for (const file of [`base/x.${ending}`, `x.${ending}`]) {
        expect(() => built({ [file]: '' }, importGraph)).toThrow(`${file} has an ending that is not read`);
      }
    },
  );

  it.skipIf(process.platform === 'win32')('a link is refused', () => {
    const linked = (root: string) => {
      symlinkSync(join(root, 'cli/main.ts'), join(root, 'base/main.ts'));
      return importGraph(root);
    };
    expect(() => built(house(''), linked)).toThrow('base/main.ts is neither a file nor a folder');
  });
});

describe('every way to include a file is seen', () => {
  const house = (text: string) => ({
    'core/base/check.hpp': text,
    'core/limits/a.hpp': '',
    'core/linalg/eigen.hpp': '#include <Eigen/Core>',
    'binding/functions.def': '',
    'vendor/eigen/Eigen/Core': '',
  });
  const read = (root: string) => includeGraph(root, ['core', 'binding']);
  const seen = (text: string) => built(house(text), read).get('core/base/check.hpp');

  it.each([
    ['#include "core/limits/a.hpp"'],
    ['#include"core/limits/a.hpp"'],
    ['#include <core/limits/a.hpp>'],
    ['#include<core/limits/a.hpp>'],
    ['#include "../limits/a.hpp"'],
    ['#include "./../limits/a.hpp"'],
    ['#include "core/base/../limits/a.hpp"'],
    ['#include <core/limits/./a.hpp>'],
    ['  #  include "core/limits/a.hpp"  // why'],
    ['/* first */ #include "core/limits/a.hpp"'],
    ['#/* between */include/* and */"core/limits/a.hpp"/* after */'],
    ['/* over\nlines */ #include "core/limits/a.hpp"'],
    ['#include \\\n  "core/limits/a.hpp"'],
    ['#inc\\\nlude "core/limits/\\\na.hpp"'],
    ['#include "core/limits/a.hpp"\r\n#define X 1\r'],
    ['%:include "core/limits/a.hpp"'],
    ['#include_next <core/limits/a.hpp>'],
    ['import "core/limits/a.hpp";'],
    ['auto a = "/*"; auto b = 1\'000; auto c = \'"\';\n#include "core/limits/a.hpp"\nauto d = "*/";'],
    ['auto a = R"x(/* " )x";\n#include "core/limits/a.hpp"'],
    ['#error don\'t\n#include "core/limits/a.hpp"'],
  ])('%j', (text) => {
    expect(seen(text)).toEqual(['core/limits/a.hpp']);
    const core = within(built(house(text), read), 'core/');
    expect(forbiddenArrows(arrowsOf(core, roomOf), coreLayering)).toEqual([
      'base -> limits: base/check.hpp sees limits/a.hpp',
    ]);
  });

  it.each([
    ['// #include "core/limits/a.hpp"'],
    ['/* #include "core/limits/a.hpp" */'],
    ['/*\n#include "core/limits/a.hpp"\n*/'],
    ['// over \\\n#include "core/limits/a.hpp"'],
    ['auto a = R"(\n#include "core/limits/a.hpp"\n)";'],
    ['auto a = "#include \\"core/limits/a.hpp\\"";'],
    ['#if __has_include("core/limits/a.hpp")\n#endif'],
  ])('but nothing is: %j', (text) => {
    expect(seen(text)).toEqual([]);
  });

  it.each([
    ['#include <Eigen/Core>', '<Eigen/Core>'],
    ['#include "Eigen/Core"', '<Eigen/Core>'],
    ['#include <unsupported/Eigen/MatrixFunctions>', '<unsupported/Eigen/MatrixFunctions>'],
    ['#include "vendor/eigen/Eigen/Core"', '<vendor/eigen/Eigen/Core>'],
    ['#include <vendor/../vendor/eigen/Eigen/Core>', '<vendor/eigen/Eigen/Core>'],
    ['#include "../../vendor/eigen/Eigen/Core"', '<vendor/eigen/Eigen/Core>'],
    ['#include <eigen3/Core>', '<eigen3/Core>'],
    ['#include "core/linalg/eigen.hpp"', 'core/linalg/eigen.hpp'],
  ])('Eigen by %s', (text, name) => {
    expect(seen(text)).toEqual([name]);
    expect(seesEigen(within(built(house(text), read), 'core/'), mayNameEigen)).toEqual(['base/check.hpp']);
  });

  it.each([
    [
      '#include "core/limits/gone.hpp"',
      'core/base/check.hpp includes core/limits/gone.hpp, which is no file here',
    ],
    ['#include <core/limits/gone>', 'core/base/check.hpp includes core/limits/gone, which is no file here'],
    ['#include "../gone.hpp"', 'core/base/check.hpp includes ../gone.hpp, which is no file here'],
    ['#include "/core/limits/a.hpp"', 'core/base/check.hpp includes /core/limits/a.hpp, which is no file here'],
    ['#include "gone.hpp"', 'core/base/check.hpp includes gone.hpp, which is no file here'],
    [
      '#define A "core/limits/a.hpp"\n#include A',
      'core/base/check.hpp includes A, which is not a name of a file',
    ],
    ['import core.limits;', 'core/base/check.hpp includes core.limits, which is not a name of a file'],
  ])('or refused: %j', (text, message) => {
    expect(() => seen(text)).toThrow(message);
  });

  it.each(['h', 'hh', 'hxx', 'inc', 'ipp', 'tpp', 'cxx', 'c++', 'cu', 'cuh', 'HPP'])(
    'a file .%s is refused',
    (ending) => {
      for (const file of [`base/x.${ending}`, `x.${ending}`]) {
        expect(() => built({ [`core/${file}`]: '', 'binding/a.cc': '' }, read)).toThrow(
          `${file} has an ending that is not read`,
        );
      }
    },
  );
});
