// Gaussian mixtures on the engine's threads; the models gaussianMixture(), kernelDensity() and bootstrap(), and
// mixtureReference(), stand on it.

import { type Call, turn } from '../base/abortable.js';
import { allocate } from '../base/allocate.js';
import {
  checkChoice,
  checkMatrix,
  checkNumber,
  checkPositiveInteger,
  checkProduct,
  invalid,
  mustError,
  toFloat64Array,
} from '../base/check.js';
import type { Gaussian, Matrix } from '../base/shapes.js';
import { checkJobOptions, type JobOptions, runJob } from '../engine/job.js';
import { native } from '../engine/native.js';
import type { NativeMixture } from '../engine/native-types.js';
import { snapshot, snapshotMatrix } from '../engine/snapshot.js';

/**
 * What the covariances of a mixture's components may be: any ('full'), the same for all ('tied'), without correlations
 * ('diagonal'), or a multiple of the identity ('spherical').
 */
export type CovarianceForm = 'full' | 'tied' | 'diagonal' | 'spherical';

export const covarianceForms: readonly CovarianceForm[] = ['full', 'tied', 'diagonal', 'spherical'];

/** The distribution sum over k of weights[k] N(means[k], covariance k), of K components in d dimensions. */
export interface MixtureParameters {
  /** K values, not negative, of sum 1. A component of weight 0 is never used. */
  readonly weights: Float64Array;
  /** K x d: a row a component. */
  readonly means: Matrix;
  readonly covariance: CovarianceForm;
  /**
   * 'full': K matrices d x d one after the other; 'tied': one matrix d x d; 'diagonal': variances, K x d;
   * 'spherical': K variances. Row-major.
   */
  readonly covariances: Float64Array;
}

/** Length of `covariances`. */
function covarianceLength(where: string, form: CovarianceForm, components: number, dim: number): number {
  if (form === 'spherical') return components;
  if (form === 'diagonal') return checkProduct(where, 'components x dim', components, dim);
  const entries = checkProduct(where, 'dim x dim', dim, dim);
  return form === 'tied' ? entries : checkProduct(where, 'components x dim x dim', components, entries);
}

/** Checks shapes; the engine checks the values where it uses them. Plain arrays stand for Float64Arrays. */
export function checkMixture(where: string, argument: string, value: unknown): MixtureParameters {
  if (typeof value !== 'object' || value === null) {
    throw invalid(where, argument, 'be an object { weights, means, covariance, covariances }', value);
  }
  const given = value as { [key in keyof MixtureParameters]?: unknown };
  const means = checkMatrix(where, `${argument}.means`, given.means);
  const covariance = checkChoice(where, `${argument}.covariance`, given.covariance, covarianceForms);
  const weights = toFloat64Array(where, `${argument}.weights`, given.weights);
  const covariances = toFloat64Array(where, `${argument}.covariances`, given.covariances);
  const length = covarianceLength(where, covariance, means.rows, means.cols);
  for (const [name, array, expected] of [
    ['weights', weights, means.rows],
    ['covariances', covariances, length],
  ] as const) {
    if (array.length !== expected) {
      const shape = `${means.rows} components in ${means.cols} dimensions, ${covariance}`;
      throw mustError(where, `${argument}.${name}`, `have ${expected} values (${shape})`, String(array.length));
    }
  }
  return { weights, means, covariance, covariances };
}

// Operations before the event loop gets a turn: a few milliseconds.
const operationsPerTurn = 2 ** 21;

/** Mean and covariance of the mixture itself. */
export async function mixtureMoments(
  { weights, means, covariance, covariances }: MixtureParameters,
  call?: Call,
): Promise<Gaussian> {
  const { rows: components, cols: dim, data } = means;
  const mean = new Float64Array(dim);
  for (let k = 0; k < components; k += 1) {
    for (let i = 0; i < dim; i += 1) mean[i]! += weights[k]! * data[k * dim + i]!;
  }
  const total = new Float64Array(dim * dim);
  const rowsPerTurn = Math.ceil(operationsPerTurn / dim);
  for (let k = 0; k < components; k += 1) {
    for (let i = 0; i < dim; i += 1) {
      if ((k * dim + i) % rowsPerTurn === rowsPerTurn - 1) await turn(call);
      const left = weights[k]! * (data[k * dim + i]! - mean[i]!);
      for (let j = 0; j <= i; j += 1) total[i * dim + j]! += left * (data[k * dim + j]! - mean[j]!);
      const within = covariances;
      if (covariance === 'spherical') total[i * dim + i]! += weights[k]! * within[k]!;
      if (covariance === 'diagonal') total[i * dim + i]! += weights[k]! * within[k * dim + i]!;
      if (covariance === 'full') {
        for (let j = 0; j <= i; j += 1) total[i * dim + j]! += weights[k]! * within[(k * dim + i) * dim + j]!;
      }
    }
  }
  for (let i = 0; i < dim; i += 1) {
    for (let j = 0; j <= i; j += 1) {
      if (covariance === 'tied') total[i * dim + j]! += covariances[i * dim + j]!;
      total[j * dim + i] = total[i * dim + j]!;
    }
  }
  return { dim, mean, covariance: total };
}

