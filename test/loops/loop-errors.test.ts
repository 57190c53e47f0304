import { describe, expect, test } from 'vitest';
import { matrix } from '../../src/base/matrix.js';
import { autophagousLoop } from '../../src/loops/autophagous-loop.js';
import { sampleMetrics } from '../../src/loops/sample-metrics.js';
import { bestOf } from '../../src/models/best-of.js';
import { gaussian } from '../../src/models/gaussian.js';
import type { FittedModel, GenerativeModel } from '../../src/models/generative-model.js';
import { datasetReference } from '../../src/references/dataset-reference.js';
import { gaussianReference } from '../../src/references/gaussian-reference.js';
import type { Reference } from '../../src/references/reference.js';

const reference = gaussianReference({ dim: 2 });
const loop = {
  variant: 'fresh-data',
  reference,
  model: gaussian(),
  real: 5,
  synthetic: 5,
  generations: 4,
} as const;

/** Runs a loop to its end or failure: the generations that were yielded, and the error. */
async function outcome(options: object): Promise<{ yielded: number[]; error: unknown }> {
  const yielded: number[] = [];
  try {
    for await (const { t } of autophagousLoop({ ...loop, ...options })) yielded.push(t);
    return { yielded, error: undefined };
  } catch (error) {
    return { yielded, error };
  }
}

/** A gaussian whose fitted model of generation 2 samples as given. */
function failingAt2(sample: FittedModel['sample']): GenerativeModel {
  let fits = 0;
  return {
    name: 'faulty',
    async fit(data) {
      fits += 1;
      return fits === 2 ? { ...(await gaussian().fit(data)), sample } : gaussian().fit(data);
    },
  };
}

describe('a model that breaks its contract', () => {
  const where = /^autophagousLoop: generation 3: 5 samples of faulty of generation 2: /;

  test.each<[string, FittedModel['sample'], RegExp]>([
    [
      'throws',
      () => {
        throw new Error('out of ideas');
      },
      /out of ideas$/,
    ],
    ['rejects', () => Promise.reject(new Error('out of ideas')), /out of ideas$/],
    [
      'throws something that is no error',
      () => {
        throw 'a string';
      },
      /a string$/,
    ],
    ['returns nothing', () => undefined as never, /must return a 5 x 2 matrix, got undefined$/],
    ['returns too few rows', () => matrix(new Float64Array(8), 4, 2), /must return a 5 x 2 matrix, got 4 x 2/],
    [
      'returns too many columns',
      () => matrix(new Float64Array(15), 5, 3),
      /must return a 5 x 2 matrix, got 5 x 3/,
    ],
    [
      'lies about its length',
      () => ({ data: new Float64Array(9), rows: 5, cols: 2 }),
      /5 x 2 with 9 elements$/,
    ],
    [
      'returns NaN',
      () => matrix(Float64Array.of(0, 0, 0, Number.NaN, 0, 0, 0, 0, 0, 0), 5, 2),
      /got NaN at row 1, column 1$/,
    ],
    [
      'returns infinity',
      () => matrix(Float64Array.of(0, 0, 0, 0, 0, 0, 0, 0, Infinity, 0), 5, 2),
      /got Infinity at row 4, column 0$/,
    ],
  ])('%s: the error names generation and model, and earlier generations stand', async (_, sample, reason) => {
    const { yielded, error } = await outcome({ model: failingAt2(sample) });
    expect(yielded).toEqual([1, 2]);
    expect(error).toMatchObject({
      name: 'MadloopError',
      code: 'ERR_MODEL',
      message: expect.stringMatching(where),
    });
    expect(error).toMatchObject({ message: expect.stringMatching(reason) });
  });

  test('keeps the cause of what it threw', async () => {
    const cause = new Error('out of ideas');
    const { error } = await outcome({ model: failingAt2(() => Promise.reject(cause)) });
    expect(error).toMatchObject({ cause });
  });

  test.each<[string, GenerativeModel['fit'], RegExp]>([
    [
      'throws',
      () => {
        throw new Error('too few');
      },
      /fit of model to 5 samples: too few$/,
    ],
    ['returns no sampler', () => ({}) as never, /must return an object with a method sample, got an object$/],
    ['returns nothing', () => null as never, /must return an object with a method sample, got null$/],
    [
      'returns moments of another dimension',
      () => ({ moments: reference3.moments(), sample: () => matrix(new Float64Array(2), 1, 2) }),
      /dimension 2, got 3$/,
    ],
    [
      'returns moments that are not finite',
      () => ({
        moments: { dim: 2, mean: Float64Array.of(0, Number.NaN), covariance: Float64Array.of(1, 0, 0, 1) },
        sample: () => matrix(new Float64Array(2), 1, 2),
      }),
      /must have finite moments, got NaN at mean\[1\]$/,
    ],
    [
      'returns moments that are none',
      () => ({ moments: {} as never, sample: () => matrix(new Float64Array(2), 1, 2) }),
      /moments/,
    ],
  ])('in fit: %s', async (_, fit, message) => {
    const { yielded, error } = await outcome({ model: { fit } });
    expect(yielded).toEqual([]);
    expect(error).toMatchObject({ code: 'ERR_MODEL', message: expect.stringMatching(message) });
    expect(error).toMatchObject({
      message: expect.stringMatching(/^autophagousLoop: generation 1: fit of model/),
    });
  });

  test('keeps the code of a MadloopError', async () => {
    const singular: Reference = { ...loopReference(), dim: 2 };
    const { error } = await outcome({ reference: singular });
    expect(error).toMatchObject({
      code: 'ERR_NOT_POSITIVE_SEMIDEFINITE',
      message: expect.stringMatching(/generation 1/),
    });
  });
});

