import { type Call, turn } from '../base/abortable.js';
import { allocate } from '../base/allocate.js';
import { mustError } from '../base/check.js';
import type { Matrix, Moments } from '../base/shapes.js';
import type { JobOptions } from '../engine/job.js';
import { checkFinite, pickRows } from '../engine/rows.js';
import { moments } from './moments.js';

/** Moments of rows of which each has a weight p_i, of sum 1. */
export interface WeightedMoments extends Moments {
  /** 1 / sum p_i^2: as many rows of equal weight have a mean of the same variance. n where all weights are equal. */
  readonly effectiveCount: number;
}

// Elements handled before the event loop gets a turn: about 1 ms.
const elementsPerTurn = 2 ** 19;

/**
 * The mean sum p_i x_i and the covariance sum p_i (x_i - mean)(x_i - mean)^T / (1 - sum p_i^2) of the rows of `x`, unbiased where
 * they have one covariance; with divisor 'mle' that without the denominator. `shares` are the p_i, not negative and of sum 1; without
 * them, and where all are equal, the result is that of `moments`. ERR_INVALID_INPUT where one row has all the weight, unless the
 * divisor is 'mle'. `count` is that of the rows that have a weight.
 * Source of the covariance: reliability weights, Galassi et al., GNU Scientific Library, section 23.7.
 */
export async function weightedMoments(
  where: string,
  given: Matrix,
  sharesOfGiven: Float64Array | undefined,
  divisor: 'unbiased' | 'mle',
  job: JobOptions,
): Promise<WeightedMoments> {
  const { x, shares } = await rowsOfWeight(where, given, sharesOfGiven, job.signal);
  if (divisor === 'unbiased' && x.rows < 2)
    throw mustError(where, 'training set', 'have at least 2 rows of weight above 0', String(x.rows));
  if (shares === undefined || shares.every((share) => share === shares[0])) {
    const plain = await moments(x, job);
    const factor = divisor === 'mle' ? (plain.count - 1) / plain.count : 1;
    const covariance = factor === 1 ? plain.covariance : plain.covariance.map((element) => factor * element);
    return { ...plain, covariance, effectiveCount: plain.count };
  }
  await checkFinite(where, 'training set', x);

  // About the row of greatest weight, so that nothing cancels where means are large, nor where that weight is all but 1.
  const { rows: count, cols: dim } = x;
  const call = { where, signal: job.signal };
  const heaviest = shares.reduce((best, share, i) => (share > shares[best]! ? i : best), 0);
  const centre = Float64Array.from(x.data.subarray(heaviest * dim, (heaviest + 1) * dim));
  const offset = new Float64Array(dim);
  await overRows(x, call, (row, i) => {
    for (let j = 0; j < dim; j += 1) offset[j]! += shares[i]! * (row[j]! - centre[j]!);
  });
  const mean = centre.map((element, j) => element + offset[j]!);

  // sum p_i d_i d_i^T, d_i = x_i - mean, by the moments of p_i^(1/2) d_i.
  const scaled = allocate('fit', 'the weighted rows', Float64Array, count * dim);
  await overRows(x, call, (row, i) => {
    const root = Math.sqrt(shares[i]!);
    for (let j = 0; j < dim; j += 1) scaled[i * dim + j] = root * (row[j]! - centre[j]! - offset[j]!);
  });
  const ofScaled = await moments({ data: scaled, rows: count, cols: dim }, job);
  const denominator = divisor === 'mle' ? 1 : complementOfSquares(shares, heaviest);
  const covariance = ofScaled.covariance.map((element, index) => {
    const [i, j] = [Math.floor(index / dim), index % dim];
    const aboutZero = (count - 1) * element + count * ofScaled.mean[i]! * ofScaled.mean[j]!;
    return aboutZero / denominator;
  });
  const squares = shares.reduce((sum, share) => sum + share * share, 0);
  return { count, dim, mean, covariance, effectiveCount: 1 / squares };
}

/** 1 - sum p_i^2 as sum p_i (1 - p_i), where 1 less the greatest share is the sum of the others. */
function complementOfSquares(shares: Float64Array, heaviest: number): number {
  const others = shares.reduce((sum, share, i) => (i === heaviest ? sum : sum + share), 0);
  return shares.reduce(
    (sum, share, i) => (i === heaviest ? sum : sum + share * (1 - share)),
    shares[heaviest]! * others,
  );
}

/** The rows that have a weight: what the others hold, however far out, counts for nothing, not even in a centre. */
export async function rowsOfWeight(
  where: string,
  x: Matrix,
  shares: Float64Array | undefined,
  signal: AbortSignal | undefined,
): Promise<{ x: Matrix; shares: Float64Array | undefined }> {
  if (shares === undefined || shares.every((share) => share > 0)) return { x, shares };
  await checkFinite(where, 'training set', x);
  const left: number[] = [];
  for (let i = 0; i < x.rows; i += 1) if (shares[i]! > 0) left.push(i);
  return {
    x: await pickRows(x, Uint32Array.from(left), { where, signal }),
    shares: Float64Array.from(left, (i) => shares[i]!),
  };
}

async function overRows(
  { data, rows, cols }: Matrix,
  call: Call,
  visit: (row: Float32Array | Float64Array, i: number) => void,
): Promise<void> {
  const rowsPerTurn = Math.max(1, Math.floor(elementsPerTurn / (cols + 16)));
  for (let i = 0; i < rows; i += 1) {
    if (i > 0 && i % rowsPerTurn === 0) await turn(call);
    visit(data.subarray(i * cols, (i + 1) * cols), i);
  }
}
