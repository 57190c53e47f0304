// Bad input of every kind to every asynchronous call: always a rejection, never a synchronous throw, and always an
// error that names the function, the argument and the value.

import { describe, test } from 'vitest';
import { matrix } from '../../src/base/matrix.js';
import { sampleGaussian } from '../../src/distributions/gaussian-sampling.js';
import { mergeMoments, moments } from '../../src/distributions/moments.js';
import { simulateGaussianLoop } from '../../src/gaussian-loop/simulate-gaussian-loop.js';
import { expectedDistance } from '../../src/limits/expected-distance.js';
import { frechetDistance } from '../../src/metrics/frechet.js';
import { expectRejection, expectThrow } from '../support/rejection.js';

type Untyped = (...parameters: unknown[]) => Promise<unknown>;

const loop = { variant: 'fresh-data', dim: 3, real: 10, synthetic: 20, generations: 2 };
const unit = { dim: 2, mean: new Float64Array(2), covariance: Float64Array.of(1, 0, 0, 1) };

/** Each integer argument: how to pass it, and the least value allowed. */
const integers: readonly [string, string, (value: unknown) => Promise<unknown>][] = [
  ...(
    [
      ['dim', 1],
      ['initial', 2],
      ['real', 1],
      ['synthetic', 0],
      ['memory', 1],
    ] as const
  ).map(
    ([name, least]) =>
      [
        `simulateGaussianLoop: ${name}`,
        `an integer of at least ${least}`,
        (value) => (simulateGaussianLoop as Untyped)({ ...loop, [name]: value }),
      ] as [string, string, (value: unknown) => Promise<unknown>],
  ),
  ...['generations', 'replicates'].map(
    (name) =>
      [
        `simulateGaussianLoop: ${name}`,
        'an integer from 1 to 4294967295',
        (value) => (simulateGaussianLoop as Untyped)({ ...loop, [name]: value }),
      ] as [string, string, (value: unknown) => Promise<unknown>],
  ),
  [
    'simulateGaussianLoop: threads',
    'an integer from 1 to 1024',
    (value) => (simulateGaussianLoop as Untyped)({ ...loop, threads: value }),
  ],
  [
    'moments: threads',
    'an integer from 1 to 1024',
    (value) => (moments as Untyped)(matrix(new Float64Array(2), 2, 1), { threads: value }),
  ],
  [
    'expectedDistance: dim',
    'an integer of at least 1',
    (value) => (expectedDistance as Untyped)({ dim: value, samples: 10 }),
  ],
  [
    'sampleGaussian: count',
    'an integer of at least 1',
    (value) => (sampleGaussian as Untyped)(unit, value, { lambda: 1, seed: 0 }),
  ],
  [
    'frechetDistance: a.dim',
    'an integer of at least 1',
    (value) => (frechetDistance as Untyped)({ ...unit, dim: value }, unit),
  ],
  [
    'moments: x.rows',
    'an integer of at least 1',
    (value) => (moments as Untyped)({ data: new Float64Array(2), rows: value, cols: 1 }),
  ],
];

const notIntegers: readonly [unknown, string][] = [
  [-1, '-1'],
  [1.5, '1.5'],
  [Number.NaN, 'NaN'],
  [Number.POSITIVE_INFINITY, 'Infinity'],
  [2 ** 53 + 2, '9007199254740994'],
  ['3', '"3"'],
  [3n, '3n'],
  [null, 'null'],
  [{}, 'an object'],
];

describe.each(integers)('%s', (argument, requirement, call) => {
  test.each(notIntegers)('refuses %s', async (value, shown) => {
    await expectRejection(
      () => call(value),
      'ERR_INVALID_INPUT',
      `${argument} must be ${requirement}, got ${shown}`,
    );
  });
});

describe('values that once wrapped around in 32 bits', () => {
  test('a dim of 2^32 + 1 is not a dim of 1', async () => {
    await expectRejection(
      () => simulateGaussianLoop({ ...loop, variant: 'fresh-data', dim: 2 ** 32 + 1 }),
      'ERR_INVALID_INPUT',
    );
  });

  test('2^32 generations are not none', async () => {
    const call = () => simulateGaussianLoop({ ...loop, variant: 'fresh-data', generations: 2 ** 32 });
    await expectRejection(call, 'ERR_INVALID_INPUT', 'generations', '4294967296');
  });
});

