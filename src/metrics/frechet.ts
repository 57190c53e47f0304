import type { Gaussian, Matrix, Moments } from '../base/shapes.js';
import { checkJobOptions, type JobOptions, runJob } from '../engine/job.js';
import { native } from '../engine/native.js';
import { checkSameDimension, checkSide, snapshotSide } from './frechet-sides.js';

/** A squared distance between Gaussians and its parts. */
export interface FrechetDistance {
  /** The squared Wasserstein-2 distance, the form FID uses: meanTerm + covarianceTerm. */
  readonly distance: number;
  /** |m_a - m_b|^2. */
  readonly meanTerm: number;
  /** tr(S_a + S_b - 2 (S_a S_b)^(1/2)). */
  readonly covarianceTerm: number;
  /** The Wasserstein-2 distance itself: the root of `distance`. */
  readonly wasserstein2: number;
  /** Bound on the numerical error of `distance`: rounding, and what float64 covariances leave open. */
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
 * Accuracy: |error| <= 1e-12 (tr S_a + tr S_b) for samples, and for covariances whose eigenvalues are above 1e-8 of the
 * largest or zero to rounding; `errorBound` tells in every case.
 * Rejects with ERR_INVALID_INPUT, ERR_NOT_POSITIVE_SEMIDEFINITE (a covariance that is not symmetric or has a
 * negative eigenvalue beyond rounding), ERR_OUT_OF_MEMORY, ERR_ABORTED.
 * Source: Dowson & Landau 1982, "The Fréchet distance between multivariate normal distributions"; the paper's WD.
 *
 * @example
 * const { distance } = await frechetDistance(realFeatures, generatedFeatures);
 */
export async function frechetDistance(
  a: Moments | Gaussian | Matrix,
  b: Moments | Gaussian | Matrix,
  options?: JobOptions,
): Promise<FrechetDistance> {
  const where = 'frechetDistance';
  const settings = checkJobOptions(where, options);
  const sideA = checkSide(where, 'a', a);
  const sideB = checkSide(where, 'b', b);
  checkSameDimension(where, 'a and b', sideA, sideB);
  const result = await runJob(settings, async (throwIfSettled) =>
    native().startFrechetDistance({
      threads: settings.threads,
      a: await snapshotSide(where, 'a', sideA, throwIfSettled),
      b: await snapshotSide(where, 'b', sideB, throwIfSettled),
    }),
  );
  return { ...result, wasserstein2: Math.sqrt(result.distance) };
}
