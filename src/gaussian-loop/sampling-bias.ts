// The sampling bias by the name that a model has for it: lambda, guidance or truncation.

import { invalid } from '../base/check.js';
import { lambdaOption } from '../base/lambda.js';
import { number, Option, resolve } from '../base/options.js';
import { constant } from '../base/schedule.js';
import { whyConstant } from './parameters.js';

const lambdaOfGuidance = (guidance: number): number => 1 / (1 + guidance);

type Bias = { readonly guidance?: number | undefined; readonly truncation?: number | undefined };

/** Lambda by the other name that it was given, if it was. */
function lambdaByName({ guidance, truncation }: Bias): number | undefined {
  return guidance === undefined ? truncation : lambdaOfGuidance(guidance);
}

const nameOf = ({ guidance }: Bias): string => (guidance === undefined ? 'truncation' : 'guidance');

/** In place of lambda. */
export const biasNames = {
  guidance: number(0, Number.MAX_VALUE)
    .optional()
    .doc('classifier-free guidance w, 0 for none (a guidance scale is 1 + w): lambda is 1 / (1 + w)')
    .flag('<w>'),
  truncation: number(0, 1)
    .and((where, argument, truncation, { guidance }: Bias) => {
      if (guidance !== undefined)
        throw invalid(where, argument, "be left out beside the option 'guidance'", truncation);
    })
    .optional()
    .doc('truncation factor of a GAN: lambda is the same'),
};

const { facts } = constant(lambdaOption(), whyConstant);

/** Lambda, or one of its other names. */
export const biasOptions = {
  lambda: new Option({
    ...facts,
    // Beside another name nothing else is wrong with it: a loop may have a schedule of lambda, a limit point none.
    check(where, argument, lambda, bias: Bias) {
      const named = lambdaByName(bias);
      if (named === undefined || named === lambda) return facts.check(where, argument, lambda, bias);
      throw invalid(where, argument, `be left out beside the option '${nameOf(bias)}'`, lambda);
    },
  }).or((bias: Bias) => lambdaByName(bias) ?? 1, '1'),
  ...biasNames,
};

/** What is given under one of the names stands for what a file has under another. */
export const otherBiasNames = {
  lambda: ['guidance', 'truncation'],
  guidance: ['lambda', 'truncation'],
  truncation: ['lambda', 'guidance'],
};

/** Parameters as they were given, with lambda in place of its other names. */
export function withLambda(where: string, given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { guidance, truncation, ...others } = given;
  if (guidance === undefined && truncation === undefined) return others;
  const { lambda } = resolve(where, { guidance, truncation, lambda: given.lambda }, biasOptions);
  return { ...others, lambda };
}
