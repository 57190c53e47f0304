import { checkMatrix, mustError } from '../base/check.js';
import { type Divisor, divisorOption } from '../base/divisor.js';
import { resolve, type TableOf } from '../base/options.js';
import type { Matrix } from '../base/shapes.js';
import { weightedMoments } from '../distributions/weighted-moments.js';
import { checkFitOptions, type ModelFitOptions } from './fit-options.js';
import { FittedGaussian } from './fitted-gaussian.js';
import type { GenerativeModel } from './generative-model.js';
import { realWeightOption, rowShares } from './row-weights.js';

export interface GaussianOptions {
  /** Divisor of the fitted covariance: n - 1 ('unbiased', the paper's) or n ('mle'). Default 'unbiased'. */
  readonly divisor?: Divisor;
  /**
   * Weight w of all real rows together, 0 to 1, in training sets that have synthetic rows, too; those weigh 1 - w. The mean is then
   * w mean_r + (1 - w) mean_s. Default: rows weigh alike.
   */
  readonly realWeight?: number | undefined;
}

const gaussianOptions = {
  divisor: divisorOption,
  realWeight: realWeightOption,
} satisfies TableOf<GaussianOptions>;

/** The Gaussian as a generative model. */
export interface GaussianModel extends GenerativeModel<FittedGaussian> {
  /**
   * Fits mean and covariance to the rows of `data`, of which there must be at least 2. No choice here is random: `seed` is not used.
   * With `weights` p_i, of sum 1, these are sum p_i x_i and sum p_i (x_i - mean)(x_i - mean)^T / (1 - sum p_i^2), or with divisor 'mle'
   * without the denominator.
   */
  fit(data: Matrix, options?: ModelFitOptions): Promise<FittedGaussian>;
}

/**
 * The Gaussian model of the paper's sections 3 and 5: fitted by sample mean and sample covariance, sampled from
 * N(mean, lambda covariance). The covariance is full, and singular where there are no more samples than dimensions.
 *
 * @example
 * const fitted = await gaussian().fit(samples);
 * const more = await fitted.sample(1000, { lambda: 0.8, seed: 1 });
 *
 * // Real samples that count for more than their number (He, Xu & Cheng 2025, arXiv 2502.18049).
 * const golden = gaussian({ realWeight: 0.618 });
 */
export function gaussian(options: GaussianOptions = {}): GaussianModel {
  const { divisor, realWeight } = resolve('gaussian', options, gaussianOptions);
  return {
    name: 'gaussian',
    async fit(data, options) {
      const { job, ...told } = checkFitOptions('gaussian', options, data);
      const { rows } = checkMatrix('gaussian', 'training set', data);
      if (rows < 2) throw mustError('gaussian', 'training set', 'have at least 2 rows', String(rows));
      const shares = rowShares('gaussian', told, rows, realWeight);
      const { effectiveCount: _, ...fitted } = await weightedMoments('gaussian', data, shares, divisor, job);
      return new FittedGaussian(fitted);
    },
  };
}
