import { checkChoice, checkMatrix, invalid, mustError, readable } from '../base/check.js';
import { checked, integer, number, oneOf, resolve, type TableOf } from '../base/options.js';
import type { Matrix } from '../base/shapes.js';
import {
  type CovarianceForm,
  checkMixture,
  covarianceForms,
  fitMixture,
  type MixtureParameters,
} from '../distributions/mixture.js';
import { rowsOfWeight } from '../distributions/weighted-moments.js';
import { checkFitOptions, type ModelFitOptions } from './fit-options.js';
import { FittedGaussianMixture } from './fitted-gaussian-mixture.js';
import type { GenerativeModel } from './generative-model.js';
import { realWeightOption, rowShares } from './row-weights.js';

export interface GaussianMixtureOptions {
  /** Number of components; a training set needs as many rows. */
  readonly components: number;
  /** What the components' covariances may be. Default 'full'. */
  readonly covariance?: CovarianceForm | undefined;
  /**
   * Where a fit begins. 'k-means' (default): k-means++ centres and up to 20 of Lloyd's steps. 'previous': the model of the
   * generation before, if that is such a mixture of equal shape (a warm start), else k-means. Or a mixture of one's own.
   */
  readonly start?: 'k-means' | 'previous' | MixtureParameters | undefined;
  /** Runs from k-means of their own, of which the likeliest mixture is kept. Default 1. */
  readonly restarts?: number | undefined;
  /** Added to every variance, times the variance of its column in the training set, outliers apart. Default 1e-6. */
  readonly regularisation?: number | undefined;
  /** A fit has converged when a step raises the mean log-likelihood by less, in nats. Default 1e-3. */
  readonly tolerance?: number | undefined;
  /** Steps after which a fit ends without having converged. Default 100. */
  readonly maximumIterations?: number | undefined;
  /** Weight of all real rows together, 0 to 1, where there are synthetic rows, too. Default: rows weigh alike. */
  readonly realWeight?: number | undefined;
}

interface Shape {
  readonly components: number;
  readonly covariance: CovarianceForm;
}

export const gaussianMixtureOptions = {
  components: integer(1).doc('number of components').flag('<k>'),
  covariance: oneOf(covarianceForms).or('full').doc("form of the components' covariances").flag('<form>'),
  start: checked("'k-means', 'previous' or a mixture", (where, argument, value, shape: Shape) =>
    typeof value === 'string'
      ? checkChoice(where, argument, value, ['k-means', 'previous'] as const)
      : checkStart(where, argument, value, shape),
  )
    .or('k-means')
    .doc('where a fit begins'),
  restarts: integer(1, 10_000).or(1).doc('runs from k-means, of which the likeliest is kept'),
  regularisation: number(0, 1)
    .or(1e-6)
    .doc('added to every variance, times the variance of its column, outliers apart'),
  tolerance: number(0, Number.MAX_VALUE)
    .or(1e-3)
    .in('nats')
    .doc('converged when a step raises the mean log-likelihood by less'),
  maximumIterations: integer(1).or(100).doc('steps after which a fit ends without having converged'),
  realWeight: realWeightOption,
} satisfies TableOf<GaussianMixtureOptions>;

/** The Gaussian mixture as a generative model. */
export interface GaussianMixtureModel extends GenerativeModel<FittedGaussianMixture> {
  /**
   * Fits a mixture to the rows of `data`, of which there must be at least as many as components. With `weights` it is the
   * likelihood sum w_i log p(x_i) that is greatest: a row of weight 2 counts like two.
   * Rejects with ERR_INVALID_INPUT (also where squared distances from the start to the data overflow, or the variance of rows that differ underflows), ERR_NOT_POSITIVE_SEMIDEFINITE (a
   * component became singular, which takes a regularisation near 0), ERR_OUT_OF_MEMORY, ERR_ABORTED.
   */
  fit(data: Matrix, options?: ModelFitOptions): Promise<FittedGaussianMixture>;
}

/**
 * A mixture of Gaussians, fitted by expectation-maximisation (Dempster, Laird & Rubin 1977) and sampled with every
 * component's covariance multiplied by lambda: at lambda 0 samples are means of components.
 *
 * Weights, means and covariances are maximum-likelihood estimates (covariances with divisor n_k, the component's share of
 * the rows), but for `regularisation`. That is relative to the scale of each column: its variance in the training set, or that of
 * a normal distribution with the column's greatest density where that is smaller, as beside a few rows far out or where clusters are
 * far apart (a constant column has the smallest of the others'; spherical covariances take the mean). So a step is equivariant
 * under shifts and scales of every column, and up to the regularisation under rotations. A component that is left with less than
 * 1e-12 of a row has weight 0 and keeps its place. If all rows are equal, every component is that point. One component is the Gaussian
 * model with divisor 'mle', without regularisation, and needs no steps. The result does not depend on `threads`.
 *
 * Cost of a step: rows x components x (dim^2 multiply-adds, dim where covariances are not full, and an exponential).
 * Memory: a float64 copy of the data.
 *
 * @example
 * const fitted = await gaussianMixture({ components: 25, restarts: 4 }).fit(samples, { seed: 1 });
 * console.log(fitted.logLikelihood, fitted.iterations, fitted.weights);
 */
export function gaussianMixture(options: GaussianMixtureOptions): GaussianMixtureModel {
  const where = 'gaussianMixture';
  const { start, covariance, realWeight, ...given } = resolve(where, options, gaussianMixtureOptions);
  const settings = { form: covariance, ...given };
  return {
    name: where,
    async fit(data, options) {
      const { seed, previous, job, ...told } = checkFitOptions(where, options, data);
      const rows = checkMatrix(where, 'training set', data);
      if (rows.rows < settings.components) {
        const requirement = `have at least as many rows as there are components, ${settings.components}`;
        throw mustError(where, 'training set', requirement, String(rows.rows));
      }
      if (typeof start === 'object' && start.means.cols !== rows.cols) {
        const requirement = `have ${start.means.cols} columns, as start.means`;
        throw mustError(where, 'training set', requirement, String(rows.cols));
      }
      const shape = { components: given.components, covariance };
      const warm =
        start === 'previous'
          ? readable(where, 'previous', () => sameShape(previous, shape, rows.cols))
          : undefined;
      const from = typeof start === 'object' ? start : warm;
      const shares = rowShares(where, told, rows.rows, realWeight);
      const { x, shares: rowWeights } = await rowsOfWeight(where, rows, shares, job.signal);
      const fit = await fitMixture(x, { ...settings, start: from, rowWeights, seed }, job);
      return new FittedGaussianMixture(fit);
    },
  };
}

function checkStart(
  where: string,
  argument: string,
  start: unknown,
  { components, covariance }: Shape,
): MixtureParameters {
  const mixture = checkMixture(where, argument, start);
  if (mixture.means.rows !== components)
    throw invalid(where, `${argument}.means.rows`, `equal components = ${components}`, mixture.means.rows);
  if (mixture.covariance !== covariance)
    throw invalid(where, `${argument}.covariance`, `equal covariance = '${covariance}'`, mixture.covariance);
  return mixture;
}

/** The model before, if a fit can begin from it. */
function sameShape(previous: unknown, shape: Shape, dim: number): MixtureParameters | undefined {
  if (!(previous instanceof FittedGaussianMixture)) return undefined;
  const { means, covariance, logLikelihood } = previous;
  const fits = means.rows === shape.components && means.cols === dim && covariance === shape.covariance;
  // From a mixture that is a single point no step leads away.
  return fits && Number.isFinite(logLikelihood) ? previous : undefined;
}
