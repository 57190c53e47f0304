// The models that `madloop loop --data` knows by name.

import { checkChoice, invalid } from '../../base/check.js';
import type { CovarianceForm } from '../../distributions/mixture.js';
import { bootstrap } from '../../models/bootstrap.js';
import { gaussian } from '../../models/gaussian.js';
import { gaussianMixture } from '../../models/gaussian-mixture.js';
import type { GenerativeModel } from '../../models/generative-model.js';
import { type Bandwidth, kernelDensity } from '../../models/kernel-density.js';

/** Parameters that choose a model; each but the first belongs to one. */
export const modelParameterNames = ['model', 'components', 'covariance', 'bandwidth', 'divisor'] as const;

type ModelParameters = { [key in (typeof modelParameterNames)[number]]?: unknown };

const models = {
  gaussian: {
    divisor: 'unbiased',
    make: ({ divisor }: ModelParameters) => gaussian({ divisor: divisor as 'unbiased' }),
  },
  gmm: {
    components: undefined, // must be given
    covariance: 'full',
    make: ({ components, covariance }: ModelParameters) =>
      gaussianMixture({ components: components as number, covariance: covariance as CovarianceForm }),
  },
  kde: {
    bandwidth: 'scott',
    make: ({ bandwidth }: ModelParameters) => kernelDensity({ bandwidth: bandwidth as Bandwidth }),
  },
  bootstrap: { make: () => bootstrap() },
} as const;

/**
 * The model that the parameters choose, its own parameters with their defaults, and the other parameters. One that belongs to
 * another model is ERR_INVALID_INPUT: it would have no effect.
 */
export function chooseModel<Others extends object>(
  where: string,
  { model: name, components, covariance, bandwidth, divisor, ...rest }: ModelParameters & Others,
): {
  model: GenerativeModel;
  parameters: Readonly<Record<string, unknown>>;
  rest: Omit<Others, keyof ModelParameters>;
} {
  const model = checkChoice(
    where,
    'model',
    name === undefined ? 'gaussian' : name,
    Object.keys(models) as (keyof typeof models)[],
  );
  const { make, ...defaults } = models[model];
  const own: Record<string, unknown> = { ...defaults };
  for (const [parameter, value] of Object.entries({ components, covariance, bandwidth, divisor })) {
    if (value === undefined) continue;
    if (!(parameter in own)) throw invalid(where, parameter, `be left out with model '${model}'`, value);
    own[parameter] = value;
  }
  return { model: make(own), parameters: { model, ...own }, rest };
}
