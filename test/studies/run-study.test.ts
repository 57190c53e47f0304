import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readStudy, studyStatus } from '../../src/studies/read-study.js';
import { type RunStudyOptions, runStudyWith } from '../../src/studies/run-study.js';
import type { StudyDefinition } from '../../src/studies/study-plan.js';
import type { StudyProgress } from '../../src/studies/study-progress.js';
import { expectRejection } from '../support/rejection.js';
import { FakeCell, type FakeEngine, fakeEngine } from './fake-engine.js';

const folder = mkdtempSync(join(tmpdir(), 'madloop-studies-'));
afterAll(() => rmSync(folder, { recursive: true }));

let stores = 0;
const newStore = () => join(folder, `store-${(stores += 1)}.sqlite`);

const grid: StudyDefinition = {
  dim: [1, 50],
  real: [10, 20, 30],
  synthetic: [0, 3, 8, 100],
  lambda: [0.5, 1],
  seed: 7,
};

const run = (definition: StudyDefinition, options: RunStudyOptions, engine: FakeEngine = fakeEngine()) =>
  runStudyWith('runStudy', engine, definition, options);

const results = (document: { cells: readonly object[] }) => JSON.stringify(document.cells);

describe('runStudy', () => {
  test('computes every cell of the grid from its own chains, in the order of the grid', async () => {
    const document = await run(grid, { store: newStore() });
    expect(document).toMatchObject({
      ...{ name: 'study', title: 'study', relativeError: 1e-3, seed: '7', method: 'monte-carlo' },
      axes: [
        { axis: 'dim', values: [1, 50] },
        { axis: 'real', values: [10, 20, 30] },
        { axis: 'synthetic', values: [0, 3, 8, 100] },
        { axis: 'lambda', values: [0.5, 1] },
      ],
      fixed: { variant: 'fresh-data', divisor: 'unbiased' },
      provenance: { madloop: '0.0.0-test', instructionSet: 'fake' },
    });
    expect(document.cells).toHaveLength(48);
    expect(document.cells.map(({ at }) => Object.values(at))).toEqual(
      [1, 50].flatMap((dim) =>
        [10, 20, 30].flatMap((real) =>
          [0, 3, 8, 100].flatMap((synthetic) => [0.5, 1].map((lambda) => [dim, real, synthetic, lambda])),
        ),
      ),
    );
    for (const { parameters, result } of document.cells) {
      const { dim, real, synthetic, lambda, memory } = parameters;
      const key = [7, dim, real, synthetic, lambda, memory].join(' ');
      let sum = 0;
      for (let chain = 0; chain < synthetic; chain += 1) {
        for (const value of FakeCell.chain(key, chain)) sum += value;
      }
      expect(result!.distance === sum / synthetic || (synthetic === 0 && result!.distance === null)).toBe(true);
      expect(result!.chains).toBe(synthetic);
    }
  });
});
