import { mustError } from '../base/check.js';
import { type Divisor, divisorOption } from '../base/divisor.js';
import { resolve, type TableOf } from '../base/options.js';
import type { Matrix, Moments } from '../base/shapes.js';
import { moments } from '../distributions/moments.js';
import { checkFitOptions, type ModelFitOptions } from './fit-options.js';
import { FittedGaussian } from './fitted-gaussian.js';
import type { GenerativeModel } from './generative-model.js';

export interface GaussianOptions {
  /** Divisor of the fitted covariance: n - 1 ('unbiased', the paper's) or n ('mle'). Default 'unbiased'. */
  readonly divisor?: Divisor;
}

const gaussianOptions = { divisor: divisorOption } satisfies TableOf<GaussianOptions>;

/** The Gaussian as a generative model. */
export interface GaussianModel extends GenerativeModel<FittedGaussian> {
  /** Fits mean and covariance to the rows of `data`, of which there must be at least 2. No choice here is random: `seed` is not used. */
  fit(data: Matrix, options?: ModelFitOptions): Promise<FittedGaussian>;
}

/**
 * The Gaussian model of the paper's sections 3 and 5: fitted by sample mean and sample covariance, sampled from
 * N(mean, lambda covariance). The covariance is full, and singular where there are no more samples than dimensions.
 *
 * @example
 * const fitted = await gaussian().fit(samples);
 * const more = await fitted.sample(1000, { lambda: 0.8, seed: 1 });
 */
export function gaussian(options: GaussianOptions = {}): GaussianModel {
  const { divisor } = resolve('gaussian', options, gaussianOptions);
  return {
    name: 'gaussian',
    async fit(data, options) {
      const { job } = checkFitOptions('gaussian', options, data);
      const fitted = await moments(data, job);
      if (fitted.count < 2)
        throw mustError('gaussian', 'training set', 'have at least 2 rows', String(fitted.count));
      return new FittedGaussian(divisor === 'mle' ? withMleDivisor(fitted) : fitted);
    },
  };
}

/** The same moments with the covariance's divisor n in place of n - 1. */
function withMleDivisor(unbiased: Moments): Moments {
  const factor = (unbiased.count - 1) / unbiased.count;
  return { ...unbiased, covariance: unbiased.covariance.map((element) => factor * element) };
}
