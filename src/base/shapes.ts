/** A row-major matrix: element (i, j) is data[i * cols + j]. A sample is a row. A plain object: build it by hand if you like. */
export interface Matrix {
  readonly data: Float64Array | Float32Array;
  readonly rows: number;
  readonly cols: number;
}

/** A Gaussian N(mean, covariance): mean of length dim, covariance dim x dim row-major, symmetric positive semidefinite. */
export interface Gaussian {
  readonly dim: number;
  readonly mean: Float64Array;
  readonly covariance: Float64Array;
}

/** Mean and covariance of `count` samples; the covariance has divisor count - 1. A plain object: build it by hand if you like. */
export interface Moments extends Gaussian {
  readonly count: number;
}

/**
 * A Gaussian as metrics take it, whose numbers may be no more accurate than float32: with a covariance in a Float32Array, or
 * with `precision` 'float32'. Moments and Statistics will do.
 */
export interface GivenGaussian {
  readonly dim: number;
  readonly mean: Float64Array;
  readonly covariance: Float64Array | Float32Array;
  readonly precision?: 'float32' | undefined;
  /** What made the features whose Gaussian it is, if known. */
  readonly extractor?: string | undefined;
}
