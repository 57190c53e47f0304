// Input for the calls: the same on every machine and in every version, so made with integer and exact arithmetic, and not
// by the package whose results are recorded.

import { matrix } from '../../dist/index.js';

/** Uniform on [0, 1): mulberry32. */
function uniforms(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Rows that are nearly normal (sums of four uniform numbers), each column a step from the one before, with columns of different
 * scales and a mean of `shift`.
 */
export function samples(rows, cols, { seed = 1, shift = 0, scale = 1 } = {}) {
  const uniform = uniforms(seed);
  const data = new Float64Array(rows * cols);
  for (let i = 0; i < rows; i += 1) {
    let before = 0;
    for (let j = 0; j < cols; j += 1) {
      const own = uniform() + uniform() + uniform() + uniform() - 2;
      before = 0.5 * before + (1 + (j % 5) / 4) * own;
      data[i * cols + j] = shift + scale * before;
    }
  }
  return matrix(data, rows, cols);
}

/** The same in float32. */
export function samples32(rows, cols, options) {
  return matrix(Float32Array.from(samples(rows, cols, options).data), rows, cols);
}

/** Rows of small integers: many are equal, and many distances are. */
export function ties(rows, cols, seed) {
  const uniform = uniforms(seed);
  return matrix(
    Float64Array.from({ length: rows * cols }, () => Math.floor(4 * uniform())),
    rows,
    cols,
  );
}

/** `modes` clusters of rows in the plane, on a line. */
export function clusters(rows, modes, seed) {
  const { data } = samples(rows, 2, { seed, scale: 0.1 });
  return matrix(
    data.map((value, i) => value + (i % 2 === 0 ? Math.floor(i / 2) % modes : 0)),
    rows,
    2,
  );
}

/** A covariance d x d without correlations to spare: 2 on the diagonal, 1 beside it, scaled by row and column. */
export function covariance(dim) {
  const entries = new Float64Array(dim * dim);
  for (let i = 0; i < dim; i += 1) {
    for (let j = Math.max(0, i - 1); j <= Math.min(dim - 1, i + 1); j += 1) {
      entries[i * dim + j] = (i === j ? 2 : 1) * (1 + (i % 3) / 2) * (1 + (j % 3) / 2);
    }
  }
  return entries;
}

/** N(mean, covariance) that is not N(0, I). */
export function gaussianOf(dim) {
  return { dim, mean: Float64Array.from({ length: dim }, (_, i) => (i % 4) / 8), covariance: covariance(dim) };
}
