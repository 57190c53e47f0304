// The models that `madloop loop --data` knows: those of the core by name, others by their command.

import { checkChoice } from '../../base/check.js';
import { MadloopError } from '../../base/errors.js';
import { Option, oneOf, type ValuesOf } from '../../base/options.js';
import { type ModelName, modelNames, namedModel, namedModelOptions } from '../../loops/named-models.js';
import type { GenerativeModel } from '../../models/generative-model.js';
import { commandOption } from '../../models/process-model/command.js';
import { outsideModel, type processOptions, type processSettings } from './process-options.js';

export interface ChosenModel {
  readonly model?: ModelName | undefined;
  readonly process?: readonly string[] | undefined;
}

const named = new Option({
  ...oneOf(modelNames).facts,
  check(where, argument, value) {
    try {
      return checkChoice(where, argument, value, modelNames);
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
  ...namedModelOptions("with the option 'process'"),
};

/** The model that the parameters choose; `nameOfProcess` is what messages call one of the user's. */
export function modelOf(
  parameters: ValuesOf<typeof modelOptions & typeof processOptions & typeof processSettings>,
  nameOfProcess: string,
): GenerativeModel {
  const { process } = parameters;
  return process === undefined ? namedModel(parameters) : outsideModel(nameOfProcess, process, parameters);
}
