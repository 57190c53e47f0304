import { boolean, resolve, type TableOf } from '../base/options.js';
import type { GivenGaussian, Matrix } from '../base/shapes.js';
import { type JobOptions, jobOptions, runJob } from '../engine/job.js';
import { native } from '../engine/native.js';
import {
  checkSameDimension,
  checkSameExtractor,
  checkSide,
  extractorOf,
  snapshotSide,
} from './frechet-sides.js';

export interface FrechetDistanceOptions extends JobOptions {
  /** Compares statistics even where their extractors differ, as where one network has two names. Default false. */
  readonly anyExtractor?: boolean | undefined;
}

export const frechetDistanceOptions = {
  anyExtractor: boolean().or(false).doc('compare statistics even where their extractors differ'),
  ...jobOptions,
} satisfies TableOf<FrechetDistanceOptions>;

/** A squared distance between Gaussians and its parts. */
export interface FrechetDistance {
  /** The squared Wasserstein-2 distance, the form FID uses: meanTerm + covarianceTerm. */
  readonly distance: number;
  /** |m_a - m_b|^2. */
  readonly meanTerm: number;
  /** tr(S_a + S_b - 2 (S_a S_b)^(1/2)). */
  readonly covarianceTerm: number;
  /** The Wasserstein-2 distance itself: the root of `distance`, also where that is too small or large for a double. */
  readonly wasserstein2: number;
  /** Bound on the numerical error of `distance`: rounding, and what covariances (and float32 means) leave open. */
  readonly errorBound: number;
}

/**
 * Fréchet distance between two Gaussians: |m_a - m_b|^2 + tr(S_a + S_b - 2 (S_a S_b)^(1/2)).
 *
 * Each side is a matrix of samples (rows; at least 2) or a mean and covariance. Computed as the nuclear norm of
 * F_a^T F_b with S = F F^T: no product of covariances, no complex numbers, no epsilon, exact for singular
 * covariances and for fewer samples than dimensions; never negative. A side given as samples keeps more accuracy
 * than its covariance would: prefer it where the covariance is nearly singular.
 *
 * Statistics in float32 are taken for what that leaves of them: a covariance in a Float32Array, and one of `precision` 'float32', may be
 * asymmetric and indefinite by its rounding, and so may float64 covariances that are off by the rounding of a one-pass formula,
 * of the order of the squared mean. Eigenvalues within the size of the most negative one then count as zero, and
 * `errorBound` says what that leaves open. Statistics of different extractors are refused, unless `anyExtractor`.
 *
 * Accuracy: |error| <= 1e-12 (tr S_a + tr S_b) for samples, at any distance from the origin, and for covariances whose eigenvalues,
 * or those of the correlations, are above 1e-8 of the largest; `errorBound` tells in every case. A covariance that is singular to
 * rounding counts as singular, and the bound says what that may have cost. Means that are given are known to half a unit in the last place.
 * Rejects with ERR_INVALID_INPUT, ERR_NOT_POSITIVE_SEMIDEFINITE (a covariance that is not symmetric or has a
 * negative eigenvalue beyond rounding, with what can be done about it), ERR_OUT_OF_MEMORY, ERR_ABORTED.
 * Source: Dowson & Landau 1982, "The Fréchet distance between multivariate normal distributions"; the paper's WD.
 *
 * @example
 * const { distance } = await frechetDistance(realFeatures, generatedFeatures);
 */
export async function frechetDistance(
  a: GivenGaussian | Matrix,
  b: GivenGaussian | Matrix,
  options?: FrechetDistanceOptions,
): Promise<FrechetDistance> {
  const where = 'frechetDistance';
  const { anyExtractor, ...job } = resolve(where, options, frechetDistanceOptions);
  const sideA = checkSide(where, 'a', a);
  const sideB = checkSide(where, 'b', b);
  checkSameDimension(where, 'a and b', sideA, sideB);
  if (!anyExtractor) checkSameExtractor(where, 'a and b', extractorOf(sideA), extractorOf(sideB));
  return runJob({ where, ...job }, async (throwIfSettled) =>
    native().startFrechetDistance({
      threads: job.threads,
      a: await snapshotSide(where, 'a', sideA, throwIfSettled),
      b: await snapshotSide(where, 'b', sideB, throwIfSettled),
    }),
  );
}
