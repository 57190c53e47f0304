// moments and all distances between samples and between Gaussians.

import {
  frechetDistance,
  frechetDistanceInfinity,
  frechetDistanceInterval,
  kernelDistance,
  matrix,
  matrixSquareRoot,
  mergeMoments,
  moments,
  precisionRecall,
} from '../../dist/index.js';
import { covariance, gaussianOf, samples, samples32, ties } from './data.mjs';

/** Both ways in which a distance takes a sample: as it is, and by its mean and covariance. */
async function frechetBothWays(a, b) {
  return [await frechetDistance(a, b), await frechetDistance(await moments(a), await moments(b))];
}

const sides = (rows, cols, otherRows = rows) => [
  samples(rows, cols, { seed: rows }),
  samples(otherRows, cols, { seed: cols, shift: 0.25, scale: 1.5 }),
];
const onlyMoments = (dim, rows) => async () => {
  const [a, b] = sides(rows, dim);
  return frechetDistance(await moments(a), await moments(b));
};
const onlySamples = (rows, cols, otherRows) => () => frechetDistance(...sides(rows, cols, otherRows));

/** The rows with every column from `rank` on a copy of one before. */
function singular({ data, rows, cols }, rank) {
  return matrix(
    data.map((_, i) => data[i - (i % cols) + ((i % cols) % rank)]),
    rows,
    cols,
  );
}

/** A covariance whose eigenvalues fall from 1 to 1e-14. */
function nearlySingular(dim) {
  const entries = covariance(dim);
  return entries.map((value, i) => value * 10 ** (-7 * (Math.floor(i / dim) / dim + (i % dim) / dim)));
}

const root = (dim, entries) => () => matrixSquareRoot(matrix(entries, dim, dim));
const balls = (k, options) => () =>
  precisionRecall(samples(150, 6), samples(120, 6, { seed: 2, scale: 0.9 }), {
    k,
    intervals: true,
    ...options,
  });