describe('absurd sizes are typed errors', () => {
  test.each([
    ['a million dimensions', { dim: 1e6 }],
    ['4e9 generations', { generations: 4e9 }],
    ['a series of 1e15 values', { series: true, generations: 1e6, replicates: 1e9 }],
  ])('%s', async (_, change) => {
    const error = simulateGaussianLoop({ ...loop, variant: 'fresh-data', ...change }).then(
      () => 'resolved',
      (reason: { code?: string }) => reason.code,
    );
    expectOneOf(await error, ['ERR_INVALID_INPUT', 'ERR_OUT_OF_MEMORY']);
  });

  test('1e12 samples of a Gaussian', async () => {
    await expectRejection(
      () => sampleGaussian(unit, 1e12, { lambda: 1, seed: 0 }),
      'ERR_OUT_OF_MEMORY',
      'sampleGaussian: the samples needs 2000000000000 values',
    );
  });
});

function expectOneOf(value: unknown, allowed: readonly unknown[]): void {
  if (!allowed.includes(value)) throw new Error(`expected one of ${allowed.join(', ')}, got ${String(value)}`);
}

describe('simulateGaussianLoop', () => {
  test.each([
    [
      { variant: 'fresh' },
      "variant must be one of 'fully-synthetic', 'synthetic-augmentation', 'fresh-data', 'combined', got \"fresh\"",
    ],
    [{ lambda: 1.1 }, 'lambda must be a number from 0 to 1, got 1.1'],
    [{ lambda: -0.1 }, 'lambda must be a number from 0 to 1, got -0.1'],
    [{ lambda: Number.NaN }, 'lambda must be a number from 0 to 1, got NaN'],
    [{ lambda: '1' }, 'lambda must be a number from 0 to 1, got "1"'],
    [{ pool: 'all' }, "pool must be one of 'latest', 'accumulate', 'subsample', got \"all\""],
    [{ pool: 'subsample' }, "engine must be 'samples' with pool 'subsample', got 'moments'"],
    [{ subsample: 5 }, "subsample must be left out unless pool is 'subsample', got 5"],
    [{ pool: 'subsample', subsample: 1 }, 'subsample must be an integer of at least 2, got 1'],
    [
      { pool: 'subsample', subsample: 31 },
      'subsample must be at most real + synthetic = 30, all that generation 2 has, got 31',
    ],
    [{ realFixed: 1 }, "realFixed must be left out unless variant is 'combined', got 1"],
    [
      { variant: 'synthetic-augmentation', realFresh: 1 },
      "realFresh must be left out unless variant is 'combined', got 1",
    ],
    [{ variant: 'combined', realFixed: 4, realFresh: 5 }, 'real must equal realFixed + realFresh = 9, got 10'],
    [{ variant: 'combined', realFixed: -1 }, 'realFixed must be an integer of at least 0, got -1'],
    [{ variant: 'combined', realFresh: 1.5 }, 'realFresh must be an integer of at least 0, got 1.5'],
    [
      { variant: 'combined', real: undefined, realFixed: 1, synthetic: 0 },
      'realFixed + realFresh + synthetic must be at least 2, the training samples of a generation, got 1',
    ],
    [
      { variant: 'combined', real: undefined, realFixed: 8, initial: 7 },
      'initial must be at least realFixed = 8, the samples of generation 1 that are kept, got 7',
    ],
    [{ variant: 'combined', real: undefined, realFresh: 1 }, 'initial must be an integer of at least 2, got 1'],
    [{ engine: 'gpu' }, "engine must be one of 'moments', 'samples', got \"gpu\""],
    [{ divisor: 'n' }, "divisor must be one of 'unbiased', 'mle', got \"n\""],
    [{ seed: -1 }, 'seed must be'],
    [{ series: 1 }, 'series must be true or false, got 1'],
    [{ real: 0 }, 'real must be an integer of at least 1, got 0'],
    [{ real: undefined }, 'real must be an integer of at least 1, got undefined'],
    [{ dim: undefined }, 'dim must be an integer of at least 1, got undefined'],
    [{ generations: undefined }, 'generations must be an integer'],
    [{ real: 1 }, 'initial must be an integer of at least 2, got 1'],
    [
      { real: 1, initial: 2, synthetic: 0 },
      'real + synthetic must be at least 2, the training samples of a generation, got 1',
    ],
    [{ variant: 'fully-synthetic', synthetic: 1 }, 'synthetic must be an integer of at least 2, got 1'],
    [{ variant: 'fully-synthetic', initial: 1 }, 'initial must be an integer of at least 2, got 1'],
    [
      { variant: 'synthetic-augmentation', initial: 11 },
      'initial must equal real = 10 in synthetic augmentation, whose generation 1 is fitted to the fixed set itself, got 11',
    ],
    [{ variant: 'synthetic-augmentation', real: 1 }, 'real must be an integer of at least 2, got 1'],
    [{ reference: 5 }, 'reference must be an object, got 5'],
    [{ reference: {} }, 'reference.mean must be a Float64Array or an array of numbers, got undefined'],
    [{ reference: { mean: [0, '0', 0], covariance: [] } }, 'reference.mean[1] must be a number, got "0"'],
    [
      { reference: { mean: [0, 0], covariance: [1, 0, 0, 1] } },
      'dim must equal the length of reference.mean, 2, got 3',
    ],
    [
      { reference: { mean: [0, 0, 0], covariance: [1] } },
      'reference.covariance must have length dim x dim = 9, got 1',
    ],
    [{ generatoins: 3 }, "unknown option 'generatoins'; did you mean 'generations'?"],
    [{ signal: {} }, 'signal must be an AbortSignal, got an object'],
    [{ onProgress: 3 }, 'onProgress must be a function, got 3'],
  ])('refuses %j', async (change, message) => {
    await expectRejection(
      () => (simulateGaussianLoop as Untyped)({ ...loop, ...change }),
      'ERR_INVALID_INPUT',
      `simulateGaussianLoop: ${message}`,
    );
  });

  test('refuses a reference that is no covariance', async () => {
    const reference = { mean: [0, 0, 0], covariance: [1, 0, 0, 0, 1, 0, 0, 0, -1] };
    await expectRejection(
      () => (simulateGaussianLoop as Untyped)({ ...loop, reference }),
      'ERR_NOT_POSITIVE_SEMIDEFINITE',
      'simulateGaussianLoop: reference',
    );
  });

  test('refuses a reference with a NaN', async () => {
    const reference = { mean: [0, Number.NaN, 0], covariance: [1, 0, 0, 0, 1, 0, 0, 0, 1] };
    await expectRejection(
      () => (simulateGaussianLoop as Untyped)({ ...loop, reference }),
      'ERR_INVALID_INPUT',
      'mean',
      'NaN',
    );
  });

  test.each([[undefined], [null], [5], ['fresh-data'], [[]]])(
    'refuses %s in place of its options',
    async (options) => {
      await expectRejection(
        () => (simulateGaussianLoop as Untyped)(options),
        'ERR_INVALID_INPUT',
        'simulateGaussianLoop: ',
      );
    },
  );
});