const reference3 = gaussianReference({ dim: 3 });

/** A reference whose covariance has a negative eigenvalue. */
function loopReference(): Reference {
  const broken = gaussianReference({ mean: new Float64Array(2), covariance: Float64Array.of(1, 0, 0, -1) });
  return { dim: 2, moments: () => broken.moments(), open: () => broken.open() };
}

describe('a metric or reference that breaks its contract', () => {
  test.each<[string, object, string, RegExp]>([
    [
      'a metric throws',
      {
        metrics: [
          {
            mine: () => {
              throw new Error('no');
            },
          },
        ],
      },
      'ERR_METRIC',
      /generation 1: metric mine: no$/,
    ],
    [
      'a metric returns no number',
      { metrics: [{ mine: () => '3' }] },
      'ERR_METRIC',
      /metric mine: must return a number, got "3"$/,
    ],
    [
      'features are no numbers',
      {
        metrics: [
          sampleMetrics({
            heldOut: matrix(Float64Array.from({ length: 16 }, Math.sqrt), 8, 2),
            features: (x) => ({ ...x, data: x.data.map(() => Number.NaN) }),
          }),
        ],
      },
      'ERR_METRIC',
      /generation 1: metric .*: .*must be finite, got NaN/,
    ],
    [
      "a curated model's score is no number",
      { model: bestOf(gaussian(), { candidates: 2, score: (x) => new Float64Array(x.rows).fill(Number.NaN) }) },
      'ERR_MODEL',
      /generation 2: .*bestOf: score must return numbers, got NaN for row 0/,
    ],
    [
      'a reference has other moments',
      { reference: { dim: 2, moments: () => reference3.moments(), open: () => reference.open() } },
      'ERR_REFERENCE',
      /dimension 2, got 3$/,
    ],
    [
      'a reference draws too little',
      {
        reference: {
          dim: 2,
          moments: () => reference.moments(),
          open: () => ({ draw: () => matrix(new Float64Array(2), 1, 2) }),
        },
      },
      'ERR_REFERENCE',
      /generation 1: reference: must return a 5 x 2 matrix, got 1 x 2/,
    ],
    [
      'a reference cannot be opened',
      {
        reference: {
          name: 'broken',
          dim: 2,
          moments: () => reference.moments(),
          open: () => {
            throw new Error('closed');
          },
        },
      },
      'ERR_REFERENCE',
      /generation 1: broken: closed$/,
    ],
  ])('%s', async (_, options, code, message) => {
    expect((await outcome(options)).error).toMatchObject({ code, message: expect.stringMatching(message) });
  });
});

describe('a data set that does not last', () => {
  const data = matrix(
    Float64Array.from({ length: 36 }, (_, i) => Math.sin(i)),
    18,
    2,
  );
  const short =
    'autophagousLoop: datasetReference: generation 4 wants 5 real rows, but 3 of 18 are left. ' +
    'Take at most 3 generations, fewer real samples, or { replace: true }';

  test.each<[string, object, string | undefined]>([
    ['fresh samples', {}, short],
    [
      'fresh samples by a function',
      { real: (t: number) => (t === 3 ? 7 : 4) },
      short.replace('5 real', '4 real'),
    ],
    ['a list', { real: [5, 5, 5, 1] }, undefined],
    ['a list that goes on', { generations: 6, real: [5, 5, 5, 1] }, undefined],
    [
      'a first set that is too large',
      { initial: 19 },
      'generation 1 wants 19 real rows, but 18 of 18 are left. Take fewer real samples, or {',
    ],
    ['a fixed set', { variant: 'synthetic-augmentation', real: 18, generations: 20 }, undefined],
    [
      'real samples of the first generation alone',
      { variant: 'fully-synthetic', real: 9, initial: 18 },
      undefined,
    ],
    [
      'both kinds',
      { variant: 'combined', real: undefined, realFixed: 5, realFresh: 6 },
      'generation 3 wants 6 real rows, but 1 of 18',
    ],
    ['draws with replacement', { reference: datasetReference(data, { replace: true }) }, undefined],
  ])('is refused before the first fit, and only then: %s', async (_, options, message) => {
    let fits = 0;
    const model: GenerativeModel = {
      fit: (rows) => {
        fits += 1;
        return gaussian().fit(rows);
      },
    };
    const { error } = await outcome({ reference: datasetReference(data), model, ...options });
    if (message === undefined) return expect(error).toBeUndefined();
    expect(error).toMatchObject({ code: 'ERR_EXHAUSTED', message: expect.stringContaining(message) });
    expect(fits).toBe(0);
  });

  test('is found where it happens if nobody can know it before', async () => {
    const dataset = datasetReference(data);
    const silent: Reference = {
      dim: 2,
      moments: (job) => dataset.moments(job),
      open(seed) {
        const samples = dataset.open(seed);
        return { draw: (count, draw) => samples.draw(count, draw) };
      },
    };
    const { yielded, error } = await outcome({ reference: silent });
    expect(yielded).toEqual([1, 2, 3]);
    expect(error).toMatchObject({
      code: 'ERR_EXHAUSTED',
      message: expect.stringMatching(/generation 4 wants 5 real rows, but 3 of 18 are left/),
    });
  });

  test('may be any that says how much it has', async () => {
    const sized = (rows: number): Reference => ({
      dim: 2,
      moments: () => reference.moments(),
      open() {
        const samples = reference.open();
        return { rows, draw: (count, draw) => samples.draw(count, draw) };
      },
    });
    expect((await outcome({ reference: sized(19) })).error).toMatchObject({
      code: 'ERR_EXHAUSTED',
      message: expect.stringContaining('generation 4 wants 5 real rows, but 4 of 19 are left'),
    });
    expect((await outcome({ reference: sized(20) })).yielded).toEqual([1, 2, 3, 4]);
    expect((await outcome({ reference: sized(1.5) })).error).toMatchObject({ code: 'ERR_REFERENCE' });
  });
});

