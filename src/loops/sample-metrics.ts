import { checkMatrix, describe, mustError } from '../base/check.js';
import { MadloopError } from '../base/errors.js';
import { callback, checked, integer, number, resolve, rows, type TableOf } from '../base/options.js';
import { entryOf, type Schedule, scheduled } from '../base/schedule.js';
import type { Matrix } from '../base/shapes.js';
import { moments } from '../distributions/moments.js';
import { checkFinite } from '../engine/rows.js';
import { frechetDistance } from '../metrics/frechet.js';
import {
  type ManifoldConvention,
  precisionRecall,
  precisionRecallOptions,
} from '../metrics/precision-recall.js';
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
  /** Their sampling bias, 0 to 1 or in the model's `lambdaRange`, perhaps a list: entry t - 1 for generation t, the last goes on. Default 1: none. */
  readonly lambda?: Schedule | undefined;
  /** Neighbours whose farthest is a ball's radius, as in precisionRecall. Default 5, the paper's. */
  readonly k?: number | undefined;
  /** Whether balls hold their boundary, as in precisionRecall. Default 'kynkaanniemi'. */
  readonly convention?: ManifoldConvention | undefined;
  /** The modes of the real distribution, where they are known: adds averageModalVariance and modesCovered. */
  readonly modes?: Modes | undefined;
}

interface HeldOut {
  readonly heldOut?: Matrix | undefined;
}

export const sampleMetricsOptions = {
  heldOut: rows().optional('none').doc('real samples to compare with, on which no model was trained'),
  features: callback<Features>()
    .optional('samples as they are')
    .and((where, _, __, { heldOut }: HeldOut) => {
      if (heldOut === undefined) throw mustError(where, 'heldOut', 'be given where features are', 'undefined');
    })
    .doc('maps samples to the space in which they are compared'),
  count: integer(2)
    .or(({ heldOut }: HeldOut) => heldOut?.rows ?? 10_000, 'as many as are held out, else 10,000')
    .doc("samples drawn of each generation's model"),
  lambda: scheduled(number(0, Number.MAX_VALUE), { functions: false })
    .or(1)
    .doc('their sampling bias, 1 for none'),
  k: integer(1).or(5).doc('neighbours that make a ball, as for precisionRecall'),
  convention: precisionRecallOptions.convention,
  modes: checked('{ centres, radius }', checkModes)
    .optional('none')
    .and((where, argument, { centres }, { heldOut }: HeldOut) => {
      if (heldOut === undefined || centres.cols === heldOut.cols) return;
      const requirement = `have as many columns as heldOut, ${heldOut.cols}`;
      throw mustError(where, `${argument}.centres`, requirement, String(centres.cols));
    })
    .doc('the modes of the real distribution, where they are known'),
} satisfies TableOf<SampleMetricsOptions>;

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
 * const loop = autophagousLoop({
 *   variant: 'fresh-data', reference, model, real: 100, synthetic: 400, generations: 10,
 *   metrics: ['distance', sampleMetrics({ heldOut, features: network, k: 5 })],
 * });
 * for await (const { t, metrics } of loop) console.log(t, metrics.precision, metrics.recall);
 */
export function sampleMetrics(options: SampleMetricsOptions): { readonly sampleMetrics: Metric } {
  const where = 'sampleMetrics';
  const given = resolve(where, options, sampleMetricsOptions);
  const { heldOut, features, count, lambda, k, convention, modes } = given;
  const compare = heldOut && new Comparison(heldOut, features, { k, convention });
  const settings = { count, lambda, compare, modes };
  return { sampleMetrics: (context) => measure(context, settings) };
}

/** How the manifolds are estimated that precision and recall compare. */
interface ManifoldOptions {
  readonly k: number;
  readonly convention: ManifoldConvention;
}

interface Settings {
  readonly count: number;
  readonly lambda: Schedule;
  readonly compare: Comparison | undefined;
  readonly modes: Modes | undefined;
}

async function measure(
  { t, sample, reference, job }: MetricContext,
  { count, lambda, compare, modes }: Settings,
): Promise<Record<string, number>> {
  if (modes !== undefined && modes.centres.cols !== reference.dim) {
    const requirement = `have as many columns as the data, ${reference.dim}`;
    throw mustError('sampleMetrics', 'modes.centres', requirement, String(modes.centres.cols));
  }
  const generated = await sample(count, entryOf(lambda, t));
  const { covariance, dim } = await moments(generated, job);
  let variance = 0;
  for (let i = 0; i < dim; i += 1) variance += covariance[i * dim + i]!;
  return {
    ...(compare && (await compare.measure(generated, job))),
    variance,
    ...(modes && (await modeMetrics(generated, modes, { where: 'sampleMetrics', ...job }))),
  };
}

/** Compares samples with the held-out ones, in the space of features. */
class Comparison {
  readonly #heldOut: Matrix;
  readonly #features: Features | undefined;
  readonly #manifold: ManifoldOptions;
  #heldOutFeatures: Promise<Matrix> | undefined;

  constructor(heldOut: Matrix, features: Features | undefined, manifold: ManifoldOptions) {
    this.#heldOut = heldOut;
    this.#features = features;
    this.#manifold = manifold;
  }

  async measure(generated: Matrix, job: Job): Promise<Record<string, number>> {
    const real = await this.#realFeatures(job);
    const fake = await this.#featuresOf(generated, job);
    const { distance } = await frechetDistance(fake, real, job);
    const { precision, recall, density, coverage } = await precisionRecall(real, fake, {
      ...this.#manifold,
      ...job,
    });
    return { frechetDistance: distance, precision, recall, density, coverage };
  }

  /** The held-out samples' features: one call for all generations and loops, whichever of these is aborted. */
  #realFeatures({ threads }: Job): Promise<Matrix> {
    this.#heldOutFeatures ??= checkFinite('sampleMetrics', 'heldOut', this.#heldOut).then(() =>
      this.#featuresOf(this.#heldOut, { threads }),
    );
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
