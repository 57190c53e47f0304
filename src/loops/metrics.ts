import type { Gaussian, Matrix } from '../base/shapes.js';
import { frechetDistance } from '../metrics/frechet.js';
import type { FittedModel, StepOptions } from '../models/generative-model.js';

/** What a metric may look at: one generation's model and the real distribution. */
export interface MetricContext<Fitted extends FittedModel = FittedModel> {
  /** The generation, from 1. */
  readonly t: number;
  readonly model: Fitted;
  /** Moments of the real distribution: the reference's own, or those of its held-out rows. */
  readonly reference: Gaussian;
  /**
   * The model's own moments; where it has none, those of `metricSamples` of its samples, unbiased (lambda 1),
   * drawn once per generation when first asked for.
   */
  moments(): Promise<Gaussian>;
  /** Draws samples from the model, unbiased unless `lambda` is given. */
  sample(count: number, lambda?: number): Promise<Matrix>;
  /** Threads and signal to pass on to heavy calls. */
  readonly job: Omit<StepOptions, 'seed'>;
}

/** What a metric finds: a number, reported under the metric's name, or several under names of their own. */
export type MetricValue = number | Readonly<Record<string, number>>;

/** Measures each generation's model. */
export type Metric<Fitted extends FittedModel = FittedModel> = (
  context: MetricContext<Fitted>,
) => MetricValue | Promise<MetricValue>;

/** The metrics that have a name of their own. */
export type MetricName = 'distance' | 'meanNormSquared' | 'trace';

export const metricsByName: Readonly<Record<MetricName, Metric>> = { distance, meanNormSquared, trace };

/** Squared Wasserstein-2 distance between the Gaussians that have the model's and the real moments. */
async function distance({ moments, reference, job }: MetricContext): Promise<number> {
  return (await frechetDistance(await moments(), reference, job)).distance;
}

/** Squared distance of the model's mean from the real mean. */
async function meanNormSquared({ moments, reference }: MetricContext): Promise<number> {
  const { mean } = await moments();
  return mean.reduce((sum, element, i) => sum + (element - reference.mean[i]!) ** 2, 0);
}

/** Trace of the model's covariance. */
async function trace({ moments }: MetricContext): Promise<number> {
  const { covariance, dim } = await moments();
  let sum = 0;
  for (let i = 0; i < dim; i += 1) sum += covariance[i * dim + i]!;
  return sum;
}
