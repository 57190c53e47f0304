import { describe, expect, test } from 'vitest';
import { matrix } from '../../src/base/matrix.js';
import type { Matrix } from '../../src/base/shapes.js';
import { sampleGaussian } from '../../src/distributions/gaussian-sampling.js';
import { checkJobOptions } from '../../src/engine/job.js';
import { autophagousLoop } from '../../src/loops/autophagous-loop.js';
import { modeMetrics } from '../../src/loops/modes.js';
import { replicatedLoop } from '../../src/loops/replicated-loop.js';
import { type Features, sampleMetrics } from '../../src/loops/sample-metrics.js';
import { frechetDistance } from '../../src/metrics/frechet.js';
import { precisionRecall } from '../../src/metrics/precision-recall.js';
import { externalModel } from '../../src/models/external-model.js';
import { gaussian } from '../../src/models/gaussian.js';
import { gaussianReference } from '../../src/references/gaussian-reference.js';
import { expectRejection, expectThrow } from '../support/rejection.js';

const reference = gaussianReference({ dim: 3 });
const loop = { variant: 'fresh-data', reference, real: 30, synthetic: 40, generations: 3, seed: 2 } as const;
const heldOut = await sampleGaussian(reference, 60, { lambda: 1, seed: 9 });
const centres = matrix(Float64Array.of(0, 0, 10, 0, 0, 10), 3, 2);

/** The Gaussian model, which writes down every sample that is drawn of it. */
function recording(drawn: { x: Matrix; lambda: number }[]) {
  return externalModel({
    fit: (data, options) => gaussian().fit(data, options),
    sample: async (fitted, count, options) => {
      const x = await fitted.sample(count, options);
      drawn.push({ x, lambda: options.lambda });
      return x;
    },
    moments: (fitted) => fitted.moments,
  });
}

/** The first column and the product of the others, twice as large. */
const features: Features = ({ data, rows }) =>
  matrix(
    Float64Array.from({ length: 2 * rows }, (_, i) => {
      const row = 3 * Math.floor(i / 2);
      return i % 2 === 0 ? 2 * data[row]! : 2 * data[row + 1]! * data[row + 2]!;
    }),
    rows,
    2,
  );

describe('against held-out samples', () => {
  test.each<[string, Features | undefined]>([
    ['as they are', undefined],
    ['in a space of features', features],
    ['in one that takes time', async (x, job) => features(x, job)],
  ])('%s: what the metrics give for the sample that was drawn', async (_, space) => {
    const drawn: { x: Matrix; lambda: number }[] = [];
    const metrics = [sampleMetrics({ heldOut, features: space, count: 50, lambda: 0.8, k: 3 })];
    const found = [];
    for await (const generation of autophagousLoop({ ...loop, model: recording(drawn), metrics })) {
      found.push(generation.metrics);
    }
    const samples = drawn.filter(({ lambda }) => lambda === 0.8);
    expect(samples).toHaveLength(3);
    const job = {};
    for (const [i, { x }] of samples.entries()) {
      expect(x.rows).toBe(50);
      const [a, b] = space ? [await space(x, job), await space(heldOut, job)] : [x, heldOut];
      const { precision, recall, density, coverage } = await precisionRecall(b, a, { k: 3 });
      expect(found[i]).toEqual({
        frechetDistance: (await frechetDistance(a, b)).distance,
        precision,
        recall,
        density,
        coverage,
        variance: expect.closeTo(variance(x), 12),
      });
    }
  });

  test('the loop is the same, bit for bit, with them as without', async () => {
    const run = async (metrics: NonNullable<Parameters<typeof autophagousLoop>[0]['metrics']>) => {
      const seen = [];
      for await (const { model, metrics: m } of autophagousLoop({
        ...loop,
        model: gaussian(),
        memory: 2,
        metrics,
      })) {
        seen.push([model.moments, m.distance, m.meanNormSquared, m.trace]);
      }
      return seen;
    };
    const names = ['distance', 'meanNormSquared', 'trace'] as const;
    expect(await run([sampleMetrics({ heldOut }), ...names])).toEqual(await run([...names]));
  });

  test('the held-out features are taken once, over generations and loops', async () => {
    const sizes: number[] = [];
    const counting: Features = (x, job) => {
      sizes.push(x.rows);
      return features(x, job);
    };
    const metrics = [sampleMetrics({ heldOut, features: counting, count: 20 })];
    const job = checkJobOptions('test', { threads: 2 });
    const table = await replicatedLoop(
      { ...loop, model: gaussian(), metrics },
      { replicates: 4, seed: 1n, job },
    );
    expect(sizes.sort((a, b) => a - b)).toEqual([...Array(12).fill(20), 60]);
    // Error bars over replicates, as for any metric.
    for (const { metrics: m } of table) {
      for (const name of ['frechetDistance', 'precision', 'recall', 'density', 'coverage', 'variance']) {
        expect(m[name]!.standardError).toBeGreaterThan(0);
      }
    }
  });

  test.each<[string, Features, string]>([
    ['throw', () => fail(), 'no network'],
    ['are no matrix', () => [1] as never, 'features must return a matrix of 60 rows, got an array of length 1'],
    [
      'lose rows',
      () => matrix(new Float64Array(4), 2, 2),
      'features must return a matrix of 60 rows, got 2 x 2',
    ],
    ['are NaN', ({ rows }) => matrix(new Float64Array(rows).fill(Number.NaN), rows, 1), 'got NaN at row 0'],
  ])('features that %s end the loop', async (_, space, message) => {
    const metrics = [sampleMetrics({ heldOut, features: space })];
    const run = () => autophagousLoop({ ...loop, model: gaussian(), metrics }).next();
    const error = await run().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ message: expect.stringContaining('generation 1: metric sampleMetrics: ') });
    expect(error).toMatchObject({ message: expect.stringContaining(message) });
  });
});

