import { invalid, toFloat64Array } from '../base/check.js';
import { checked, numbers, oneOf, resolve, rows, type TableOf } from '../base/options.js';
import type { Gaussian, Matrix } from '../base/shapes.js';
import {
  type CovarianceForm,
  checkMixture,
  covarianceForms,
  type MixtureParameters,
  mixtureLogDensity,
  mixtureMoments,
  sampleMixture,
} from '../distributions/mixture.js';
import type { StepOptions } from '../models/generative-model.js';
import { takeMemory, takesMemory } from '../models/sample-memory.js';
import { checkDrawOptions, type DrawOptions, type RealSamples, type Reference } from './reference.js';

/** MixtureParameters, with plain arrays allowed. */
export interface MixtureReferenceOptions {
  /** K x d: a row a component (a "mode"). */
  readonly means: Matrix;
  /** K values. Default: all 1/K. */
  readonly weights?: Float64Array | readonly number[] | undefined;
  /** What `covariances` holds. Default 'full'. */
  readonly covariance?: CovarianceForm | undefined;
  /** Covariances of the components, in the form that `covariance` names: see MixtureParameters. */
  readonly covariances: Float64Array | readonly number[];
}

const mixtureReferenceOptions = {
  means: rows().doc('K x d: a row a component'),
  weights: numbers()
    .or(({ means }: { means: Matrix }) => new Float64Array(means.rows).fill(1 / means.rows), '1 / K each')
    .doc('K values'),
  covariance: oneOf(covarianceForms).or('full').doc('what `covariances` holds'),
  covariances: checked('array of numbers', (where, argument, value) => {
    if (value === undefined) throw invalid(where, argument, 'be an array of numbers', value);
    return toFloat64Array(where, argument, value);
  }).doc('as in MixtureParameters'),
} satisfies TableOf<MixtureReferenceOptions>;

/** A Gaussian mixture as the real distribution, with its parameters. */
export interface MixtureReference extends Reference, MixtureParameters {
  readonly dim: number;
  /** Mean and covariance of the mixture. */
  moments(job?: Omit<StepOptions, 'seed'>): Promise<Gaussian>;
  /** Logarithm of the density at each row of `x`, in nats. */
  logDensity(x: Matrix): Promise<Float64Array>;
}

/**
 * A Gaussian mixture as the real distribution. Every draw is new and independent. The values of weights and covariances are
 * checked when they are first used.
 *
 * @example
 * // 25 modes on a grid, each N(centre, 0.05^2 I)
 * const centres = Float64Array.from({ length: 50 }, (_, i) => 2 * (i % 2 === 0 ? Math.floor(i / 10) : (i >> 1) % 5) - 4);
 * const reference = mixtureReference({
 *   means: matrix(centres, 25, 2),
 *   covariance: 'spherical',
 *   covariances: new Float64Array(25).fill(0.05 ** 2),
 * });
 */
export function mixtureReference(options: MixtureReferenceOptions): MixtureReference {
  const where = 'mixtureReference';
  const parameters = checkMixture(where, 'options', resolve(where, options, mixtureReferenceOptions));
  const dim = parameters.means.cols;
  const open = (): RealSamples => ({
    draw: takesMemory(async (count: number, options: DrawOptions) => {
      const { seed, job } = checkDrawOptions(where, options);
      const memory = takeMemory(options, count, dim);
      return sampleMixture(parameters, count, { lambda: 1, seed, bias: { kind: 'none' } }, job, memory);
    }),
  });
  return {
    name: where,
    dim,
    ...parameters,
    moments: (job) => mixtureMoments(parameters, { where, signal: job?.signal }),
    logDensity: (x) => mixtureLogDensity(parameters, x),
    open,
  };
}
