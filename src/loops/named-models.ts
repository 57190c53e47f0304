// The models of the core by name, for whoever names them in text: the command line and studies.

import { type Divisor, divisorOption } from '../base/divisor.js';
import type { CovarianceForm } from '../distributions/mixture.js';
import { bootstrap } from '../models/bootstrap.js';
import { filter, filterOptions } from '../models/filter.js';
import { gaussian } from '../models/gaussian.js';
import { gaussianMixture, gaussianMixtureOptions } from '../models/gaussian-mixture.js';
import type { GenerativeModel } from '../models/generative-model.js';
import { type Bandwidth, kernelDensity, kernelDensityOptions } from '../models/kernel-density.js';
import { realWeightOption } from '../models/row-weights.js';
import { topFraction, topFractionOptions } from '../models/top-fraction.js';

export const modelNames = ['gaussian', 'gmm', 'kde', 'bootstrap'] as const;

export type ModelName = (typeof modelNames)[number];

/** `model` may be the name of one that others know. */
export interface OfModel {
  readonly model?: string | undefined;
}

// A parameter that belongs to another model would have no effect.
const ownedBy =
  (option: string) =>
  ({ model }: OfModel): boolean =>
    model === modelOfOption[option];

const { components, covariance } = gaussianMixtureOptions;

/** The model that each of the options belongs to. */
export const modelOfOption: Readonly<Record<string, ModelName>> = {
  components: 'gmm',
  covariance: 'gmm',
  bandwidth: 'kde',
  divisor: 'gaussian',
};

/** The options of models, each of which belongs to one; `withoutName` says where none is named. */
export function namedModelOptions(withoutName: string) {
  const withModel = ({ model }: OfModel): string =>
    model === undefined ? withoutName : `with model '${model}'`;
  return {
    components: components.only(ownedBy('components'), withModel).doc('components of the gmm'),
    covariance: covariance
      .only(ownedBy('covariance'), withModel)
      .doc("form of the covariances of the gmm's components"),
    bandwidth: kernelDensityOptions.bandwidth
      .only(ownedBy('bandwidth'), withModel)
      .doc('bandwidth of the kde: scott, silverman, or a number in units of the data'),
    divisor: divisorOption.only(ownedBy('divisor'), withModel),
  };
}

/** How the training rows of any of the models weigh, which it is shown, and which of its samples are kept. */
export const curationOptions = {
  realWeight: realWeightOption,
  truePositiveRate: filterOptions.truePositiveRate.optional('no filter'),
  falsePositiveRate: filterOptions.falsePositiveRate.optional('no filter'),
  keep: topFractionOptions.fraction
    .optional('all')
    .doc('share of the samples that is kept, the likeliest by the model itself'),
};

export interface NamedModel {
  readonly model?: ModelName | undefined;
  readonly components?: number | undefined;
  readonly covariance?: CovarianceForm | undefined;
  readonly bandwidth?: Bandwidth | undefined;
  readonly divisor?: Divisor | undefined;
  readonly realWeight?: number | undefined;
}

export interface Curation {
  /** Both rates or none: a detector has two. */
  readonly truePositiveRate?: number | undefined;
  readonly falsePositiveRate?: number | undefined;
  readonly keep?: number | undefined;
}

/** The model with its samples, and its training rows, selected as the options say. */
export function curatedModel(
  model: GenerativeModel,
  { keep = 1, truePositiveRate, falsePositiveRate }: Curation,
): GenerativeModel {
  const kept: GenerativeModel = keep === 1 ? model : topFraction(model, { fraction: keep });
  if (truePositiveRate === undefined || falsePositiveRate === undefined) return kept;
  return filter(kept, { truePositiveRate, falsePositiveRate });
}

/** The model of these options; Gaussian where none is named. */
export function namedModel({
  model,
  components = 1,
  covariance,
  bandwidth,
  divisor = 'unbiased',
  realWeight,
}: NamedModel): GenerativeModel {
  if (model === 'gmm') return gaussianMixture({ components, covariance, realWeight });
  if (model === 'kde') return kernelDensity({ bandwidth, realWeight });
  return model === 'bootstrap' ? bootstrap({ realWeight }) : gaussian({ divisor, realWeight });
}
