// Sampling bias.

import { checkNumber, invalid, isArray } from './check.js';
import { checked, number, Option } from './options.js';

/** The least and the largest lambda that a model can sample with. */
export type LambdaRange = readonly [least: number, most: number];

/** That of most models: from the mode to no bias. */
export const unitRange: LambdaRange = [0, 1];

/** The sampling bias, within 0 to 1 or the range that follows from the other options. */
export function lambdaOption<Context = unknown>(
  rangeOf: (context: Context) => LambdaRange = () => unitRange,
): Option<number, Context> {
  return new Option<number, Context>({
    ...number(...unitRange).facts,
    check(where, argument, value, context) {
      const [least, most] = rangeOf(context);
      return checkNumber(where, argument, value, least, most);
    },
  })
    .or(1)
    .doc('sampling bias, 1 for none');
}

/** The range that a model says it has. */
export const lambdaRangeOption = checked('two numbers, `[least, most]`, around 1', checkLambdaRange)
  .or(unitRange, '[0, 1]')
  .doc('the lambdas that it can sample with');

/** Lambda 1 is to sample without bias, which every model can. */
export function checkLambdaRange(where: string, argument: string, value: unknown): LambdaRange {
  if (isArray(value) && value.length === 2) {
    const [least, most] = value as unknown[];
    if (typeof least === 'number' && typeof most === 'number' && least >= 0 && least <= 1 && most >= 1) {
      if (Number.isFinite(most)) return [least, most];
    }
  }
  throw invalid(where, argument, 'be [least, most] with 0 <= least <= 1 <= most, finite', value);
}
