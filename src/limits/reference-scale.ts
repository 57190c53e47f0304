import { mustError } from '../base/check.js';
import type { Gaussian } from '../base/shapes.js';

/**
 * The c > 0 of a reference N(mean, c I): 1 for none given. Distances of the loop, and of Gaussians fitted to n real samples,
 * are c times those for N(0, I).
 *
 * For any other covariance the expected distance of a fit to n samples, 2 tr S - 2 E tr (S W S)^(1/2) + tr S / n with W
 * Wishart, depends on all eigenvalues of S and has no closed form: throws ERR_INVALID_INPUT, with `what` naming the
 * quantity that is not defined without one.
 */
export function referenceScale(where: string, reference: Gaussian | undefined, what: string): number {
  if (reference === undefined) return 1;
  const { dim, covariance } = reference;
  const scale = covariance[0]!;
  const at = (index: number): number => covariance[index]!;
  const different = covariance.findIndex((value, i) => value !== (i % (dim + 1) === 0 ? scale : 0));
  const requirement = `be a positive multiple of the identity for ${what}`;
  if (!(scale > 0)) throw mustError(where, 'reference.covariance', requirement, `${scale} at row 0, column 0`);
  if (different >= 0) {
    const got = `${at(different)} at row ${Math.floor(different / dim)}, column ${different % dim}`;
    throw mustError(where, 'reference.covariance', requirement, got);
  }
  return scale;
}
