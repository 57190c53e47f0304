import { describe, expect, test } from 'vitest';
import { matrix } from '../../src/base/matrix.js';
import { sampleGaussian } from '../../src/distributions/gaussian-sampling.js';
import { simulateGaussianLoop } from '../../src/gaussian-loop/simulate-gaussian-loop.js';
import { replicatedAutophagousLoop } from '../../src/loops/replicated-autophagous-loop.js';
import { sampleMetrics } from '../../src/loops/sample-metrics.js';
import { bootstrap } from '../../src/models/bootstrap.js';
import { gaussianReference } from '../../src/references/gaussian-reference.js';
import {
  type CollapseRow,
  type CollapseVerdictOptions,
  collapseDefinitions,
  collapseVerdict,
} from '../../src/verdict/collapse-verdict.js';
import type { MadSeries } from '../../src/verdict/series.js';
import { uniform } from '../support/numbers.js';
import { expectRejection } from '../support/rejection.js';
import { repetitions } from '../support/sizes.js';

type Loop = Parameters<typeof simulateGaussianLoop>[0];

/** The verdicts of so many loops of `size` runs each. */
async function verdictsOf(loops: number, size: number, loop: Loop): Promise<Record<string, string>[]> {
  const { series } = await simulateGaussianLoop({ ...loop, replicates: loops * size, series: true });
  const { generations, ...all } = series!;
  const found = [];
  for (let i = 0; i < loops; i += 1) {
    const part = (values: Float64Array) => values.slice(i * size * generations, (i + 1) * size * generations);
    const [distance, trace, logDeterminant] = [all.distance, all.trace, all.logDeterminant].map(part);
    const metrics = { distance: distance!, trace: trace!, logDeterminant: logDeterminant! };
    found.push(verdicts(await collapseVerdict({ replicates: size, generations, metrics })));
  }
  return found;
}

const verdicts = (rows: readonly CollapseRow[]): Record<string, string> =>
  Object.fromEntries(rows.map(({ definition, verdict }) => [definition, verdict]));

const holding = (found: readonly Record<string, string>[]): number =>
  found.filter((row) => Object.values(row).includes('yes')).length;

/** As many as chance allows of `trials` with probability 0.05 each. */
const most = (trials: number): number => 0.05 * trials + 4.5 * Math.sqrt(0.05 * 0.95 * trials);

describe('of independent fits to as many fresh real samples no definition holds', () => {
  const loops = repetitions(2_000);
  test.each([5, 20, 100])('in %d generations, but by chance', async (generations) => {
    const fits = {
      variant: 'fresh-data',
      dim: 3,
      real: 12,
      synthetic: 0,
      generations,
      seed: generations,
    } as const;
    for (const size of [5, 30]) {
      const alarms = holding(await verdictsOf(loops, size, fits));
      console.log(`${generations} generations, ${size} replicates: ${alarms} of ${loops} loops`);
      expect(alarms).toBeLessThanOrEqual(most(loops));
    }
  });

  test.each([5, 20, 100])(
    'in %d generations with all metrics, whose numbers are shares and skewed',
    async (generations) => {
      const next = uniform(generations);
      const size = 10;
      const numbers = (make: () => number) => Float64Array.from({ length: size * generations }, make);
      const share = (chance: number) => () => {
        let count = 0;
        for (let i = 0; i < 40; i += 1) if (next() < chance) count += 1;
        return count / 40;
      };
      // Of a law with a heavy right tail.
      const skewed = () => Math.exp(1.2 * (next() + next() + next() + next() - 2));
      let alarms = 0;
      const trials = repetitions(800);
      for (let i = 0; i < trials; i += 1) {
        const metrics = {
          distance: numbers(() => (1 / (1 - next())) ** 0.4),
          trace: numbers(skewed),
          recall: numbers(share(0.6)),
          precision: numbers(share(0.95)),
          averageModalVariance: numbers(skewed),
        };
        const rows = await collapseVerdict({ replicates: size, generations, metrics });
        if (rows.some(({ verdict }) => verdict === 'yes')) alarms += 1;
      }
      console.log(`${generations} generations, all metrics: ${alarms} of ${trials} loops`);
      expect(alarms).toBeLessThanOrEqual(most(trials));
    },
  );
});