describe('options', () => {
  test.each<[string, object, RegExp]>([
    ['an unknown key', { lamda: 1 }, /unknown option 'lamda'; did you mean 'lambda'/],
    ['another variant', { variant: 'fresh' }, /variant must be one of .*'combined', got "fresh"/],
    ['lambda above 1', { lambda: 1.5 }, /lambda must be a number from 0 to 1, got 1\.5/],
    ['lambda NaN', { lambda: Number.NaN }, /lambda must be .* got NaN/],
    [
      'no real samples where the variant needs them',
      { real: 0 },
      /real must be an integer of at least 1, got 0/,
    ],
    [
      'a fixed set of one',
      { variant: 'synthetic-augmentation', real: 1 },
      /real must be an integer of at least 2, got 1/,
    ],
    [
      'initial beside a fixed set',
      { variant: 'synthetic-augmentation', initial: 9 },
      /initial must equal real = 5/,
    ],
    ['one training sample', { real: 1, initial: 2, synthetic: 0 }, /real \+ synthetic must be at least 2/],
    ['one initial sample', { initial: 1 }, /initial must be an integer of at least 2, got 1/],
    [
      'one synthetic sample alone',
      { variant: 'fully-synthetic', synthetic: 1 },
      /synthetic must be an integer of at least 2, got 1/,
    ],
    ['a fraction of a sample', { synthetic: 2.5 }, /synthetic must be an integer .* got 2\.5/],
    ['no generations', { generations: 0 }, /generations must be an integer of at least 1, got 0/],
    ['no memory', { memory: 0 }, /memory must be an integer of at least 1, got 0/],
    ['another pool', { pool: 'all' }, /pool must be one of 'latest', 'accumulate', 'subsample', got "all"/],
    [
      'a subset of more than there is',
      { pool: 'subsample', subsample: 11 },
      /subsample must be at most real \+ synthetic = 10/,
    ],
    [
      'a subset without its pool',
      { subsample: 5 },
      /subsample must be left out unless pool is 'subsample', got 5/,
    ],
    [
      'fixed samples in another loop',
      { realFixed: 5 },
      /realFixed must be left out unless variant is 'combined', got 5/,
    ],
    [
      'real samples that are not the sum',
      { variant: 'combined', realFixed: 2, realFresh: 2 },
      /real must equal realFixed \+ realFresh = 4, got 5/,
    ],
    [
      'more fixed samples than generation 1 has',
      { variant: 'combined', real: undefined, realFixed: 8, initial: 6 },
      /initial must be at least realFixed = 8/,
    ],
    ['a negative seed', { seed: -1 }, /seed must be .* got -1/],
    ['no model', { model: {} }, /model must have a method fit/],
    ['no reference', { reference: { dim: 2 } }, /reference must have the methods moments and open/],
    [
      'an unknown metric',
      { metrics: ['fid'] },
      /metric must be one of 'distance', 'meanNormSquared', 'trace', got "fid"/,
    ],
    [
      'a metric twice',
      { metrics: ['trace', { trace: () => 1 }] },
      /metrics must have different names, got "trace"/,
    ],
    ['metrics that are no array', { metrics: 'trace' }, /metrics must be an array/],
    ['a metric that is no function', { metrics: [{ mine: 3 }] }, /metric mine must be a function, got 3/],
  ])('%s is refused with the first generation', async (_, options, message) => {
    const { yielded, error } = await outcome(options);
    expect(yielded).toEqual([]);
    expect(error).toMatchObject({ code: 'ERR_INVALID_INPUT', message: expect.stringMatching(message) });
  });
});
