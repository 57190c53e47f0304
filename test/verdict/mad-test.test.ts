import { describe, expect, test } from 'vitest';
import { sampleGaussian } from '../../src/distributions/gaussian-sampling.js';
import { simulateGaussianLoop } from '../../src/gaussian-loop/simulate-gaussian-loop.js';
import { replicatedAutophagousLoop } from '../../src/loops/replicated-autophagous-loop.js';
import { gaussian } from '../../src/models/gaussian.js';
import { gaussianReference } from '../../src/references/gaussian-reference.js';
import { type MadTestOptions, madTest } from '../../src/verdict/mad-test.js';
import { expectRejection } from '../support/rejection.js';

type Verdicts = Record<'mad' | 'stable' | 'undecided', number>;

/** Verdicts of many tests, each of `size` runs of their own. */
async function verdicts(runs: Float64Array[], size: number, options?: MadTestOptions): Promise<Verdicts> {
  const counts = { mad: 0, stable: 0, undecided: 0 };
  for (let begin = 0; begin < runs.length; begin += size) {
    counts[(await madTest(runs.slice(begin, begin + size), options)).verdict] += 1;
  }
  return counts;
}

/** The distances of many runs of a Gaussian loop. */
async function distances(loop: Parameters<typeof simulateGaussianLoop>[0]): Promise<Float64Array[]> {
  const { series } = await simulateGaussianLoop({ ...loop, series: true });
  const { generations, replicates, distance } = series!;
  return Array.from({ length: replicates }, (_, r) =>
    distance.subarray(r * generations, (r + 1) * generations),
  );
}

/** Runs of independent standard normals. */
async function noise(count: number, generations: number, seed: number): Promise<Float64Array[]> {
  const { data } = await sampleGaussian(gaussianReference({ dim: generations }), count, { lambda: 1, seed });
  return Array.from({ length: count }, (_, r) =>
    Float64Array.from(data.subarray(r * generations, (r + 1) * generations)),
  );
}

/** The most of `tests` that may come out wrong by chance, each with probability 0.025. */
const most = (tests: number) => 0.025 * tests + 4.5 * Math.sqrt(0.025 * 0.975 * tests);

describe('loops of known fate', () => {
  test('fully synthetic: mad', async () => {
    const runs = await distances({
      variant: 'fully-synthetic',
      dim: 3,
      synthetic: 50,
      generations: 30,
      replicates: 2000,
      seed: 1,
    });
    const found = await verdicts(runs, 20);
    expect(found.stable).toBe(0);
    expect(found.mad).toBeGreaterThanOrEqual(95);
  });

  test('too few replicates: undecided', async () => {
    const loop = { variant: 'fully-synthetic', dim: 3, synthetic: 50, seed: 1 } as const;
    const one = await distances({ ...loop, generations: 30, replicates: 1 });
    const found = await madTest(one);
    expect(found.verdict).toBe('undecided');
    expect([found.slope.standardError, ...found.trend.interval, found.trend.pValue]).toEqual(
      Array(4).fill(Number.NaN),
    );
  });

  test('fresh data at its limit: stable, given enough replicates', async () => {
    const loop = { variant: 'fresh-data', dim: 3, real: 50, synthetic: 50, generations: 60, seed: 2 } as const;
    const runs = await distances({ ...loop, replicates: 8000 });
    const many = await verdicts(runs, 400, { from: 20 });
    expect(many).toEqual({ mad: 0, stable: 20, undecided: 0 });
    // With few it can't be told, but is hardly ever called mad.
    const few = await verdicts(runs.slice(0, 4000), 10, { from: 20 });
    expect(few.mad).toBeLessThanOrEqual(most(400));
    expect(few.undecided).toBeGreaterThan(200);
  });

  test('fresh data in its transient from few samples: its growth is seen', async () => {
    const loop = {
      variant: 'fresh-data',
      dim: 3,
      initial: 5000,
      real: 50,
      synthetic: 450,
      generations: 10,
      seed: 3,
    } as const;
    expect((await madTest(await distances({ ...loop, replicates: 50 }))).verdict).toBe('mad');
  });

  test('any model, any metric: the trace of a fully synthetic loop with lambda falls', async () => {
    const { series } = await replicatedAutophagousLoop({
      variant: 'fully-synthetic',
      reference: gaussianReference({ dim: 2 }),
      model: gaussian(),
      synthetic: 40,
      lambda: 0.9,
      generations: 8,
      replicates: 12,
      seed: 1,
      series: true,
    });
    expect(await madTest(series!)).toMatchObject({ verdict: 'mad', direction: 'increasing', replicates: 12 });
    expect((await madTest(series!, { metric: 'trace', direction: 'decreasing' })).verdict).toBe('mad');
    // In the other direction, a trace that falls does not grow.
    expect((await madTest(series!, { metric: 'trace' })).verdict).toBe('stable');
  });
});

