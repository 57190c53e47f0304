// The two sides of a Fréchet distance: samples, or Gaussians.

import { checkGaussian, checkMatrix, checkNumber, invalid, mustError } from '../base/check.js';
import type { NativeGaussian, NativeMatrix } from '../engine/native-types.js';
import { snapshot, snapshotMatrix } from '../engine/snapshot.js';

/** Samples, one a row, or a Gaussian. */
export type FrechetSide = NativeMatrix | NativeGaussian;

/** Whether a side is a sample, one row a draw. */
export function isSample(side: FrechetSide): side is NativeMatrix {
  return 'data' in side;
}

function dimOf(side: FrechetSide): number {
  return isSample(side) ? side.cols : side.dim;
}

/** A Matrix with enough rows for a covariance, Moments or a Gaussian. */
export function checkSide(where: string, argument: string, value: unknown): FrechetSide {
  if (typeof value === 'object' && value !== null && 'data' in value) {
    const samples = checkMatrix(where, argument, value);
    if (samples.rows < 2) {
      throw mustError(where, argument, 'have at least 2 rows to have a covariance', String(samples.rows));
    }
    return samples;
  }
  if (typeof value !== 'object' || value === null || !('covariance' in value)) {
    throw invalid(
      where,
      argument,
      'be a Matrix { data, rows, cols } or Moments { dim, mean, covariance }',
      value,
    );
  }
  // The count of a sample does not enter the distance; the covariance of a single sample is no covariance.
  if ('count' in value && value.count !== undefined) {
    checkNumber(where, `${argument}.count`, value.count, 2, Number.POSITIVE_INFINITY);
  }
  return checkGaussian(where, argument, value);
}

/** Throws unless both sides have the same dimension; `names` says what they are called. */
export function checkSameDimension(
  where: string,
  names: string,
  first: FrechetSide,
  second: FrechetSide,
): void {
  if (dimOf(first) !== dimOf(second)) {
    throw mustError(where, names, 'have the same dimension', `${dimOf(first)} and ${dimOf(second)}`);
  }
}

export async function snapshotSide(
  where: string,
  argument: string,
  side: FrechetSide,
  throwIfSettled: () => void,
): Promise<FrechetSide> {
  if (isSample(side)) return snapshotMatrix(where, argument, side, throwIfSettled);
  return {
    dim: side.dim,
    mean: await snapshot(where, `${argument}.mean`, side.mean, throwIfSettled),
    covariance: await snapshot(where, `${argument}.covariance`, side.covariance, throwIfSettled),
  };
}