describe('moments', () => {
  test.each([
    [undefined, 'x must be a Matrix { data, rows, cols }, got undefined'],
    [
      { data: [1, 2], rows: 2, cols: 1 },
      'x.data must be a Float64Array or Float32Array, got an array of length 2',
    ],
    [{ data: new Float64Array(3), rows: 2, cols: 1 }, 'x.data must have length rows x cols = 2 x 1 = 2, got 3'],
    [{ data: new Float64Array(0), rows: 0, cols: 1 }, 'x.rows must be an integer of at least 1, got 0'],
  ])('refuses %j', async (x, message) => {
    await expectRejection(() => (moments as Untyped)(x), 'ERR_INVALID_INPUT', `moments: ${message}`);
  });

  test.each([
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, 'infinity'],
    [Number.NEGATIVE_INFINITY, 'infinity'],
  ])('names row and column of a %s, wherever it is, in either precision', async (value, shown) => {
    for (const Type of [Float64Array, Float32Array]) {
      for (let position = 0; position < 35; position += 1) {
        const data = new Type(35).fill(1);
        data[position] = value;
        await expectRejection(
          () => moments(matrix(data, 7, 5)),
          'ERR_INVALID_INPUT',
          'moments: x must be finite',
          shown,
          `at row ${Math.floor(position / 5)}, column ${position % 5}`,
        );
      }
    }
  });
});

