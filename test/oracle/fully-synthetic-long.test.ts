// 10,000 self-consumptions at d = 100: eigenvalues spread over thousands of orders of magnitude, in both directions beyond
// float64, and nothing may become NaN on the way.

import { describe, expect, it } from 'vitest';
import { fullSize } from '../support/sizes.js';
import { logDeterminantLaw } from './support/fully-synthetic.js';
import { metrics, runLoop } from './support/loop-runs.js';
import { ZScores } from './support/z-scores.js';

const generations = 10_000;

describe('10,000 generations at d = 100', () => {
  it.each([
    // A walk by the same law as the next, in twice its time.
    ...(fullSize ? [[1000, 1] as const] : []),
    [1000, 0.9],
    [50, 1],
    [50, 0.9],
  ] as const)('are finite at n_s = %d, lambda = %d', async (synthetic, lambda) => {
    const loop = { dim: 100, initial: 1000, synthetic, lambda };
    const run = await runLoop({ variant: 'fully-synthetic', ...loop, generations, replicates: 2, seed: 3_400 });
    const singular = synthetic <= 100;
    for (const metric of metrics) {
      const wrong = run.series[metric].findIndex((value, i) => {
        const absent = metric === 'logDeterminant' && singular && i % generations > 0;
        return absent ? !Number.isNaN(value) : !Number.isFinite(value);
      });
      expect(wrong, `${metric}: index of the first wrong value`).toBe(-1);
    }
    for (const metric of ['distance', 'meanNormSquared', 'trace'] as const) {
      expect(
        run.series[metric].every((value) => value >= 0),
        metric,
      ).toBe(true);
    }
    // The distance to a collapsed model: |mu|^2 + d.
    const last = run.generations.at(-1)!;
    expect(Math.abs(last.distance.mean - last.meanNormSquared.mean - 100)).toBeLessThan(
      singular || lambda < 1 ? 1e-6 : 100,
    );

    if (singular) return;
    // On the Lyapunov line, to the exact variance of the walk.
    const z = new ZScores();
    for (const t of [1, 10, 100, 1_000, 3_000, 10_000]) {
      const { mean, variance } = logDeterminantLaw(loop, t);
      z.addKnown(`t = ${t}`, run.at('logDeterminant', t), mean, variance);
    }
    z.check();
  });
});