describe('modes', () => {
  test('variances and coverage by hand', async () => {
    const x = matrix(Float64Array.of(0, 1, 10, 4, 0, -1, 10, 2, 10, 3, 0, 10), 6, 2);
    // Mode 1: (0, 1), (0, -1), variance 2, at distance 1. Mode 2: (10, 2 ... 4), variance 1, at distance 2. Mode 3: one.
    expect(await modeMetrics(x, { centres, radius: 1 })).toEqual({
      averageModalVariance: 1.5,
      modesCovered: 2,
    });
    expect(await modeMetrics(x, { centres, radius: 2 })).toEqual({
      averageModalVariance: 1.5,
      modesCovered: 3,
    });
    expect(await modeMetrics(x, { centres, radius: 0 })).toEqual({
      averageModalVariance: 1.5,
      modesCovered: 1,
    });
  });

  test('of equally near modes the first one has the sample', async () => {
    const x = matrix(Float64Array.of(5, 0, 1, 0, 10, 0), 3, 2);
    // (5, 0) and (1, 0): variance 8. Were it the second mode's, with (10, 0): 12.5.
    const found = await modeMetrics(x, { centres, radius: 1 });
    expect(found).toEqual({ averageModalVariance: 8, modesCovered: 2 });
    const alone = await modeMetrics(matrix(Float64Array.of(5, 0), 1, 2), { centres, radius: 5 });
    expect(alone).toEqual({ averageModalVariance: Number.NaN, modesCovered: 1 });
  });

  test('in a loop that forgets its modes', async () => {
    // Two modes; the model keeps the first half of its training set, sorted: the mode on the left.
    const model = externalModel({
      fit: ({ data }) => data.toSorted().subarray(0, data.length / 2),
      sample: (kept, count) =>
        matrix(
          Float64Array.from({ length: count }, (_, i) => kept[i % kept.length]!),
          count,
          1,
        ),
    });
    const rows = matrix(
      Float64Array.from({ length: 40 }, (_, i) => (i % 2 ? 5 : -5) + ((i % 4) - 1.5) / 10),
      40,
      1,
    );
    const modes = { centres: matrix(Float64Array.of(-5, 5), 2, 1), radius: 1 };
    const own = { dim: 1, mean: new Float64Array(1), covariance: Float64Array.of(1) };
    const run = autophagousLoop({
      variant: 'fully-synthetic',
      model,
      reference: { dim: 1, moments: () => own, open: () => ({ draw: () => rows }) },
      synthetic: 40,
      generations: 2,
      metrics: [sampleMetrics({ count: 40, modes })],
    });
    const found = [];
    for await (const { metrics } of run) found.push(metrics);
    expect(found.map(({ modesCovered }) => modesCovered)).toEqual([1, 1]);
    expect(Object.keys(found[0]!)).toEqual(['variance', 'averageModalVariance', 'modesCovered']);
    // All samples are of one mode: its variance is that of the sample.
    for (const m of found) expect(m.averageModalVariance).toBeCloseTo(m.variance!, 12);
  });

  test('of other dimensions are refused', async () => {
    const metrics = [sampleMetrics({ modes: { centres, radius: 1 } })];
    const run = () => autophagousLoop({ ...loop, model: gaussian(), metrics }).next();
    await expectRejection(run, 'ERR_METRIC', 'modes.centres must have as many columns as the data, 3, got 2');
  });
});

