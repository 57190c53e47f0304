// From a study of loops, as users write it, to the list of its cells.

import { invalid } from '../../base/check.js';
import { type LambdaRange, lambdaRangeOption } from '../../base/lambda.js';
import {
  checked,
  integer,
  type Option,
  resolve,
  seed,
  type TableOf,
  text,
  type ValuesOf,
} from '../../base/options.js';
import { scheduleInFile } from '../../base/schedule.js';
import type { Seed } from '../../base/seed.js';
import { arrayNameOption } from '../../features/matrix-file.js';
import { type DataMetric, metricsOption } from '../../loops/named-metrics.js';
import { type ReferenceInFile, referenceInFileOption } from '../../loops/named-reference.js';
import { commandOption } from '../../models/process-model/command.js';
import { type ProcessTimeLimits, processModelOptions } from '../../models/process-model/process-model.js';
import { type AxisForm, axisValues } from './axis-values.js';
import { cellsOfGrid, cellsOfList } from './cells-of-axes.js';
import { DataFiles } from './data-files.js';
import { type DeclaredEnvironment, environmentOf, environmentOption } from './environment.js';
import {
  axisFacts,
  countAxes,
  type LoopAxis,
  loopAxes,
  loopParameters,
  type OutsideModel,
} from './loop-cell.js';
import type { LoopAxisValue, LoopParameters, LoopPlace } from './loop-study-document.js';
import { cellsOption, kindOption, nameOption, titleOption } from './study-options.js';

/**
 * Values of an axis of a study of loops: one, or a list of several: numbers, words, and schedules, `{ schedule: [10, 20, 40] }`. Text is
 * words or numbers with commas between them, and ranges, as in AxisValues.
 */
export type LoopAxisValues = LoopAxisValue | readonly LoopAxisValue[];

/**
 * A study of loops: a grid over every option of the loop that has several values, or a list of cells. Each cell is run `replicates`
 * times with the seed of the study: as `simulateGaussianLoop` runs it, or with a `model` as `replicatedAutophagousLoop` does.
 */
export interface LoopStudyDefinition extends Readonly<Partial<Record<LoopAxis, LoopAxisValues | undefined>>> {
  readonly kind: 'loop';
  /** Names the store and files of results. Default 'study'. */
  readonly name?: string | undefined;
  /** What figures and reports are called. Default: the name. */
  readonly title?: string | undefined;
  /** Independent runs of every cell. Default 10. */
  readonly replicates?: number | undefined;
  /** Decides every random number. Default 0. */
  readonly seed?: Seed | undefined;
  /** The real distribution. Default N(0, I). */
  readonly reference?: ReferenceInFile | undefined;
  /** The array of an .npz file that holds the data. Default: its only matrix. */
  readonly dataArray?: string | undefined;
  /** With `model`: what to measure of each generation. Default: distance, meanNormSquared and trace. */
  readonly metrics?: readonly DataMetric[] | undefined;
  /** With `model`: rows are images of this height and width, "28x28", of which reports show some. */
  readonly image?: string | undefined;
  /** Of model 'process': the program that fits and samples, and its arguments, in words as a shell has them, or a list. */
  readonly process?: string | readonly string[] | undefined;
  /** What the results of `process` follow from: it is looked at when a study begins and when it goes on. */
  readonly environment?: DeclaredEnvironment | undefined;
  /** The lambdas that `process` can sample with. Default [0, 1]. */
  readonly lambdaRange?: LambdaRange | undefined;
  /** Seconds that a step of `process` may take. No result depends on them. */
  readonly timeLimits?: ProcessTimeLimits | undefined;
  /** A list instead of a grid; what a cell leaves out is what stands above, which is then a single value each. */
  readonly cells?: readonly Readonly<Partial<Record<LoopAxis, LoopAxisValue>>>[] | undefined;
}

/** Each cell checks its values in earnest, together. */
function axisOption(axis: LoopAxis): Option<LoopAxisValue[] | undefined> {
  const { choices, schedule = false, meaning, defaultInWords, allowed } = axisFacts[axis].facts;
  const isWord = choices !== undefined;
  const isBoolean = axis === 'replace';
  const kinds = isWord ? 'words' : isBoolean ? 'true, false' : axis === 'data' ? 'text' : 'numbers';
  const requirement = `be ${kinds}${schedule ? ', { schedule: [...] }' : ''}${kinds === 'numbers' ? ' or ranges' : ' or a list of such'}`;
  const form: AxisForm<LoopAxisValue> = {
    whole: countAxes.has(axis),
    text: isWord || isBoolean ? 'words' : axis === 'data' ? 'one' : 'numbers',
    check(where, value) {
      if (isBoolean && (value === 'true' || value === 'false')) return value === 'true';
      if (isBoolean ? typeof value === 'boolean' : typeof value === 'string') return value as LoopAxisValue;
      if (typeof value === 'number' && kinds === 'numbers') return value;
      const list = schedule ? scheduleInFile(value) : undefined;
      if (list === undefined || list.length === 0 || !list.every((entry) => typeof entry === 'number'))
        throw invalid(where, axis, requirement, value);
      return { schedule: list as readonly number[] };
    },
  };
  const values = isWord ? allowed : `values of an axis${schedule ? ', schedules among them' : ''}`;
  return checked(values, (where, _, value) => axisValues(where, axis, value, form))
    .optional(defaultInWords)
    .doc(meaning)
    .flag('<values>');
}