export const calls = {
  'moments float64': () => moments(samples(500, 12, { shift: 3 })),
  'moments float32': () => moments(samples32(500, 12, { shift: 3 })),
  'moments distant mean': () => moments(samples(300, 5, { shift: 1e6 })),
  'moments one row': () => moments(samples(1, 4)),
  'moments 20,000 rows': () => moments(samples(20_000, 20)),
  'moments more columns than rows': () => moments(samples(50, 300)),
  mergeMoments: async () =>
    mergeMoments(await moments(samples(30, 7)), await moments(samples(50, 7, { seed: 2, shift: 1 }))),

  'frechetDistance n > d': () => frechetBothWays(...sides(90, 8, 70)),
  'frechetDistance n < d': () => frechetBothWays(...sides(20, 30, 25)),
  'frechetDistance d = 1': () => frechetBothWays(...sides(15, 1)),
  'frechetDistance singular': async () => {
    const [a, b] = sides(60, 10);
    return [
      ...(await frechetBothWays(singular(a, 4), b)),
      ...(await frechetBothWays(singular(a, 4), singular(b, 7))),
    ];
  },
  'frechetDistance float32': () => frechetDistance(samples32(60, 9), samples32(50, 9, { seed: 2 })),
  'frechetDistance sample and Gaussian': () => frechetDistance(samples(60, 9), gaussianOf(9)),
  'frechetDistance of itself': () => frechetBothWays(samples(60, 9), samples(60, 9)),
  'frechetDistance nearly singular': () => {
    const mean = new Float64Array(40);
    return frechetDistance({ dim: 40, mean, covariance: nearlySingular(40) }, gaussianOf(40));
  },
  'frechetDistance moments, d = 96': onlyMoments(96, 200),
  'frechetDistance moments, d = 300': onlyMoments(300, 500),
  'frechetDistance moments, d = 600': onlyMoments(600, 700),
  'frechetDistance moments, d = 800': onlyMoments(800, 900),
  'frechetDistance samples, d = 96': onlySamples(200, 96, 150),
  'frechetDistance samples, d = 300, n < d': onlySamples(200, 300, 250),
  'frechetDistance samples, d = 600': onlySamples(700, 600, 650),
  'frechetDistance samples, d = 800': onlySamples(900, 800, 820),
  'frechetDistance samples, d = 2,000, few rows': onlySamples(60, 2_000, 300),
  'frechetDistance samples, d = 5, many rows': onlySamples(20_000, 5),

  'frechetDistanceInterval samples': () => frechetDistanceInterval(...sides(80, 6, 60)),
  'frechetDistanceInterval n < d': () => frechetDistanceInterval(...sides(20, 30, 25), { groups: 5, seed: 4 }),
  'frechetDistanceInterval sample and Gaussian': () =>
    frechetDistanceInterval(samples(80, 6), gaussianOf(6), { seed: 1 }),
  'frechetDistanceInterval d = 150': () => frechetDistanceInterval(...sides(300, 150), { groups: 6 }),

  'frechetDistanceInfinity generated': () => frechetDistanceInfinity(...sides(150, 6, 180)),
  'frechetDistanceInfinity both': () =>
    frechetDistanceInfinity(...sides(150, 6), { extrapolate: 'both', seed: 4 }),
  'frechetDistanceInfinity Gaussian, 3 points': () =>
    frechetDistanceInfinity(gaussianOf(6), samples(150, 6), { points: 3, groups: 10 }),

  'matrixSquareRoot d = 1': root(1, Float64Array.of(4)),
  'matrixSquareRoot d = 20': root(20, covariance(20)),
  'matrixSquareRoot d = 20, float32': root(
    20,
    Float32Array.from(covariance(20), (value) => value / 3),
  ),
  'matrixSquareRoot singular': async () => {
    const { covariance: entries } = await moments(samples(8, 20));
    return matrixSquareRoot(matrix(entries, 20, 20));
  },
  'matrixSquareRoot nearly singular': root(40, nearlySingular(40)),
  'matrixSquareRoot d = 96': async () =>
    matrixSquareRoot(matrix((await moments(samples(200, 96))).covariance, 96, 96)),
  'matrixSquareRoot d = 300': async () =>
    matrixSquareRoot(matrix((await moments(samples(500, 300))).covariance, 300, 300)),
  'matrixSquareRoot d = 800': async () =>
    matrixSquareRoot(matrix((await moments(samples(900, 800))).covariance, 800, 800)),

  'kernelDistance one block': () => kernelDistance(...sides(120, 8, 100)),
  'kernelDistance blocks': () => kernelDistance(...sides(120, 8, 100), { blocks: 6, seed: 5 }),
  'kernelDistance subsets': () => kernelDistance(...sides(120, 8, 100), { subsets: 9, blockSize: 40 }),
  'kernelDistance kernel': () =>
    kernelDistance(...sides(120, 8, 100), { blockSize: 25, degree: 2, gamma: 0.3, coef0: -0.5 }),
  'kernelDistance float32, 2,500 x 300': () =>
    kernelDistance(samples32(2_500, 300), samples32(2_300, 300, { seed: 2 }), { blockSize: 700 }),

  'precisionRecall kynkaanniemi': balls(5, { samples: true }),
  'precisionRecall prdc': balls(5, { convention: 'prdc', samples: true }),
  'precisionRecall list of k': balls([10, 1, 3]),
  'precisionRecall list of k, prdc': balls([3, 5], { convention: 'prdc', seed: 7 }),
  'precisionRecall ties, kynkaanniemi': () =>
    precisionRecall(ties(120, 3, 1), ties(100, 3, 2), { samples: true, intervals: true }),
  'precisionRecall ties, prdc': () =>
    precisionRecall(ties(120, 3, 1), ties(100, 3, 2), { convention: 'prdc', samples: true }),
  'precisionRecall distant mean': () =>
    precisionRecall(samples(150, 6, { shift: 1e7 }), samples(120, 6, { seed: 2, shift: 1e7 }), {
      samples: true,
    }),
  'precisionRecall k beyond half': balls(70),
  'precisionRecall float32, 1,500 x 64': () =>
    precisionRecall(samples32(1_500, 64), samples32(1_300, 64, { seed: 2 }), {
      k: [3, 5],
      intervals: true,
      samples: true,
    }),
  'precisionRecall 200 x 3,000': () =>
    precisionRecall(samples(200, 3_000), samples(150, 3_000, { seed: 2 }), { k: 3 }),
};