export interface MixtureFitSettings {
  readonly components: number;
  readonly form: CovarianceForm;
  readonly regularisation: number;
  readonly tolerance: number;
  readonly maximumIterations: number;
  readonly restarts: number;
  readonly start: MixtureParameters | undefined;
  /** A weight for each row; none: all alike. */
  readonly rowWeights: Float64Array | undefined;
  readonly seed: bigint;
}

/** A mixture with how its fit went. */
export interface MixtureFit {
  readonly parameters: MixtureParameters;
  readonly logLikelihood: number;
  readonly iterations: number;
  readonly converged: boolean;
  readonly moments: Gaussian;
}

/** Fits a mixture to the rows of `data`, whose shape has been checked. */
export async function fitMixture(
  data: Matrix,
  { start, rowWeights, ...fit }: MixtureFitSettings,
  options: JobOptions,
): Promise<MixtureFit> {
  const where = 'gaussianMixture';
  const settings = checkJobOptions(where, options);
  const { components, form } = fit;
  const { cols } = data;
  const weights = allocate(where, 'the weights', Float64Array, components);
  const entries = checkProduct(where, 'components x dim', components, cols);
  const means = allocate(where, 'the means', Float64Array, entries);
  const length = covarianceLength(where, form, components, cols);
  const covariances = allocate(where, 'the covariances', Float64Array, length);
  const report = await runJob(settings, async (throwIfSettled) =>
    native().startMixtureFit({
      ...fit,
      threads: settings.threads,
      x: await snapshotMatrix(where, 'training set', data, throwIfSettled),
      ...(start && { start: await snapshotMixture(where, start, throwIfSettled) }),
      ...(rowWeights && { rowWeights: await snapshot(where, 'weights', rowWeights, throwIfSettled) }),
      weights,
      means,
      covariances,
    }),
  );
  const parameters = {
    weights,
    means: { data: means, rows: components, cols },
    covariance: form,
    covariances,
  };
  return { parameters, ...report, moments: await mixtureMoments(parameters, settings) };
}

/** What lambda does to a mixture's weights: native/core/mixture/mixture_sampling.hpp. */
export type WeightBias =
  | { readonly kind: 'none' | 'weights' }
  | { readonly kind: 'densities'; readonly logDensities: Float64Array };

/**
 * `count` independent draws from the mixture with its covariances scaled by lambda, as rows: in `memory`, of count x dim values,
 * where that is given.
 * Rejects with ERR_INVALID_INPUT, ERR_NOT_POSITIVE_SEMIDEFINITE, ERR_OUT_OF_MEMORY, ERR_ABORTED.
 */
export async function sampleMixture(
  mixture: MixtureParameters,
  count: number,
  { lambda, seed, bias }: { readonly lambda: number; readonly seed: bigint; readonly bias: WeightBias },
  options: JobOptions,
  memory?: Float64Array,
): Promise<Matrix> {
  const where = 'sample';
  const settings = checkJobOptions(where, options);
  const rows = checkPositiveInteger(where, 'count', count);
  const { cols } = mixture.means;
  const request = {
    threads: settings.threads,
    lambda: checkNumber(where, 'lambda', lambda, 0, 1),
    weightBias: bias.kind,
    count: rows,
    seed,
    out: memory ?? allocate(where, 'the samples', Float64Array, checkProduct(where, 'count x dim', rows, cols)),
  };
  await runJob(settings, async (throwIfSettled) =>
    native().startMixtureSampling({
      ...request,
      mixture: await snapshotMixture(where, mixture, throwIfSettled),
      ...(bias.kind === 'densities' && {
        logDensities: await snapshot(where, 'log-densities', bias.logDensities, throwIfSettled),
      }),
    }),
  );
  return { data: request.out, rows, cols };
}

/**
 * Logarithm of the mixture's density at each row of `x`, in nats. A component with a singular covariance has its
 * density within its range.
 * Rejects with ERR_INVALID_INPUT, ERR_NOT_POSITIVE_SEMIDEFINITE, ERR_OUT_OF_MEMORY, ERR_ABORTED.
 */
export async function mixtureLogDensity(
  mixture: MixtureParameters,
  x: Matrix,
  options?: JobOptions,
): Promise<Float64Array> {
  const where = 'logDensity';
  const settings = checkJobOptions(where, options);
  const checked = checkMatrix(where, 'x', x);
  if (checked.cols !== mixture.means.cols) {
    throw mustError(where, 'x', `have ${mixture.means.cols} columns`, String(checked.cols));
  }
  const out = allocate(where, 'the log-densities', Float64Array, checked.rows);
  await runJob(settings, async (throwIfSettled) =>
    native().startMixtureLogDensity({
      threads: settings.threads,
      mixture: await snapshotMixture(where, mixture, throwIfSettled),
      x: await snapshotMatrix(where, 'x', checked, throwIfSettled),
      out,
    }),
  );
  return out;
}

async function snapshotMixture(
  where: string,
  { weights, means, covariance, covariances }: MixtureParameters,
  throwIfSettled: () => void,
): Promise<NativeMixture> {
  return {
    form: covariance,
    weights: await snapshot(where, 'weights', weights, throwIfSettled),
    means: await snapshotMatrix(where, 'means', means, throwIfSettled),
    covariances: await snapshot(where, 'covariances', covariances, throwIfSettled),
  };
}