describe('a metric of several numbers', () => {
  const run = (metrics: object[]) => () =>
    autophagousLoop({ ...loop, model: gaussian(), metrics: metrics as never }).next();

  test('reports each under its own name', async () => {
    const { value } = await run([{ both: () => ({ one: 1, two: 2 }) }, { three: () => 3 }])();
    expect(value?.metrics).toEqual({ one: 1, two: 2, three: 3 });
  });

  test.each<[string, object[], string]>([
    [
      'a name twice',
      [{ a: () => ({ one: 1 }) }, { b: () => ({ one: 2 }) }],
      'metric b: must not measure one again',
    ],
    ['no number', [{ a: () => ({ one: '1' }) }], 'metric a: must return a number as one, got "1"'],
    ['null', [{ a: () => null }], 'metric a: must return a number, got null'],
  ])('refuses %s', async (_, metrics, message) => {
    await expectRejection(run(metrics), 'ERR_METRIC', `generation 1: ${message}`);
  });
});

test.each<[string, object, string]>([
  ['held-out samples that are no matrix', { heldOut: [] }, 'heldOut.data must be'],
  ['features of nothing', { features }, 'heldOut must be given where features are'],
  ['features that are no function', { heldOut, features: 1 }, 'features must be a function, got 1'],
  ['one sample', { count: 1 }, 'count must be an integer of at least 2, got 1'],
  ['a negative lambda', { lambda: -0.1 }, 'lambda must be a number of at least 0, got -0.1'],
  ['an infinite lambda', { lambda: Number.POSITIVE_INFINITY }, 'lambda must be a number of at least 0'],
  ['modes without a radius', { modes: { centres } }, 'modes.radius must be a number'],
  [
    'modes of other dimensions',
    { heldOut, modes: { centres, radius: 1 } },
    'as many columns as heldOut, 3, got 2',
  ],
  [
    'a mode that is nowhere',
    { modes: { centres: matrix(Float64Array.of(0, Number.NaN), 1, 2), radius: 1 } },
    'modes.centres must be finite, got NaN at row 0, column 1',
  ],
  ['an unknown option', { heldout: heldOut }, "unknown option 'heldout'; did you mean 'heldOut'?"],
])('sampleMetrics refuses %s', (_, options, message) => {
  expectThrow(() => sampleMetrics(options as never), 'ERR_INVALID_INPUT', 'sampleMetrics: ', message);
});

function variance({ data, rows, cols }: Matrix): number {
  let sum = 0;
  for (let col = 0; col < cols; col += 1) {
    const column = Array.from({ length: rows }, (_, row) => data[row * cols + col]!);
    const mean = column.reduce((a, b) => a + b) / rows;
    sum += column.reduce((total, value) => total + (value - mean) ** 2, 0) / (rows - 1);
  }
  return sum;
}

function fail(): never {
  throw new Error('no network');
}
