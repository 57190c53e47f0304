import {
  checkInteger,
  checkMatrix,
  checkNumber,
  checkOptions,
  describe,
  invalid,
  mustError,
} from '../base/check.js';
import { MadloopError } from '../base/errors.js';
import type { Matrix } from '../base/shapes.js';
import { moments } from '../distributions/moments.js';
import { frechetDistance } from '../metrics/frechet.js';
import { type ManifoldConvention, precisionRecall } from '../metrics/precision-recall.js';
import type { StepOptions } from '../models/generative-model.js';
import type { Metric, MetricContext } from './metrics.js';
import { checkModes, type Modes, modeMetrics } from './modes.js';

type Job = Omit<StepOptions, 'seed'>;

/** Maps samples to the space in which they are compared: a row for each row. It may run a network, and return a promise. */
export type Features = (samples: Matrix, job: Job) => Matrix | Promise<Matrix>;

export interface SampleMetricsOptions {
  /** Real samples that no model was trained on, to compare with: adds frechetDistance, precision, recall, density, coverage. */
  readonly heldOut?: Matrix | undefined;
  /** Where the held-out and the generated samples are compared. Default: as they are. */
  readonly features?: Features | undefined;
  /** Samples drawn of each generation's model. Default: as many as are held out; without these, 10,000. */
  readonly count?: number | undefined;
  /** Their sampling bias, 0 to 1. Default 1: none. */
  readonly lambda?: number | undefined;
  /** Of precisionRecall. Default 5, the paper's. */
  readonly k?: number | undefined;
  /** Of precisionRecall. Default 'kynkaanniemi'. */
  readonly convention?: ManifoldConvention | undefined;
  /** The modes of the real distribution, where they are known: adds averageModalVariance and modesCovered. */
  readonly modes?: Modes | undefined;
}

/**
 * Metrics of a sample of each generation's model, for the list of metrics of `autophagousLoop`:
 *
 * - frechetDistance: between the means and covariances of the generated and the held-out samples' features
 * - precision, recall, density, coverage: of the generated against the held-out samples' features (precisionRecall)
 * - variance: the trace of the generated samples' covariance
 * - averageModalVariance: each sample belongs to the mode whose centre is nearest; the mean, over the modes with at least
 *   two samples, of the trace of the covariance of a mode's samples
 * - modesCovered: how many modes have a sample within `radius` of their centre
 *
 * Variances and modes are those of the samples themselves, whatever the features; divisors are n - 1. The sample has a
 * seed of its own: what the loop itself draws is the same with these metrics as without.
 *
 * Throws ERR_INVALID_INPUT. In the loop: ERR_METRIC (features that are no matrix with a row a sample, or not finite).
 *
 * @example
 * const metrics = ['distance', sampleMetrics({ heldOut, features: network, k: 5 })];
 * for await (const { t, metrics: m } of autophagousLoop({ metrics, ...loop })) console.log(t, m.precision, m.recall);
 */
export function sampleMetrics(options: SampleMetricsOptions): { readonly sampleMetrics: Metric } {
  const where = 'sampleMetrics';
  const given = checkOptions(where, 'options', options, [
    'heldOut',
    'features',
    'count',
    'lambda',
    'k',
    'convention',
    'modes',
  ]);
  const heldOut = given.heldOut === undefined ? undefined : checkMatrix(where, 'heldOut', given.heldOut);
  const { features, k = 5, convention = 'kynkaanniemi', lambda = 1 } = given;
  if (features !== undefined && typeof features !== 'function') {
    throw invalid(where, 'features', 'be a function', features);
  }
  if (features !== undefined && heldOut === undefined) {
    throw mustError(where, 'heldOut', 'be given where features are', 'undefined');
  }
  const count = checkInteger(
    where,
    'count',
    given.count === undefined ? (heldOut?.rows ?? 10_000) : given.count,
    2,
  );
  const settings = {
    count,
    lambda: checkNumber(where, 'lambda', lambda, 0, 1),
    compare: heldOut && new Comparison(heldOut, features as Features | undefined, { k, convention } as Balls),
    modes: given.modes === undefined ? undefined : checkModes(where, given.modes),
  };
  if (heldOut && settings.modes && settings.modes.centres.cols !== heldOut.cols) {
    const requirement = `have as many columns as heldOut, ${heldOut.cols}`;
    throw mustError(where, 'modes.centres', requirement, String(settings.modes.centres.cols));
  }
  return { sampleMetrics: (context) => measure(context, settings) };
}

interface Balls {
  readonly k: number;
  readonly convention: ManifoldConvention;
}

interface Settings {
  readonly count: number;
  readonly lambda: number;
  readonly compare: Comparison | undefined;
  readonly modes: Modes | undefined;
}

async function measure(
  { sample, reference, job }: MetricContext,
  { count, lambda, compare, modes }: Settings,
): Promise<Record<string, number>> {
  if (modes !== undefined && modes.centres.cols !== reference.dim) {
    const requirement = `have as many columns as the data, ${reference.dim}`;
    throw mustError('sampleMetrics', 'modes.centres', requirement, String(modes.centres.cols));
  }
  const generated = await sample(count, lambda);
  const { covariance, dim } = await moments(generated, job);
  let variance = 0;
  for (let i = 0; i < dim; i += 1) variance += covariance[i * dim + i]!;
  return {
    ...(compare && (await compare.measure(generated, job))),
    variance,
    ...(modes && (await modeMetrics(generated, modes))),
  };
}

/** Compares samples with the held-out ones, in the space of features. */
class Comparison {
  readonly #heldOut: Matrix;
  readonly #features: Features | undefined;
  readonly #balls: Balls;
  #heldOutFeatures: Promise<Matrix> | undefined;

  constructor(heldOut: Matrix, features: Features | undefined, balls: Balls) {
    this.#heldOut = heldOut;
    this.#features = features;
    this.#balls = balls;
  }

  async measure(generated: Matrix, job: Job): Promise<Record<string, number>> {
    const real = await this.#realFeatures(job);
    const fake = await this.#featuresOf(generated, job);
    const { distance } = await frechetDistance(fake, real, job);
    const { precision, recall, density, coverage } = await precisionRecall(real, fake, {
      ...this.#balls,
      ...job,
    });
    return { frechetDistance: distance, precision, recall, density, coverage };
  }

  /** The held-out samples' features: one call for all generations and loops, whichever of these is aborted. */
  #realFeatures({ threads }: Job): Promise<Matrix> {
    this.#heldOutFeatures ??= this.#featuresOf(this.#heldOut, { threads });
    return this.#heldOutFeatures;
  }

  async #featuresOf(samples: Matrix, job: Job): Promise<Matrix> {
    if (this.#features === undefined) return samples;
    const found: unknown = await this.#features(samples, job);
    const wanted = `features must return a matrix of ${samples.rows} rows`;
    let features: Matrix;
    try {
      features = checkMatrix('features', 'the result', found);
    } catch (error) {
      if (!(error instanceof MadloopError)) throw error;
      throw new MadloopError('ERR_METRIC', `${wanted}, got ${describe(found)}: ${error.message}`, {
        cause: error,
      });
    }
    if (features.rows !== samples.rows) {
      throw new MadloopError('ERR_METRIC', `${wanted}, got ${features.rows} x ${features.cols}`);
    }
    return features;
  }
}
