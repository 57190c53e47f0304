import type { Gaussian, Matrix } from '../base/shapes.js';
import {
  type CovarianceForm,
  type MixtureFit,
  type MixtureParameters,
  mixtureLogDensity,
  sampleMixture,
} from '../distributions/mixture.js';
import type { JobOptions } from '../engine/job.js';
import { checkSampleOptions, type ModelSampleOptions } from './fit-options.js';
import type { FittedModel } from './generative-model.js';
import { takeMemory, takesMemory } from './sample-memory.js';

/** A Gaussian mixture that was fitted, with how the fit went. */
export class FittedGaussianMixture implements FittedModel, MixtureParameters {
  readonly weights: Float64Array;
  readonly means: Matrix;
  readonly covariance: CovarianceForm;
  readonly covariances: Float64Array;
  /** Mean and covariance of the mixture itself. */
  readonly moments: Gaussian;
  /** Mean over the training set of the fitted mixture's log-density, in nats. Infinity where the training set was one point. */
  readonly logLikelihood: number;
  /** Steps of expectation-maximisation in the run that was kept; 0 where the fit has a closed form. */
  readonly iterations: number;
  /** Whether the last step raised the mean log-likelihood by less than the tolerance. */
  readonly converged: boolean;

  constructor({ parameters, logLikelihood, iterations, converged, moments }: MixtureFit) {
    this.weights = parameters.weights;
    this.means = parameters.means;
    this.covariance = parameters.covariance;
    this.covariances = parameters.covariances;
    this.moments = moments;
    this.logLikelihood = logLikelihood;
    this.iterations = iterations;
    this.converged = converged;
  }

  /**
   * `count` independent draws from the mixture with every component's covariance multiplied by lambda, as rows.
   * Rejects with ERR_INVALID_INPUT, ERR_OUT_OF_MEMORY, ERR_ABORTED.
   */
  async sample(count: number, options: ModelSampleOptions = {}): Promise<Matrix> {
    const { lambda, seed, job } = checkSampleOptions('sample', options);
    const memory = takeMemory(options, count, this.means.cols);
    return sampleMixture(this, count, { lambda, seed, bias: { kind: 'none' } }, job, memory);
  }

  /**
   * Logarithm of the density at each row of `x`, in nats: x.rows values.
   * Rejects with ERR_INVALID_INPUT, ERR_OUT_OF_MEMORY, ERR_ABORTED.
   */
  logDensity(x: Matrix, options?: JobOptions): Promise<Float64Array> {
    return mixtureLogDensity(this, x, options);
  }
}
takesMemory(FittedGaussianMixture.prototype.sample);
