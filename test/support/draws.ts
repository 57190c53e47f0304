// Samples of simple distributions whose moments are known.

import { matrix } from '../../src/base/matrix.js';
import type { Gaussian, Matrix } from '../../src/base/shapes.js';
import { normal, uniform } from './numbers.js';

/** Draws rows x cols independent numbers of mean 0 and variance 1, from one stream of random numbers. */
export type Draw = (rows: number, cols: number, mean: number, deviation: number) => Matrix;

export function gaussianDraws(seed: number): Draw {
  return drawsOf(normal(seed));
}

/** Skewness 2, excess kurtosis 6. */
export function exponentialDraws(seed: number): Draw {
  const next = uniform(seed);
  return drawsOf(() => -Math.log(next()) - 1);
}

/** Skewness 6.2, kurtosis 114: the exponential of a normal number, standardised. */
export function logNormalDraws(seed: number): Draw {
  const next = normal(seed);
  const [mean, deviation] = [Math.sqrt(Math.E), Math.sqrt(Math.E * (Math.E - 1))];
  return drawsOf(() => (Math.exp(next()) - mean) / deviation);
}

function drawsOf(next: () => number): Draw {
  return (rows, cols, mean, deviation) =>
    matrix(
      Float64Array.from({ length: rows * cols }, () => mean + deviation * next()),
      rows,
      cols,
    );
}

export function standardGaussian(dim: number): Gaussian {
  const covariance = Float64Array.from({ length: dim * dim }, (_, i) => (i % (dim + 1) === 0 ? 1 : 0));
  return { dim, mean: new Float64Array(dim), covariance };
}
