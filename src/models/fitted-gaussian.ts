import type { Gaussian, Matrix } from '../base/shapes.js';
import { sampleGaussian } from '../distributions/gaussian-sampling.js';
import { mixtureLogDensity } from '../distributions/mixture.js';
import type { JobOptions } from '../engine/job.js';
import { checkSampleOptions, type ModelSampleOptions } from './fit-options.js';
import type { FittedModel } from './generative-model.js';
import { takeMemory, takesMemory } from './sample-memory.js';

/** The distribution N(mean, covariance), known by its parameters. */
export class FittedGaussian implements FittedModel {
  readonly moments: Gaussian;

  constructor(parameters: Gaussian) {
    this.moments = parameters;
  }

  /**
   * `count` independent draws from N(mean, lambda covariance), as rows.
   * Rejects with ERR_INVALID_INPUT, ERR_NOT_POSITIVE_SEMIDEFINITE, ERR_OUT_OF_MEMORY, ERR_ABORTED.
   */
  async sample(count: number, options: ModelSampleOptions = {}): Promise<Matrix> {
    const { lambda, seed, job } = checkSampleOptions('sample', options);
    return sampleGaussian(
      this.moments,
      count,
      { lambda, seed },
      job,
      takeMemory(options, count, this.moments.dim),
    );
  }

  /**
   * Logarithm of the density at each row of `x`, in nats: x.rows values. Where the covariance is singular it is the density
   * within the covariance's range.
   * Rejects with ERR_INVALID_INPUT, ERR_NOT_POSITIVE_SEMIDEFINITE, ERR_OUT_OF_MEMORY, ERR_ABORTED.
   */
  logDensity(x: Matrix, options?: JobOptions): Promise<Float64Array> {
    const { dim, mean, covariance } = this.moments;
    const means = { data: mean, rows: 1, cols: dim };
    const mixture = {
      weights: Float64Array.of(1),
      means,
      covariance: 'tied',
      covariances: covariance,
    } as const;
    return mixtureLogDensity(mixture, x, options);
  }
}
takesMemory(FittedGaussian.prototype.sample);
