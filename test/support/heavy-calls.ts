// Every heavy call of the API, on work of half a second to two of processor time: for the tests of what they have in common.

import { matrix } from '../../src/base/matrix.js';
import type { Matrix } from '../../src/base/shapes.js';
import { sampleGaussian } from '../../src/distributions/gaussian-sampling.js';
import { matrixSquareRoot } from '../../src/distributions/matrix-square-root.js';
import { mixtureLogDensity, sampleMixture } from '../../src/distributions/mixture.js';
import { moments } from '../../src/distributions/moments.js';
import type { JobOptions } from '../../src/engine/job.js';
import { simulateGaussianLoop } from '../../src/gaussian-loop/simulate-gaussian-loop.js';
import { admissibleThreshold } from '../../src/limits/admissible-threshold.js';
import { effectiveSampleSize } from '../../src/limits/effective-sample-size.js';
import { limitPoint } from '../../src/limits/limit-point.js';
import { frechetDistance } from '../../src/metrics/frechet.js';
import { frechetDistanceInfinity } from '../../src/metrics/frechet-distance-infinity.js';
import { frechetDistanceInterval } from '../../src/metrics/frechet-distance-interval.js';
import { kernelDistance } from '../../src/metrics/kernel-distance.js';
import { precisionRecall } from '../../src/metrics/precision-recall.js';
import { gaussianMixture } from '../../src/models/gaussian-mixture.js';
import { uniform } from './numbers.js';

export interface HeavyCall {
  readonly name: string;
  readonly start: (options: JobOptions) => Promise<unknown>;
}

/** 100,000 x 256 float64: 205 MB. */
let largeMatrix: Matrix | undefined;

/** A large matrix that is cheap to make: a block of random rows, again and again, slightly changed. */
function large(): Matrix {
  if (largeMatrix === undefined) {
    const [rows, cols] = [100_000, 256];
    const data = new Float64Array(rows * cols);
    const next = uniform(1);
    const block = Float64Array.from({ length: 1_000 * cols }, () => next() - 0.5);
    for (let begin = 0; begin < data.length; begin += block.length) {
      data.set(block, begin);
      data[begin] = begin;
    }
    largeMatrix = matrix(data, rows, cols);
  }
  return largeMatrix;
}

function square(rows: number, cols: number, shift: number): Matrix {
  return matrix(large().data.subarray(shift, shift + rows * cols), rows, cols);
}

const dim = 400;
const gaussian = {
  dim,
  mean: new Float64Array(dim),
  covariance: Float64Array.from({ length: dim * dim }, (_, i) => (i % (dim + 1) === 0 ? 1 : 1e-4)),
};

let largeCovariance: Matrix | undefined;

/** 1,500 x 1,500, positive definite: a product of random numbers and of cosines, plus a diagonal. */
function covariance(): Matrix {
  if (largeCovariance === undefined) {
    const size = 1_500;
    const values = large().data.subarray(0, size);
    const data = new Float64Array(size * size);
    for (let i = 0; i < size; i += 1) {
      for (let j = 0; j < size; j += 1) {
        data[i * size + j] = (i === j ? 1 + values[i]! ** 2 : 0) + values[i]! * values[j]! * Math.cos(i - j);
      }
    }
    largeCovariance = matrix(data, size, size);
  }
  return largeCovariance;
}

/** The Gaussian as a mixture. */
const single = {
  weights: Float64Array.of(1),
  means: matrix(gaussian.mean, 1, dim),
  covariance: 'tied',
  covariances: gaussian.covariance,
} as const;

/** 5,000 spherical components: a kernel density. */
function kernels() {
  const means = square(5_000, 32, 0);
  const weights = new Float64Array(5_000).fill(1 / 5_000);
  return { weights, means, covariance: 'spherical', covariances: new Float64Array(5_000).fill(0.1) } as const;
}

export const heavyCalls: readonly HeavyCall[] = [
  { name: 'moments', start: (options) => moments(square(12_000, 2_048, 0), options) },
  {
    name: 'frechetDistance',
    start: (options) => frechetDistance(square(3_000, 1_200, 0), square(3_000, 1_200, 4_000_000), options),
  },
  {
    name: 'limitPoint',
    start: (options) => limitPoint({ dim: 100, real: 100, synthetic: 900, relativeError: 1.2e-4, ...options }),
  },
  {
    name: 'effectiveSampleSize',
    start: (options) =>
      effectiveSampleSize({ dim: 100, real: 100, synthetic: 900, relativeError: 1.2e-4, ...options }),
  },
  {
    name: 'admissibleThreshold',
    start: (options) =>
      admissibleThreshold({ dim: 100, real: 100, lambda: 0.7, relativeError: 5e-4, ...options }),
  },
  { name: 'matrixSquareRoot', start: (options) => matrixSquareRoot(covariance(), options) },
  {
    name: 'precisionRecall',
    start: (options) =>
      precisionRecall(square(5_500, 1_024, 0), square(4_500, 1_024, 9_000_000), {
        intervals: true,
        ...options,
      }),
  },
  {
    name: 'frechetDistanceInterval',
    start: (options) => frechetDistanceInterval(square(3_000, 300, 0), square(3_000, 300, 4_000_000), options),
  },
  {
    name: 'frechetDistanceInfinity',
    start: (options) => frechetDistanceInfinity(square(3_000, 250, 0), square(3_000, 250, 4_000_000), options),
  },
  {
    name: 'kernelDistance',
    start: (options) => kernelDistance(square(4_000, 2_048, 0), square(4_000, 2_048, 9_000_000), options),
  },
  {
    name: "simulateGaussianLoop with engine 'moments'",
    start: (options) =>
      simulateGaussianLoop({
        variant: 'fresh-data',
        dim: 100,
        real: 100,
        synthetic: 900,
        generations: 200,
        replicates: 16,
        ...options,
      }),
  },
  {
    name: "simulateGaussianLoop with engine 'samples'",
    start: (options) =>
      simulateGaussianLoop({
        variant: 'fresh-data',
        engine: 'samples',
        dim: 100,
        real: 1_000,
        synthetic: 9_000,
        generations: 25,
        replicates: 4,
        ...options,
      }),
  },
  {
    name: 'gaussianMixture',
    start: (options) =>
      gaussianMixture({ components: 20, tolerance: 0, maximumIterations: 20 }).fit(
        square(20_000, 32, 0),
        options,
      ),
  },
  {
    name: 'sampleMixture',
    start: (options) => sampleMixture(single, 60_000, { lambda: 1, seed: 1n, bias: { kind: 'none' } }, options),
  },
  {
    name: 'mixtureLogDensity',
    start: (options) => mixtureLogDensity(kernels(), square(20_000, 32, 900_000), options),
  },
  {
    name: 'sampleGaussian',
    start: (options) => sampleGaussian(gaussian, 60_000, { lambda: 1, seed: 1 }, options),
  },
];
