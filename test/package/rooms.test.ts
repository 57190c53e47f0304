import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import {
  arrowsOf,
  circlesOf,
  coreLayering,
  countRooms,
  filesInRoot,
  forbiddenArrows,
  type Graph,
  importGraph,
  includeGraph,
  mutualArrows,
  reach,
  roomOf,
  seesEigen,
  sourceLayering,
} from '../support/rooms.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const face = 'index.ts';
const source = importGraph(join(root, 'src'));
const core = includeGraph(join(root, 'native/core'), 'core/');
const native = includeGraph(join(root, 'native'), '');

describe.each([
  { name: 'src', graph: source, layering: sourceLayering, allowedInRoot: [face] },
  { name: 'native/core', graph: core, layering: coreLayering, allowedInRoot: [] },
])('$name', ({ graph, layering, allowedInRoot }) => {
  const arrows = arrowsOf(graph, roomOf, allowedInRoot);

  it('is read at all', () => {
    expect(graph.size).toBeGreaterThan(50);
    expect(arrows.length).toBeGreaterThan(20);
  });

  it('has no file in its root', () => {
    expect(filesInRoot(graph, allowedInRoot)).toEqual([]);
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

  it('has as few rooms and arrows as one can keep in mind', () => {
    const { rooms, arrows, upward, circles } = countRooms(graph, layering, allowedInRoot);
    console.log(`${rooms} rooms, ${arrows} arrows, ${upward} upward, ${circles} circles`);
    expect(rooms).toBeLessThanOrEqual(20);
    expect({ upward, circles }).toEqual({ upward: 0, circles: 0 });
  });
});

it('the core sees neither the binding nor Node', () => {
  const seen = [...native].filter(([file]) => file.startsWith('core/')).flatMap(([, includes]) => includes);
  expect(seen.length).toBeGreaterThan(100);
  expect(seen.filter((name) => /binding\/|napi|node_api|uv\.h/.test(name))).toEqual([]);
});

/** Products of matrices are written in Eigen's words in linalg, and in the sources of gaussian: their headers name plain matrices. */
const mayNameEigen = (file: string): boolean => /^(core\/)?(linalg\/|gaussian\/[^/]+\.cpp$)/.test(file);

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
    ['a room nobody knows', { 'attic/box.ts': ['base/check.ts'], 'base/check.ts': [] }, ['attic -> base']],
    [
      'an arrow from a folder into its own sub-folder against the layering',
      { 'models/gaussian.ts': ['models/process-model/session.ts'], 'models/process-model/session.ts': [] },
      ['models -> models/process-model'],
    ],
    ['none', { 'cli/main.ts': ['base/check.ts'], 'base/check.ts': [] }, []],
  ])('%s', (_, files, expected) => {
    const found = forbiddenArrows(arrowsOf(house(files), roomOf), sourceLayering);
    expect(found.map((text) => text.split(':')[0])).toEqual(expected);
  });

  it('rooms that see each other, a folder and its sub-folder included', () => {
    const arrows = arrowsOf(
      house({ 'a/x.ts': ['a/b/y.ts'], 'a/z.ts': [], 'a/b/y.ts': [], 'a/b/w.ts': ['a/z.ts'] }),
      roomOf,
    );
    expect(mutualArrows(arrows)).toEqual(['a and a/b see each other']);
  });

  it('a circle of files, and a file in the root', () => {
    expect(circlesOf(house({ 'a/x.ts': ['a/y.ts'], 'a/y.ts': ['a/z.ts'], 'a/z.ts': ['a/x.ts'] }))).toEqual([
      ['a/x.ts', 'a/y.ts', 'a/z.ts'],
    ]);
    expect(filesInRoot(house({ 'index.ts': [], 'stray.ts': [] }), ['index.ts'])).toEqual(['stray.ts']);
  });
});
