import { allocate } from '../base/allocate.js';
import { checkMatrix, invalid, mustError } from '../base/check.js';
import { checked, numberOrText, resolve, type TableOf } from '../base/options.js';
import type { Gaussian, Matrix } from '../base/shapes.js';
import {
  type MixtureParameters,
  mixtureLogDensity,
  sampleMixture,
  type WeightBias,
} from '../distributions/mixture.js';
import { weightedMoments } from '../distributions/weighted-moments.js';
import type { JobOptions } from '../engine/job.js';
import { scottFactor, silvermanFactor } from './bandwidth.js';
import {
  checkFitOptions,
  checkSampleOptions,
  type ModelFitOptions,
  type ModelSampleOptions,
} from './fit-options.js';
import type { FittedModel, GenerativeModel } from './generative-model.js';
import { realWeightOption, rowShares } from './row-weights.js';
import { checkSampleCount } from './sample-count.js';
import { takeMemory, takesMemory } from './sample-memory.js';

/** A rule, or a bandwidth in the units of the data. */
export type Bandwidth = 'scott' | 'silverman' | number;

export interface KernelDensityOptions {
  /**
   * 'scott' (default) and 'silverman': the kernel is N(0, h^2 S), S the sample covariance, with h = n^(-1/(d+4)) or
   * (n (d+2)/4)^(-1/(d+4)). A number h: the kernel is N(0, h^2 I), in the units of the data.
   */
  readonly bandwidth?: Bandwidth | undefined;
  /** Weight of all real rows together, 0 to 1, where there are synthetic rows, too. Default: rows weigh alike. */
  readonly realWeight?: number | undefined;
}

export const kernelDensityOptions = {
  bandwidth: checked("'scott', 'silverman' or a positive number", checkBandwidth)
    .or('scott')
    .doc('bandwidth of the kernel, by a rule or in units of the data')
    .flag('<h>', numberOrText),
  realWeight: realWeightOption,
} satisfies TableOf<KernelDensityOptions>;

/** The kernel density estimate as a generative model. */
export interface KernelDensityModel extends GenerativeModel<FittedKernelDensity> {
  /**
   * Keeps the rows of `data`, of which there must be at least 2, without a copy: leave them alone. No choice here is
   * random. With `weights` p_i, of sum 1, kernels weigh as much, S is the weighted covariance and the rules have
   * 1 / sum p_i^2 in the place of n. Rejects with ERR_INVALID_INPUT, ERR_OUT_OF_MEMORY, ERR_ABORTED.
   */
  fit(data: Matrix, options?: ModelFitOptions): Promise<FittedKernelDensity>;
}

/** A Gaussian at every training sample. */
export class FittedKernelDensity implements FittedModel {
  /** The training set: the kernels' centres. */
  readonly centres: Matrix;
  /** h: in the units of the data where that was given, else in standard deviations of the data. */
  readonly bandwidth: number;
  /** Covariance of the kernel, dim x dim. */
  readonly kernel: Float64Array;
  /** Mean and covariance of the estimate itself: those of the training set with divisor n, plus the kernel's covariance. */
  readonly moments: Gaussian;
  readonly #mixture: MixtureParameters;
  #logDensities: Float64Array | undefined; // at the centres

  /** `ofCentres` has the covariance with divisor n. */
  constructor(
    centres: Matrix,
    bandwidth: number,
    kernel: Float64Array,
    weights: Float64Array,
    ofCentres: Gaussian,
  ) {
    const { dim, mean, covariance } = ofCentres;
    this.centres = centres;
    this.bandwidth = bandwidth;
    this.kernel = kernel;
    this.moments = { dim, mean, covariance: covariance.map((element, i) => element + kernel[i]!) };
    this.#mixture = { weights, means: centres, covariance: 'tied', covariances: kernel };
  }

