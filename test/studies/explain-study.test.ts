import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { type AnyStudyDefinition, explainStudy, runStudy } from '../../src/studies/index.js';
import { expectRejection } from '../support/rejection.js';

const folder = mkdtempSync(join(tmpdir(), 'madloop-explained-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('says what a study of limit points is made of', async () => {
  const plan = await explainStudy({
    dim: 3,
    real: [1, 10],
    synthetic: '10:20:2',
    lambda: [0.9, 1],
    name: 'small',
  });
  expect(plan).toMatchObject({ kind: 'limit', name: 'small', cells: 8, different: 6, refused: 2 });
  expect(plan.axes.map(({ axis }) => axis)).toEqual(['real', 'synthetic', 'lambda']);
  expect(plan.seconds).toBeGreaterThan(plan.longest.seconds);
  expect(Object.keys(plan.longest.at)).toEqual(['real', 'synthetic', 'lambda']);
  const deterministic = await explainStudy({ dim: 3, real: [20, 10], synthetic: 10, method: 'deterministic' });
  expect(deterministic.seconds).toBeCloseTo(2e-3, 10);
});

test('says what a study of loops is made of, equal cells once', async () => {
  const cells = [{ dim: 2 }, { dim: 40, generations: 100 }, { dim: 2, lambda: 1 }];
  const plan = await explainStudy({ kind: 'loop', real: 4, synthetic: 6, replicates: 7, cells });
  expect(plan).toMatchObject({ kind: 'loop', cells: 3, different: 2, refused: 0, replicates: 7, axes: [] });
  expect(plan.longest.at).toEqual({ dim: 40, generations: 100 });
  expect(plan.seconds).toBeGreaterThan(plan.longest.seconds);
});

// By Monte Carlo it depends on how many cells are at work at once, and so on time.
test.each<[string, AnyStudyDefinition]>([
  ['loops', { kind: 'loop', dim: 2, real: 10, synthetic: '10:100:30', generations: 40, replicates: 40 }],
  [
    'loops of a model',
    {
      kind: 'loop',
      model: 'bootstrap',
      dim: 2,
      real: 10,
      synthetic: [10, 20],
      generations: 200,
      replicates: 4,
    },
  ],
  ['deterministic limit points', { dim: 2, real: '10:30:15', synthetic: '10:30:15', method: 'deterministic' }],
])('the store of %s is about as large as it said', async (name, definition) => {
  const store = join(folder, `${name}.sqlite`);
  const { bytes } = await explainStudy(definition);
  await runStudy(definition, { store });
  const { size } = statSync(store);
  expect(Math.max(bytes / size, size / bytes)).toBeLessThan(2);
});

test('refuses what runStudy refuses', () =>
  expectRejection(
    () => explainStudy({ dim: 0, real: 1, synthetic: 2 }),
    'ERR_INVALID_INPUT',
    'explainStudy: dim must be an integer of at least 1, got 0',
  ));