const axisOptions = Object.fromEntries(loopAxes.map((axis) => [axis, axisOption(axis)])) as Record<
  LoopAxis,
  Option<LoopAxisValue[] | undefined>
>;

export const loopStudyOptions = {
  kind: kindOption('loop'),
  name: nameOption,
  title: titleOption,
  // So many that no list of places in a store is longer than can be counted.
  replicates: integer(1, 1_000_000).or(10).doc('independent runs of every cell'),
  seed: seed(),
  ...axisOptions,
  reference: referenceInFileOption,
  dataArray: arrayNameOption('its only matrix').doc('the array of an .npz file that holds the data'),
  metrics: metricsOption,
  image: text('be HEIGHTxWIDTH')
    .optional()
    .doc('rows are images of this height and width, of which reports show some')
    .flag('<HxW>'),
  process: commandOption.doc(
    "of model 'process': the program that fits and samples, and its arguments, in words as a shell has them",
  ),
  environment: environmentOption,
  lambdaRange: lambdaRangeOption.doc("of model 'process': the lambdas that it can sample with"),
  timeLimits: processModelOptions.timeLimits,
  cells: cellsOption<LoopAxis, LoopAxisValue>(loopAxes),
} satisfies TableOf<LoopStudyDefinition>;

/** A definition checked and written out. */
export interface LoopStudyPlan {
  readonly kind: 'loop';
  readonly name: string;
  readonly title: string;
  readonly replicates: number;
  readonly seed: bigint;
  /** Of model 'process'. */
  readonly process?: OutsideModel;
  readonly timeLimits: ProcessTimeLimits;
  readonly axes: readonly { readonly axis: string; readonly values: readonly LoopAxisValue[] }[];
  readonly fixed: LoopParameters;
  readonly cells: readonly PlannedLoop[];
}

export interface PlannedLoop {
  readonly parameters: LoopParameters;
  readonly at: LoopPlace;
}

/** Reads the files that the cells name into `files`. Rejects with ERR_INVALID_INPUT, ERR_FILE, ERR_OUT_OF_MEMORY. */
export async function resolveLoopStudy(
  where: string,
  definition: unknown,
  files = new DataFiles(where),
): Promise<LoopStudyPlan> {
  const place = { where, argument: 'definition' };
  const given = resolve(place, definition, loopStudyOptions);
  const { kind, name, title, replicates, seed, cells: list, reference, dataArray, metrics } = given;
  const process = await outsideModel(where, given);
  const values = new Map<LoopAxis, readonly LoopAxisValue[]>();
  for (const axis of loopAxes) {
    const several = given[axis];
    if (several !== undefined) values.set(axis, several);
  }
  const paths = [...(given.data ?? []), ...(list ?? []).flatMap(({ data }) => data ?? [])];
  const known = await files.read(
    paths.filter((path) => typeof path === 'string'),
    dataArray,
  );
  const common = {
    ...(reference && { reference }),
    ...(dataArray !== undefined && { dataArray }),
    ...(metrics && { metrics }),
    ...(given.image !== undefined && { image: given.image }),
    ...(process && { process }),
  };
  const severalModels =
    new Set([...(given.model ?? []), ...(list ?? []).flatMap(({ model }) => model ?? [])]).size > 1;
  const parametersAt = (at: Readonly<Partial<Record<LoopAxis, LoopAxisValue>>>): LoopParameters =>
    loopParameters(where, at, { ...common, severalModels }, known);
  const { axes, fixed, cells } =
    list === undefined
      ? cellsOfGrid(where, values, parametersAt)
      : cellsOfList(where, list, values, parametersAt);
  if (process !== undefined && cells.every(({ parameters }) => parameters.process === undefined))
    throw invalid(where, 'process', "be left out unless model is 'process'", given.process);
  return {
    ...{ kind, name, title, replicates, seed, axes, timeLimits: given.timeLimits },
    ...(process && { process }),
    fixed: { ...fixed, ...common },
    cells: cells as readonly PlannedLoop[],
  };
}

/** The model in another process that a definition names, with what its environment is now. */
async function outsideModel(
  where: string,
  { process, environment, lambdaRange }: ValuesOf<typeof loopStudyOptions>,
): Promise<OutsideModel | undefined> {
  if (process === undefined) {
    if (environment !== undefined)
      throw invalid(where, 'environment', "be left out without the option 'process'", environment);
    return undefined;
  }
  return { command: process, environment: await environmentOf(where, process, environment ?? {}), lambdaRange };
}