  /**
   * `count` independent draws, as rows: a training sample, plus lambda^(1/2) times a draw of the kernel. Sample i is chosen
   * with probability proportional to p(x_i)^(1/lambda - 1), p being the estimate itself: at lambda 1 all alike, at lambda 0
   * the samples of highest density alone. (The first call with lambda below 1 computes p at the training samples: n^2
   * kernels.) Rejects with ERR_INVALID_INPUT, ERR_OUT_OF_MEMORY, ERR_ABORTED.
   */
  async sample(count: number, options: ModelSampleOptions = {}): Promise<Matrix> {
    const { lambda, seed, job } = checkSampleOptions('sample', options);
    checkSampleCount('sample', count, this.centres.cols, Float64Array);
    let bias: WeightBias = { kind: 'none' };
    if (lambda < 1) {
      const { onProgress: _, ...quiet } = job;
      this.#logDensities ??= await this.logDensity(this.centres, quiet);
      bias = { kind: 'densities', logDensities: this.#logDensities };
    }
    const memory = takeMemory(options, count, this.centres.cols);
    return sampleMixture(this.#mixture, count, { lambda, seed, bias }, job, memory);
  }

  /**
   * Logarithm of the density at each row of `x`, in nats: x.rows values, each a sum over the training samples. Where the
   * kernel is singular it is the density within the kernel's range.
   * Rejects with ERR_INVALID_INPUT, ERR_OUT_OF_MEMORY, ERR_ABORTED.
   */
  logDensity(x: Matrix, options?: JobOptions): Promise<Float64Array> {
    return mixtureLogDensity(this.#mixture, x, options);
  }
}
takesMemory(FittedKernelDensity.prototype.sample);

/**
 * The kernel density estimate with a Gaussian kernel: the training set itself, smoothed.
 *
 * Sampling bias, after the temperature that the paper's lambda is for Gaussians and language models: the density to the power
 * 1/lambda. That has no closed form here, so the training samples are reweighted by p^(1/lambda - 1) and the kernel's
 * covariance is multiplied by lambda. For many samples of a Gaussian this is the Gaussian model's N(mean, lambda S).
 *
 * In the fully synthetic loop a fixed bandwidth h adds h^2 to the variance in every generation, and a rule's multiplies
 * it by 1 - 1/n + h^2, so that both grow where the Gaussian's shrinks.
 *
 * @example
 * const fitted = await kernelDensity({ bandwidth: 'silverman' }).fit(samples);
 * const more = await fitted.sample(1000, { seed: 1 });
 */
export function kernelDensity(options: KernelDensityOptions = {}): KernelDensityModel {
  const where = 'kernelDensity';
  const { bandwidth, realWeight } = resolve(where, options, kernelDensityOptions);
  return {
    name: where,
    async fit(data, options) {
      const { job, ...told } = checkFitOptions(where, options, data);
      const { data: values, rows, cols } = checkMatrix(where, 'training set', data);
      if (rows < 2) throw mustError(where, 'training set', 'have at least 2 rows', String(rows));
      const shares = rowShares(where, told, rows, realWeight);
      const ofData = await weightedMoments(where, data, shares, 'unbiased', job);
      const weights = shares ?? allocate(where, 'the weights', Float64Array, rows).fill(1 / rows);
      const centres = { data: values, rows, cols };
      const { dim, mean, covariance, effectiveCount } = ofData;
      // Divisor n: without the denominator 1 - sum p_i^2.
      const own = covariance.map((element) => ((effectiveCount - 1) / effectiveCount) * element);
      const ofCentres = { dim, mean, covariance: own };
      if (typeof bandwidth === 'number') {
        const kernel = allocate(where, 'the kernel', Float64Array, dim * dim);
        for (let i = 0; i < dim; i += 1) kernel[i * dim + i] = bandwidth ** 2;
        return new FittedKernelDensity(centres, bandwidth, kernel, weights, ofCentres);
      }
      const rule = bandwidth === 'scott' ? scottFactor : silvermanFactor;
      const factor = rule(effectiveCount, dim);
      const kernel = covariance.map((element) => factor * factor * element);
      return new FittedKernelDensity(centres, factor, kernel, weights, ofCentres);
    },
  };
}

function checkBandwidth(where: string, argument: string, value: unknown): Bandwidth {
  if (value === 'scott' || value === 'silverman') return value;
  if (typeof value === 'number' && value > 0 && Number.isFinite(value * value)) return value;
  throw invalid(where, argument, "be 'scott', 'silverman' or a positive number", value);
}
