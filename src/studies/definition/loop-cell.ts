// One cell of a study of loops: the parameters of a loop, from values as files have them.

import { invalid, mustError } from '../../base/check.js';
import type { LambdaRange } from '../../base/lambda.js';
import { type OptionTable, resolve, text } from '../../base/options.js';
import { scheduleInFile } from '../../base/schedule.js';
import { gaussianLoopOptions, variantOption } from '../../gaussian-loop/parameters.js';
import { sampleCounts, totalOptions } from '../../gaussian-loop/sample-counts.js';
import type { DataMetric } from '../../loops/named-metrics.js';
import { modelOfOption } from '../../loops/named-models.js';
import { type ReferenceInFile, referenceInFile } from '../../loops/named-reference.js';
import { imageOption } from '../../loops/shown-samples.js';
import type { KnownFiles } from './data-files.js';
import type { Environment } from './environment.js';
import type { LoopAxisValue, LoopParameters } from './loop-study-document.js';
import { sampledCellOptions } from './sampled-cell.js';

const { seed, replicates, series, reference, threads, signal, onProgress, ...own } = gaussianLoopOptions;

/** The options of a cell without a model of its name: a Gaussian one, on sufficient statistics, by `simulateGaussianLoop`. */
const gaussianCellOptions = {
  ...own,
  variant: variantOption.or('fresh-data'),
  generations: own.generations.or(20),
};

/** What the cells may differ in, in the order of a grid. */
export const loopAxes = [
  ...(['variant', 'model', 'components', 'covariance', 'bandwidth', 'realWeight'] as const),
  ...(['truePositiveRate', 'falsePositiveRate', 'keep', 'data', 'heldOut', 'replace'] as const),
  ...(['engine', 'divisor', 'dim', 'initial', 'real', 'realFixed', 'realFresh', 'synthetic'] as const),
  ...([
    'total',
    'realFraction',
    'lambda',
    'memory',
    'pool',
    'subsample',
    'generations',
    'metricSamples',
    'k',
  ] as const),
] as const;

export type LoopAxis = (typeof loopAxes)[number];

/** Those of whole numbers. */
export const countAxes: ReadonlySet<string> = new Set<LoopAxis>([
  ...(['components', 'heldOut', 'dim', 'initial', 'real', 'realFixed', 'realFresh', 'synthetic'] as const),
  ...(['total', 'memory', 'subsample', 'generations', 'metricSamples', 'k'] as const),
]);

/** Every axis as the option that it is. */
export const axisFacts: Readonly<Record<LoopAxis, OptionTable[string]>> = {
  ...sampledCellOptions,
  ...gaussianCellOptions,
  ...totalOptions,
  model: sampledCellOptions.model.optional('none: a Gaussian, without samples'),
  data: text('be the path of a .npy file')
    .optional('none')
    .doc('real samples are rows of this file, without it of the reference'),
};

/** What all cells of a study have in common and no axis says. */
export interface CommonOfLoops {
  readonly reference?: ReferenceInFile | undefined;
  readonly metrics?: readonly DataMetric[] | undefined;
  readonly dataArray?: string | undefined;
  readonly image?: string | undefined;
  /** Whether the cells have different models: an option that belongs to one of them is then not for the others. */
  readonly severalModels?: boolean | undefined;
  /** Of cells with model 'process'. */
  readonly process?: OutsideModel | undefined;
}

/** A model in another process. */
export interface OutsideModel {
  readonly command: readonly string[];
  readonly environment: Environment;
  readonly lambdaRange: LambdaRange;
}

type Place = Readonly<Partial<Record<LoopAxis, LoopAxisValue>>>;

/** The parameters of the cell with these values, every default filled in. Throws ERR_INVALID_INPUT. */
export function loopParameters(
  where: string,
  at: Place,
  common: CommonOfLoops,
  files: KnownFiles,
): LoopParameters {
  const { total, realFraction, ...given } = at;
  const counts = total === undefined && realFraction === undefined ? {} : sampleCounts(where, at);
  const loop = asGiven({ ...given, ...counts });
  return asInFiles(
    at.model === undefined
      ? gaussianParameters(where, loop, common)
      : sampledParameters(where, loop, common, files),
  );
}

