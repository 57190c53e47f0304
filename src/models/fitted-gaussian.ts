import { checkOptions } from '../check.js';
import { sampleGaussian } from '../gaussian-sampling.js';
import { type JobOptions, jobOptionNames } from '../job.js';
import type { Matrix } from '../matrix.js';
import type { Gaussian } from '../moments.js';
import type { Seed } from '../seed.js';
import type { FittedModel } from './generative-model.js';

export interface GaussianSampleOptions extends JobOptions {
  /** Sampling bias, 0 to 1. Default 1: none. */
  readonly lambda?: number;
  /** Default 0. */
  readonly seed?: Seed;
}

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
  async sample(count: number, options: GaussianSampleOptions = {}): Promise<Matrix> {
    const names = ['lambda', 'seed', ...jobOptionNames] as const;
    const {
      lambda = 1,
      seed = 0,
      ...job
    } = checkOptions('sample', 'options', options, names) as GaussianSampleOptions;
    return sampleGaussian(this.moments, count, { lambda, seed }, job);
  }
}