describe('levels', () => {
  test('mad: of a random walk without drift, whatever the dependence within a run', async () => {
    const runs = await noise(6000, 20, 4);
    for (const run of runs) for (let t = 1; t < 20; t += 1) run[t]! += run[t - 1]!;
    // A distance from a level of 100: its changes are below the margin, unless that is 0.
    for (const run of runs) for (let t = 0; t < 20; t += 1) run[t]! += 100;
    const found = await verdicts(runs, 6, { margin: 0 });
    expect(found.mad).toBeGreaterThan(0);
    expect(found.mad).toBeLessThanOrEqual(most(1000));
    // At margin 0 a walk without drift is as far from stable: exactly at the level.
    expect(Math.abs(found.stable - 25)).toBeLessThan(4.5 * Math.sqrt(1000 * 0.025 * 0.975));
  });

  test('stable: of a growth of exactly the margin', async () => {
    const runs = await noise(6000, 11, 5);
    // From 9.5 to 10.5: 10 % of the mean of 10.
    for (const run of runs) for (let t = 0; t < 11; t += 1) run[t]! += 9.5 + t / 10;
    const found = await verdicts(runs, 6);
    expect(Math.abs(found.stable - 25)).toBeLessThan(4.5 * Math.sqrt(1000 * 0.025 * 0.975));
  });
});

describe('numbers', () => {
  const runs = [
    [1, 2, 4, 7],
    [2, 2, 3, 5],
    [0, 3, 1, 4],
  ];

  test('by hand', async () => {
    const found = await madTest(runs, { margin: 0.5 });
    // Least squares over t = 1 ... 4: sum of (t - 2.5) x, over 5.
    const slopes = [2, 1, 1];
    const taus = [1, 5 / 6, 4 / 6];
    const levels = [3.5, 3, 2];
    const excesses = slopes.map((slope, r) => 3 * slope - 0.5 * levels[r]!);
    const halfWidth = 4.302652729749462; // Student's, 2 degrees of freedom
    for (const [name, values] of Object.entries({ slope: slopes, trend: taus, excess: excesses })) {
      const mean = (values[0]! + values[1]! + values[2]!) / 3;
      const standardError = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 6);
      const seen = found[name as 'slope'];
      expect(seen.mean).toBeCloseTo(mean, 14);
      expect(seen.standardError).toBeCloseTo(standardError, 14);
      expect(seen.interval[0]).toBeCloseTo(mean - halfWidth * standardError, 11);
      expect(seen.interval[1]).toBeCloseTo(mean + halfWidth * standardError, 11);
    }
    // t = (5/6) / sqrt((2/36) / 6) = 8.66 with 2 degrees of freedom: p = 1 - t / sqrt(2 + t^2).
    expect(found.trend.pValue).toBeCloseTo(1 - Math.sqrt(75 / 77), 12);
    expect(found).toMatchObject({
      level: 17 / 6,
      replicates: 3,
      from: 1,
      to: 4,
      margin: 0.5,
      confidence: 0.95,
    });
  });

  test('the generations looked at, and either form of the same series', async () => {
    const part = await madTest(runs, { from: 2, to: 4 });
    expect(part).toEqual({ ...(await madTest(runs.map((run) => run.slice(1)))), from: 2, to: 4 });
    const flat = Float64Array.from(runs.flat());
    const metrics = { recall: flat };
    const series = { replicates: 3, generations: 4, metrics };
    expect(await madTest(series, { metric: 'recall' })).toEqual(await madTest(runs));
    const gaussianSeries = {
      ...series,
      distance: flat,
      meanNormSquared: flat,
      trace: flat,
      logDeterminant: flat,
    };
    const { metrics: _, ...withoutMetrics } = gaussianSeries;
    expect(await madTest(withoutMetrics)).toEqual(await madTest(runs));
  });

  test('scale changes nothing but the scale, and a negative level is as good as a positive one', async () => {
    const found = await madTest(runs);
    const scaled = await madTest(runs.map((run) => run.map((value) => 1024 * value)));
    expect(scaled).toMatchObject({ verdict: found.verdict, trend: found.trend, level: 1024 * found.level });
    expect(scaled.excess.mean).toBe(1024 * found.excess.mean);
    const mirrored = await madTest(
      runs.map((run) => run.map((value) => -value)),
      { direction: 'decreasing' },
    );
    expect(mirrored).toMatchObject({ verdict: found.verdict, excess: found.excess });
  });

  test('what never changes is stable; what always grows is mad', async () => {
    expect(
      (
        await madTest([
          [5, 5, 5],
          [5, 5, 5],
        ])
      ).verdict,
    ).toBe('stable');
    expect(
      (
        await madTest([
          [1, 2, 3],
          [1, 2, 3],
        ])
      ).verdict,
    ).toBe('mad');
    // By less than a tenth of the mean: it does not matter.
    expect(
      (
        await madTest([
          [50, 51, 52],
          [50, 51, 52],
        ])
      ).verdict,
    ).toBe('stable');
    expect(
      (
        await madTest(
          [
            [50, 51, 52],
            [50, 51, 52],
          ],
          { margin: 0 },
        )
      ).verdict,
    ).toBe('mad');
  });
});

