// The options of a model's own fit and sample methods, which people also call without a loop.

import { invalid, mustError, readable } from '../base/check.js';
import { type LambdaRange, lambdaOption, unitRange } from '../base/lambda.js';
import { checked, integer, numbers, resolve, seed, type TableOf } from '../base/options.js';
import type { Seed } from '../base/seed.js';
import type { Matrix } from '../base/shapes.js';
import { type JobOptions, jobOptions } from '../engine/job.js';
import type { FitOptions, FittedModel, RowBlock, SampleOptions } from './generative-model.js';
import { checkBlocks, isReal, rowsOf } from './row-blocks.js';

/** Options of `fit`, all of which a model of this package can do without. */
export interface ModelFitOptions extends JobOptions {
  /** Decides every random choice of the fit. Default 0. */
  readonly seed?: Seed | undefined;
  /** The model of the generation before. */
  readonly previous?: FittedModel | undefined;
  /** How many of the rows are real: the first ones, unless `blocks` says which. */
  readonly realCount?: number | undefined;
  /** Where the rows come from, in their order. */
  readonly blocks?: readonly RowBlock[] | undefined;
  /** A weight for each row, not negative and not all 0; their scale does not matter. Default: all alike. */
  readonly weights?: Float64Array | readonly number[] | undefined;
}

/** Options of `sample`. */
export interface ModelSampleOptions extends JobOptions {
  /** Sampling bias, 0 to 1 unless the model's `lambdaRange` says otherwise. Default 1: none. */
  readonly lambda?: number | undefined;
  /** Decides every random number. Default 0. */
  readonly seed?: Seed | undefined;
}

const modelFitOptions = {
  seed: seed().doc('decides every random choice of the fit'),
  previous: checked('model', (_, __, value) => value as FittedModel)
    .optional()
    .doc('the model of the generation before'),
  blocks: checked('list of `{ rows, real, generation }`', checkBlocks)
    .optional()
    .doc('where the rows come from, in their order'),
  realCount: integer(0)
    .optional('that of `blocks`')
    .and((where, argument, realCount, { rows, blocks }: TrainingRows & Pick<ModelFitOptions, 'blocks'>) => {
      const found = blocks && rowsOf(blocks, isReal);
      if (found !== undefined && realCount !== found)
        throw mustError(where, argument, `be that of blocks, ${found}`, String(realCount));
      if (rows !== undefined && realCount > rows)
        throw mustError(where, argument, `be at most ${rows}, all rows`, String(realCount));
    })
    .doc('how many of the rows are real: the first ones, unless `blocks` says which'),
  weights: numbers().optional('all alike').and(checkWeights).doc('a weight for each row'),
  ...jobOptions,
} satisfies TableOf<ModelFitOptions>;

const modelSampleOptions = {
  lambda: lambdaOption(({ lambdaRange }: { readonly lambdaRange: LambdaRange }) => lambdaRange),
  seed: seed(),
  ...jobOptions,
} satisfies TableOf<ModelSampleOptions>;

/** How many rows the training set has, as far as it is one. */
interface TrainingRows {
  readonly rows: number | undefined;
}

/** What a fit is told, checked; `job` is for what it calls. */
interface ResolvedFitOptions extends Pick<FitOptions, 'previous' | 'realCount' | 'blocks' | 'weights'> {
  readonly seed: bigint;
  readonly job: JobOptions;
}

/** Reads the options of a model's fit to `data`, which need not be checked yet. */
export function checkFitOptions(where: string, options: unknown, data: Matrix): ResolvedFitOptions {
  const place = { where, argument: 'options of fit' };
  const rows: unknown = readable(
    where,
    'training set',
    () => (data as Partial<Matrix> | null | undefined)?.rows,
  );
  const context = { rows: typeof rows === 'number' ? rows : undefined };
  const { seed, previous, blocks, realCount, weights, ...job } = resolve(
    place,
    options,
    modelFitOptions,
    context,
  );
  return { seed, previous, ...origins(blocks, realCount, context), ...(weights && { weights }), job };
}

function checkWeights(where: string, argument: string, weights: Float64Array, { rows }: TrainingRows): void {
  if (rows !== undefined && weights.length !== rows)
    throw mustError(where, argument, `have one for each of ${rows} rows`, String(weights.length));
  const wrong = weights.findIndex((weight) => !(weight >= 0 && weight < Number.POSITIVE_INFINITY));
  if (wrong >= 0)
    throw invalid(where, `${argument}[${wrong}]`, 'be a finite number of at least 0', weights[wrong]);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  if (!(sum > 0 && sum < Number.POSITIVE_INFINITY))
    throw mustError(where, argument, 'have a finite sum above 0', String(sum));
}

/** The blocks and how many of their rows are real, where one of the two is known. */
function origins(
  blocks: readonly RowBlock[] | undefined,
  realCount: number | undefined,
  { rows }: TrainingRows,
): Pick<FitOptions, 'realCount' | 'blocks'> {
  if (blocks !== undefined) return { realCount: rowsOf(blocks, isReal), blocks };
  if (realCount === undefined || rows === undefined) return {};
  const all = [
    { rows: realCount, real: true },
    { rows: rows - realCount, real: false },
  ];
  return { realCount, blocks: all.filter(({ rows: some }) => some > 0) };
}

/** Reads the options of a model's sample; `job` is for what it calls. */
export function checkSampleOptions(
  where: string,
  options: unknown,
  lambdaRange = unitRange,
): { lambda: number; seed: bigint; job: JobOptions } {
  const place = { where, argument: 'options of sample' };
  const { lambda, seed, ...job } = resolve(place, options, modelSampleOptions, { lambdaRange });
  return { lambda, seed, job };
}

/** The same options as a loop gives them to the code behind a model. */
export function resolveFitOptions(where: string, options: unknown, data: Matrix): FitOptions {
  const { job, ...told } = checkFitOptions(where, options, data);
  return { ...told, threads: job.threads, signal: job.signal };
}

/** The same for `sample`. */
export function resolveSampleOptions(where: string, options: unknown, lambdaRange: LambdaRange): SampleOptions {
  const { lambda, seed, job } = checkSampleOptions(where, options, lambdaRange);
  return { lambda, seed, threads: job.threads, signal: job.signal };
}