describe('frechetDistance', () => {
  test.each([
    [undefined, 'a must be a Matrix { data, rows, cols } or Moments { dim, mean, covariance }, got undefined'],
    [{}, 'a must be a Matrix { data, rows, cols } or Moments'],
    [{ data: new Float64Array(2), rows: 1, cols: 2 }, 'a must have at least 2 rows'],
    [{ ...unit, count: 1 }, 'a.count must be a number from 2'],
    [{ ...unit, mean: new Float32Array(2) }, 'a.mean must be a Float64Array, got Float32Array of length 2'],
    [{ ...unit, mean: new Float64Array(3) }, 'a.mean must have length dim = 2, got 3'],
    [{ ...unit, covariance: new Float64Array(3) }, 'a.covariance must have length dim x dim = 4, got 3'],
    [
      { ...unit, covariance: Float64Array.of(1, 0, Number.NaN, 1) },
      'a.covariance must be finite, got NaN at row 1, column 0',
    ],
    [{ ...unit, mean: Float64Array.of(0, Number.NaN) }, 'a.mean must be finite, got NaN'],
    [
      { dim: 1, mean: new Float64Array(1), covariance: Float64Array.of(1) },
      'a and b must have the same dimension, got 1 and 2',
    ],
  ])('refuses %j', async (a, message) => {
    await expectRejection(
      () => (frechetDistance as Untyped)(a, unit),
      'ERR_INVALID_INPUT',
      `frechetDistance: ${message}`,
    );
  });

  test('says which side is wrong', async () => {
    const wrong = { ...unit, covariance: Float64Array.of(1, 0.5, 0.4, 1) };
    await expectRejection(
      () => frechetDistance(unit, wrong),
      'ERR_NOT_POSITIVE_SEMIDEFINITE',
      'frechetDistance: b.covariance must be symmetric',
    );
  });

  test('refuses a covariance that is not positive semidefinite (the case of ignite)', async () => {
    const wrong = { ...unit, covariance: Float64Array.of(-1, 1, 1, 1) };
    await expectRejection(
      () => frechetDistance(wrong, unit),
      'ERR_NOT_POSITIVE_SEMIDEFINITE',
      'frechetDistance: a',
    );
    const indefinite = { ...unit, covariance: Float64Array.of(1, 2, 2, 1) };
    await expectRejection(
      () => frechetDistance(indefinite, unit),
      'ERR_NOT_POSITIVE_SEMIDEFINITE',
      'frechetDistance: a',
    );
  });
});

describe('expectedDistance', () => {
  test.each([
    [{ dim: 3 }, 'samples must be a number from 2'],
    [{ dim: 3, samples: 1 }, 'samples must be a number from 2'],
    [{ dim: 3, samples: 3.5 }, 'samples'],
    [{ dim: 3, samples: Number.NaN }, 'samples must be a number from 2'],
    [{ dim: 3, n: 5 }, "unknown option 'n'"],
  ])('refuses %j', async (options, message) => {
    await expectRejection(
      () => (expectedDistance as Untyped)(options),
      'ERR_INVALID_INPUT',
      `expectedDistance: ${message}`,
    );
  });
});

describe('mergeMoments', () => {
  const one = { count: 5, ...unit };
  test.each([
    [undefined, 'a must be an object { dim, mean, covariance }, got undefined'],
    [{ ...one, count: 0 }, 'a.count must be an integer of at least 1, got 0'],
    [{ ...one, mean: [0, 0] }, 'a.mean must be a Float64Array, got an array of length 2'],
    [
      { count: 5, dim: 1, mean: new Float64Array(1), covariance: new Float64Array(1) },
      'a and b must have the same dim, got 1 and 2',
    ],
  ])('throws for %j', (a, message) => {
    expectThrow(
      () => (mergeMoments as (...parameters: unknown[]) => unknown)(a, one),
      'ERR_INVALID_INPUT',
      `mergeMoments: ${message}`,
    );
  });
});
