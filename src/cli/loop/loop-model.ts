// The models that `madloop loop --data` knows: those of the core by name, others by their command.

import { checkChoice } from '../../base/check.js';
import { divisorOption } from '../../base/divisor.js';
import { MadloopError } from '../../base/errors.js';
import { Option, oneOf, type ValuesOf } from '../../base/options.js';
import { bootstrap } from '../../models/bootstrap.js';
import { gaussian } from '../../models/gaussian.js';
import { gaussianMixture, gaussianMixtureOptions } from '../../models/gaussian-mixture.js';
import type { GenerativeModel } from '../../models/generative-model.js';
import { kernelDensity, kernelDensityOptions } from '../../models/kernel-density.js';
import { commandOption, outsideModel, type processOptions, type processSettings } from './process-options.js';

const models = ['gaussian', 'gmm', 'kde', 'bootstrap'] as const;

export interface ChosenModel {
  readonly model?: (typeof models)[number] | undefined;
  readonly process?: readonly string[] | undefined;
}

// A parameter that belongs to another model would have no effect.
const isModel =
  (name: ChosenModel['model']) =>
  ({ model }: ChosenModel): boolean =>
    model === name;
const withModel = ({ model }: ChosenModel): string =>
  model === undefined ? "with the option 'process'" : `with model '${model}'`;

const { components, covariance } = gaussianMixtureOptions;

const named = new Option({
  ...oneOf(models).facts,
  check(where, argument, value) {
    try {
      return checkChoice(where, argument, value, models);
    } catch (error) {
      const { message } = error as MadloopError;
      throw new MadloopError('ERR_INVALID_INPUT', `${message}; a model of your own: the option 'process'`, {
        cause: error,
      });
    }
  },
});

/** Parameters that choose a model; each but the first two belongs to one. */
export const modelOptions = {
  model: named
    .or('gaussian')
    .only(({ process }: ChosenModel) => process === undefined, "with the option 'process'")
    .doc('what is trained in each generation')
    .flag('<model>'),
  process: commandOption,
  components: components.only(isModel('gmm'), withModel).doc('components of the gmm'),
  covariance: covariance.only(isModel('gmm'), withModel).doc("form of the covariances of the gmm's components"),
  bandwidth: kernelDensityOptions.bandwidth
    .only(isModel('kde'), withModel)
    .doc('bandwidth of the kde: scott, silverman, or a number in units of the data'),
  divisor: divisorOption.only(isModel('gaussian'), withModel),
};

/** The model that the parameters choose; `nameOfProcess` is what messages call one of the user's. */
export function modelOf(
  parameters: ValuesOf<typeof modelOptions & typeof processOptions & typeof processSettings>,
  nameOfProcess: string,
): GenerativeModel {
  const { model, process, components = 1, covariance, bandwidth, divisor = 'unbiased' } = parameters;
  if (process !== undefined) return outsideModel(nameOfProcess, process, parameters);
  if (model === 'gmm') return gaussianMixture({ components, covariance });
  if (model === 'kde') return kernelDensity({ bandwidth });
  return model === 'bootstrap' ? bootstrap() : gaussian({ divisor });
}
