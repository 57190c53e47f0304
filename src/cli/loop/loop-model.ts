// The models that `madloop loop --data` knows by name.

import { divisorOption } from '../../base/divisor.js';
import { oneOf, type ValuesOf } from '../../base/options.js';
import { bootstrap } from '../../models/bootstrap.js';
import { gaussian } from '../../models/gaussian.js';
import { gaussianMixture, gaussianMixtureOptions } from '../../models/gaussian-mixture.js';
import type { GenerativeModel } from '../../models/generative-model.js';
import { kernelDensity, kernelDensityOptions } from '../../models/kernel-density.js';

const models = ['gaussian', 'gmm', 'kde', 'bootstrap'] as const;

export interface ChosenModel {
  readonly model: (typeof models)[number];
}

// A parameter that belongs to another model would have no effect.
const isModel =
  (name: ChosenModel['model']) =>
  ({ model }: ChosenModel): boolean =>
    model === name;
const withModel = ({ model }: ChosenModel): string => `with model '${model}'`;

const { components, covariance } = gaussianMixtureOptions;

/** Parameters that choose a model; each but the first belongs to one. */
export const modelOptions = {
  model: oneOf(models).or('gaussian').doc('what is trained in each generation').flag('<model>'),
  components: components.only(isModel('gmm'), withModel).doc('components of the gmm'),
  covariance: covariance.only(isModel('gmm'), withModel).doc("form of the covariances of the gmm's components"),
  bandwidth: kernelDensityOptions.bandwidth
    .only(isModel('kde'), withModel)
    .doc('bandwidth of the kde: scott, silverman, or a number in units of the data'),
  divisor: divisorOption.only(isModel('gaussian'), withModel),
};

/** The model that the parameters choose. */
export function modelOf(parameters: ValuesOf<typeof modelOptions>): GenerativeModel {
  const { model, components = 1, covariance, bandwidth, divisor = 'unbiased' } = parameters;
  if (model === 'gmm') return gaussianMixture({ components, covariance });
  if (model === 'kde') return kernelDensity({ bandwidth });
  return model === 'bootstrap' ? bootstrap() : gaussian({ divisor });
}