describe('loops of known fate', () => {
  test('fully synthetic: the variance collapses, and the risk grows without an end in sight', async () => {
    const loop = { variant: 'fully-synthetic', dim: 3, synthetic: 50, generations: 64, seed: 1 } as const;
    for (const row of await verdictsOf(10, 40, loop)) {
      expect(row).toMatchObject({ anyIncrease: 'yes', collapsingVariance: 'yes', scalingLaw: 'untold' });
      expect([row.divergingRisk, row.catastrophicIncrease]).not.toContain('no');
    }
    // The mean of a risk that few runs decide takes many.
    const [many] = await verdictsOf(1, 1_000, loop);
    expect(many).toMatchObject({ catastrophicIncrease: 'yes', divergingRisk: 'yes' });
    for (const row of await verdictsOf(10, 20, { ...loop, lambda: 0.9, generations: 30 }))
      expect(row).toMatchObject({ catastrophicIncrease: 'yes', anyIncrease: 'yes', collapsingVariance: 'yes' });
  });

  test('all data accumulated: the risk grows, not tenfold, and towards a limit (Dey and Donoho 2024)', async () => {
    const sizes = { dim: 3, synthetic: 50, generations: 100, seed: 2 };
    const loop = { variant: 'fully-synthetic', pool: 'accumulate', ...sizes } as const;
    for (const row of await verdictsOf(10, 200, loop)) {
      expect(row).toMatchObject({ catastrophicIncrease: 'no', anyIncrease: 'yes' });
      expect([row.divergingRisk, row.collapsingVariance]).not.toContain('yes');
    }
  });

  test('fresh data without bias: none of them; with bias the variance shrinks, and stays', async () => {
    const loop = { variant: 'fresh-data', dim: 3, real: 50, synthetic: 50, generations: 60, seed: 3 } as const;
    for (const row of await verdictsOf(10, 200, loop))
      expect(row).toMatchObject({ catastrophicIncrease: 'no', anyIncrease: 'no', collapsingVariance: 'no' });
    for (const row of await verdictsOf(10, 200, { ...loop, synthetic: 200, lambda: 0.6 })) {
      expect(row.anyIncrease).toBe('yes');
      expect([row.divergingRisk, row.collapsingVariance]).not.toContain('yes');
    }
  });

  test('of a bootstrap the tails go, and nothing is hallucinated', async () => {
    const reference = gaussianReference({ dim: 2 });
    const { data } = await sampleGaussian(reference, 300, { lambda: 1, seed: 9 });
    const heldOut = matrix(data, 300, 2);
    const { series } = await replicatedAutophagousLoop({
      ...{ variant: 'fully-synthetic', reference, model: bootstrap(), initial: 100, synthetic: 100 },
      ...{ generations: 12, replicates: 12, seed: 4, series: true },
      metrics: ['trace', sampleMetrics({ heldOut, k: 3, count: 300 })],
    });
    const rows = verdicts(await collapseVerdict(series!, { risk: 'frechetDistance' }));
    expect(rows).toMatchObject({
      disappearingTails: 'yes',
      hallucinatedData: expect.stringMatching(/no|undecided/),
    });
  });
});

test('each row says what its number is, with the metric behind it; one that is not told, why', async () => {
  const { series } = await simulateGaussianLoop({
    ...{ variant: 'fully-synthetic', dim: 3, synthetic: 50, generations: 7, replicates: 5, series: true },
  });
  const rows = await collapseVerdict(series!);
  expect(rows.map(({ definition }) => definition)).toEqual(collapseDefinitions);
  const [catastrophic, , diverging, variance] = rows;
  expect(catastrophic).toMatchObject({
    metric: 'distance',
    meaning: 'late risk less 10 times that of generation 1',
  });
  expect(catastrophic!.interval[0]).toBeLessThan(catastrophic!.statistic);
  expect(diverging).toMatchObject({ verdict: 'untold', metric: null, statistic: Number.NaN });
  expect(diverging!.meaning).toContain('8 generations');
  expect(variance!.metric).toBe('logDeterminant');
  // By hand: late is the last third of seven.
  const change = Array.from({ length: 5 }, (_, r) => {
    const run = series!.logDeterminant.subarray(7 * r, 7 * r + 7);
    return (run[5]! + run[6]!) / 2 - run[0]!;
  });
  expect(variance!.statistic).toBeCloseTo(change.reduce((a, b) => a + b) / 5, 12);
});

test('covariances without a determinant are judged by the trace, one replicate by none, arrays as a risk', async () => {
  const { series } = await simulateGaussianLoop({
    ...{ variant: 'fully-synthetic', dim: 8, synthetic: 6, generations: 60, replicates: 20, series: true },
  });
  const rows = await collapseVerdict(series!);
  expect(rows[3]).toMatchObject({ metric: 'trace', verdict: 'yes' });
  const next = uniform(1);
  const [one] = await collapseVerdict([Array.from({ length: 9 }, next)]);
  expect(one).toMatchObject({ verdict: 'undecided', metric: null, interval: [Number.NaN, Number.NaN] });
});

test('a metric that may be negative is held against its own size', async () => {
  const run = (r: number) => Float64Array.from({ length: 9 }, (_, t) => -10 + t + 0.01 * Math.sin(7 * r + t));
  const rows = await collapseVerdict(Array.from({ length: 9 }, (_, r) => run(r)));
  expect(rows[1]).toMatchObject({
    verdict: 'yes',
    meaning: 'late risk less that of generation 1, in parts of it',
  });
  expect(rows[1]!.statistic).toBeCloseTo(0.7, 2);
});

test.each<[string, unknown, CollapseVerdictOptions | undefined, string]>([
  ['no series', 3, undefined, 'series must be the series of a loop or an array of arrays, got 3'],
  ['two generations', [[1, 2]], undefined, 'series[0] must have at least 3 generations, got 2'],
  [
    'what is not finite',
    [[1, 2, Number.NaN]],
    undefined,
    'series must be finite, got NaN in replicate 0, generation 3',
  ],
  [
    'a risk that it lacks',
    { replicates: 1, generations: 3, metrics: { trace: Float64Array.of(1, 2, 3) } },
    undefined,
    'risk must be one of the series\' (trace), got "distance"',
  ],
  ['a margin', [[1, 2, 3]], { margin: 1 }, 'margin must be a number from 0 to 0.9, got 1'],
  ['an option', [[1, 2, 3]], { metric: 'x' } as never, 'metric'],
])('refuses %s', async (_, series, options, message) => {
  await expectRejection(
    () => collapseVerdict(series as MadSeries, options),
    'ERR_INVALID_INPUT',
    'collapseVerdict: ',
    message,
  );
});