test.each<[string, unknown, object | undefined, string]>([
  ['nothing', undefined, undefined, 'series must be the series of a loop or an array of arrays, got undefined'],
  ['no replicates', [], undefined, 'series must have at least one replicate, got none'],
  ['two generations', [[1, 2]], undefined, 'series[0] must have at least 3 generations, got 2'],
  [
    'ragged runs',
    [
      [1, 2, 3],
      [1, 2],
    ],
    undefined,
    'series[1] must have as many values as series[0], 3, got 2',
  ],
  ['a text', [[1, 2, '3']], undefined, 'series[0][2] must be a number, got "3"'],
  [
    'NaN',
    [
      [1, 2, 3, 4],
      [1, 2, Number.NaN, 4],
    ],
    { from: 2 },
    'series must be finite, got NaN in replicate 1, generation 3',
  ],
  ['a metric of arrays', [[1, 2, 3]], { metric: 'trace' }, 'metric must be left out for arrays, got "trace"'],
  [
    'an unknown metric',
    { replicates: 1, generations: 3, metrics: { recall: new Float64Array(3) } },
    undefined,
    'metric must be one of the series\' (recall), got "distance"',
  ],
  [
    'a length that does not fit',
    { replicates: 2, generations: 3, distance: new Float64Array(5) },
    undefined,
    'series.distance must have length replicates x generations = 2 x 3, got 5',
  ],
  ['from too late', [[1, 2, 3]], { from: 2 }, 'from must be an integer from 1 to 1, got 2'],
  ['to too early', [[1, 2, 3, 4]], { to: 2 }, 'to must be an integer from 3 to 4, got 2'],
  ['a margin below 0', [[1, 2, 3]], { margin: -1 }, 'margin must be a number of at least 0'],
  ['certainty', [[1, 2, 3]], { confidence: 1 }, 'confidence must be a number from'],
  [
    'another direction',
    [[1, 2, 3]],
    { direction: 'up' },
    "direction must be one of 'increasing', 'decreasing'",
  ],
  ['an unknown option', [[1, 2, 3]], { alpha: 1 }, "unknown option 'alpha'"],
])('refuses %s', async (_, series, options, message) => {
  await expectRejection(() => madTest(series as never, options), 'ERR_INVALID_INPUT', `madTest: ${message}`);
});