function gaussianParameters(
  where: string,
  loop: LoopParameters,
  { reference, metrics, dataArray, image }: CommonOfLoops,
): LoopParameters {
  refuse(where, { ...loop, metrics, dataArray, image }, gaussianCellOptions, "without the option 'model'");
  if (reference !== undefined && 'means' in reference)
    throw invalid(where, 'reference', "be { mean, covariance } without the option 'model'", reference);
  const dim = reference && { dim: referenceInFile(where, reference).dim };
  const values = resolve(where, { ...dim, ...loop }, gaussianCellOptions, { reference: undefined });
  if (dim !== undefined && values.dim !== dim.dim)
    throw invalid(where, 'dim', `be ${dim.dim}, as in the reference`, values.dim);
  return { ...values, ...(reference && { reference }) };
}

function sampledParameters(
  where: string,
  { data, ...loop }: LoopParameters,
  { reference, metrics, dataArray, image, process, severalModels = false }: CommonOfLoops,
  files: KnownFiles,
): LoopParameters {
  refuse(where, loop, sampledCellOptions, "with the option 'model'");
  const isOutside = loop.model === 'process';
  if (isOutside && process === undefined)
    throw invalid(where, 'process', "be given with model 'process'", process);
  if (data !== undefined && reference !== undefined)
    throw invalid(where, 'reference', "be left out with the option 'data'", reference);
  const file = data === undefined ? undefined : files.get(data as string)!;
  const known = {
    ...(isOutside && { lambdaRange: process!.lambdaRange }),
    rows: file?.matrix.rows,
    cols: file?.matrix.cols ?? (reference && referenceInFile(where, reference).dim),
  };
  const values = resolve(where, severalModels ? ownOptions(loop) : loop, sampledCellOptions, known);
  const { truePositiveRate, falsePositiveRate } = values;
  if ((truePositiveRate === undefined) !== (falsePositiveRate === undefined)) {
    const [given, other] =
      truePositiveRate === undefined
        ? ['falsePositiveRate', 'truePositiveRate']
        : ['truePositiveRate', 'falsePositiveRate'];
    throw mustError(where, other!, `be given with ${given}`, 'undefined');
  }
  return {
    ...(file && { data, ...(dataArray && { dataArray }), dataSha256: file.sha256 }),
    ...(reference && { reference }),
    ...values,
    ...(metrics && { metrics }),
    ...(image !== undefined && { image: imageOption.resolve(where, 'image', image, { cols: values.dim }) }),
    ...(isOutside && { process }),
  };
}

/** Without the options that belong to other models. */
function ownOptions(loop: LoopParameters): LoopParameters {
  const own = Object.entries(loop).filter(([name]) => (modelOfOption[name] ?? loop.model) === loop.model);
  return Object.fromEntries(own);
}

/** A parameter that has no effect is refused. */
function refuse(where: string, given: LoopParameters, table: object, when: string): void {
  const foreign = Object.entries(given).find(([name, value]) => value !== undefined && !(name in table));
  if (foreign !== undefined) throw invalid(where, foreign[0], `be left out ${when}`, foreign[1]);
}

/** Parameters as functions take them: a list for the generations in the place of `{ schedule: [...] }`. */
export function asGiven(parameters: LoopParameters): LoopParameters {
  const read = Object.entries(parameters).map(([name, value]) => [name, scheduleInFile(value) ?? value]);
  return Object.fromEntries(read);
}

/** The other way round. */
function asInFiles(values: LoopParameters): LoopParameters {
  const written = Object.entries(values).map(([name, value]) => {
    const isSchedule = Array.isArray(value) && (axisFacts as OptionTable)[name]?.facts.schedule;
    return [name, isSchedule ? { schedule: value } : value];
  });
  return Object.fromEntries(written);
}
