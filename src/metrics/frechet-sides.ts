// The two sides of a Fréchet distance: samples, or Gaussians.

import { allocate } from '../base/allocate.js';
import {
  checkGivenGaussian,
  checkMatrix,
  checkNumber,
  describe,
  invalid,
  mustError,
  readable,
} from '../base/check.js';
import type { GivenGaussian, Matrix } from '../base/shapes.js';
import type { NativeFrechetSide } from '../engine/native-types.js';
import { copyRows } from '../engine/rows.js';
import { snapshot, snapshotMatrix } from '../engine/snapshot.js';

/** A sample, or a Gaussian: checked, where the caller's values lie. */
export type FrechetSide = Matrix | GivenGaussian;

/** Whether a side is a sample, one row a draw. */
export function isSample(side: FrechetSide): side is Matrix {
  return 'data' in side;
}

function dimOf(side: FrechetSide): number {
  return isSample(side) ? side.cols : side.dim;
}

/** A Matrix with enough rows for a covariance, Moments or a Gaussian. */
export function checkSide(where: string, argument: string, value: unknown): FrechetSide {
  if (typeof value === 'object' && value !== null && readable(where, argument, () => 'data' in value)) {
    const samples = checkMatrix(where, argument, value);
    if (samples.rows < 2) {
      throw mustError(where, argument, 'have at least 2 rows to have a covariance', String(samples.rows));
    }
    return samples;
  }
  if (typeof value !== 'object' || value === null || !readable(where, argument, () => 'covariance' in value)) {
    throw invalid(
      where,
      argument,
      'be a Matrix { data, rows, cols } or Moments { dim, mean, covariance }',
      value,
    );
  }
  const { given, ...gaussian } = checkGivenGaussian(where, argument, value, ['count']);
  // The count of a sample does not enter the distance; the covariance of a single sample is no covariance.
  if (given.count !== undefined)
    checkNumber(where, `${argument}.count`, given.count, 2, Number.POSITIVE_INFINITY);
  return gaussian;
}

/** Throws unless both sides have the same dimension; `names` says what they are called. */
export function checkSameDimension(
  where: string,
  names: string,
  first: FrechetSide,
  second: FrechetSide,
): void {
  if (dimOf(first) !== dimOf(second)) {
    const columns = isSample(first) || isSample(second) ? ' columns' : '';
    const got = `${dimOf(first)} and ${dimOf(second)}${columns}${transposedNote(first, second)}`;
    throw mustError(where, names, 'have the same dimension', got);
  }
}

/** Which sample has as many rows as the other side has columns. */
function transposedNote(first: FrechetSide, second: FrechetSide): string {
  const isTransposed = (side: FrechetSide, other: FrechetSide) => isSample(side) && side.rows === dimOf(other);
  const which = [
    ...(isTransposed(first, second) ? ['the first'] : []),
    ...(isTransposed(second, first) ? ['the second'] : []),
  ];
  return which.length === 0 ? '' : `: ${which.join(' or ')} looks transposed (a row is a sample)`;
}

/** What made the features of a side, where it says so. */
export function extractorOf(side: FrechetSide): string | undefined {
  return isSample(side) ? undefined : side.extractor;
}

/** Throws where two extractors are known and not the same. */
export function checkSameExtractor(
  where: string,
  names: string,
  one: string | undefined,
  other: string | undefined,
): void {
  if (one === undefined || other === undefined || one === other) return;
  throw mustError(
    where,
    names,
    "have features of the same extractor, unless the option 'anyExtractor' is given",
    `${describeBeside(one, other)} and ${describeBeside(other, one)}`,
  );
}

/** An extractor in words; of a long text, as of a protocol, what the other does not say as well. */
function describeBeside(one: string, other: string): string {
  const clauses = other.split(', ');
  const own = one.split(', ').filter((clause) => !clauses.includes(clause));
  return one.length <= 60 || own.length === 0 ? describe(one) : own.map(describe).join(', ');
}

/** A side for the engine's threads. */
export async function snapshotSide(
  where: string,
  argument: string,
  side: FrechetSide,
  throwIfSettled: () => void,
): Promise<NativeFrechetSide> {
  if (isSample(side)) return snapshotMatrix(where, argument, side, throwIfSettled);
  const { dim, precision = 'float64' } = side;
  const mean = await snapshot(where, `${argument}.mean`, side.mean, throwIfSettled);
  const covariance = await snapshot(where, `${argument}.covariance`, side.covariance, throwIfSettled);
  if (covariance instanceof Float64Array) return { dim, mean, covariance, precision };
  // The engine computes in float64 whatever it came in.
  const widened = allocate(where, `${argument}.covariance`, Float64Array, covariance.length);
  await copyRows({ data: covariance, rows: dim, cols: dim }, widened, 0);
  return { dim, mean, covariance: widened, precision };
}
