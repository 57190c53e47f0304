// A cell of a study whose loop draws samples, for any of the models that have a name: the parameters of `autophagousLoop`.

import { checkProduct, mustError } from '../../base/check.js';
import { type LambdaRange, lambdaOption, unitRange } from '../../base/lambda.js';
import { boolean, integer, oneOf, type ValuesOf } from '../../base/options.js';
import { scheduled } from '../../base/schedule.js';
import { loopOptions, variantOption } from '../../gaussian-loop/parameters.js';
import { heldOutOption } from '../../loops/held-out.js';
import { autophagousLoopOptions } from '../../loops/loop-options.js';
import { curationOptions, modelNames, namedModelOptions } from '../../loops/named-models.js';
import { sampleMetricsOptions } from '../../loops/sample-metrics.js';

/** What is known of a cell before its parameters are resolved: where its real samples come from, and what its model can. */
export interface KnownOfCell {
  /** Of a data set: its rows. */
  readonly rows?: number | undefined;
  /** Of a model in another process: the lambdas that it can sample with. */
  readonly lambdaRange?: LambdaRange | undefined;
  /** The columns of the data, or the dimension of the reference; undefined where `dim` says it. */
  readonly cols?: number | undefined;
}

const hasData = ({ rows }: KnownOfCell): boolean => rows !== undefined;
const withoutData = "without the option 'data'";

export const sampledCellOptions = {
  model: oneOf([...modelNames, 'process'])
    .doc('what is trained in each generation')
    .flag('<model>'),
  ...namedModelOptions("without the option 'model'"),
  ...curationOptions,
  realWeight: curationOptions.realWeight.only(
    ({ model }: { readonly model: string }) => model !== 'process',
    "with model 'process'",
  ),
  heldOut: heldOutOption.only(hasData, withoutData),
  replace: boolean()
    .or(false)
    .only(hasData, withoutData)
    .doc('draw rows independently, so that no loop runs out of them'),
  dim: integer(1)
    .or(({ cols }: KnownOfCell) => cols)
    .and((where, argument, dim, { cols }: KnownOfCell) => {
      if (cols !== undefined && dim !== cols)
        throw mustError(where, argument, `be ${cols}, as in the data or the reference`, String(dim));
      checkProduct(where, 'dim x dim', dim, dim);
    }),
  variant: variantOption.or('fresh-data'),
  ...loopOptions,
  lambda: scheduled(lambdaOption(({ lambdaRange = unitRange }: KnownOfCell) => lambdaRange)),
  generations: integer(1).or(20),
  metricSamples: autophagousLoopOptions.metricSamples,
  k: sampleMetricsOptions.k,
};

export type SampledCell = ValuesOf<typeof sampledCellOptions>;
