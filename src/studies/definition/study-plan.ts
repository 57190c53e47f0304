// From a study's definition, as users write it, to the list of its cells.

import { checkList, checkOptions, invalid, isArray, mustError } from '../../base/check.js';
import type { Divisor } from '../../base/divisor.js';
import { MadloopError } from '../../base/errors.js';
import { checked, resolve, type TableOf } from '../../base/options.js';
import type { Seed } from '../../base/seed.js';
import { sampleCounts } from '../../gaussian-loop/sample-counts.js';
import { checkDeterministic } from '../../limits/deterministic.js';
import { type LimitPointMethod, limitPointOptions } from '../../limits/estimate-limit-point.js';
import { type LimitPointParameters, resolveLimitPointParameters } from '../../limits/parameters.js';
import { type AxisValues, axisOptions } from './axis-values.js';
import { type StudyAxis, studyAxes } from './study-document.js';

// Every cell is held in memory, and a mistyped range should not fill it.
const mostCells = 100_000;

/**
 * A study: a grid over every axis that has several values, or a list of cells. Sample counts are `real` and `synthetic`,
 * or `total` n and `realFraction` p with n_r = round(p n) and n_s = n - n_r.
 */
export interface StudyDefinition {
  /** Names the store and files of results. Default 'study'. */
  readonly name?: string | undefined;
  /** What figures and reports are called. Default: the name. */
  readonly title?: string | undefined;
  readonly variant?: 'fresh-data' | 'synthetic-augmentation' | undefined;
  readonly divisor?: Divisor | undefined;
  /** 'deterministic': the large-d limit of every cell, without standard errors: see `limitPoint`. Default 'monte-carlo'. */
  readonly method?: LimitPointMethod | undefined;
  /** Standard error over distance that every cell reaches by Monte Carlo: 1e-6 to 0.5. Default 1e-3. */
  readonly relativeError?: number | undefined;
  /** Decides every random number. Default 0. */
  readonly seed?: Seed | undefined;
  readonly dim?: AxisValues | undefined;
  readonly real?: AxisValues | undefined;
  readonly synthetic?: AxisValues | undefined;
  readonly total?: AxisValues | undefined;
  readonly realFraction?: AxisValues | undefined;
  /** Sampling bias, 0 to 1. Default 1. */
  readonly lambda?: AxisValues | undefined;
  /** Past models that synthetic samples come from. Default 1. */
  readonly memory?: AxisValues | undefined;
  /** A list instead of a grid; what a cell leaves out is what stands above, which is then a single value each. */
  readonly cells?: readonly Readonly<Partial<Record<StudyAxis, number>>>[] | undefined;
}

const { variant, divisor, method, relativeError, seed } = limitPointOptions;

export const studyDefinitionOptions = {
  name: checked('file name without extension', checkName)
    .or('study')
    .doc('names the study and its store')
    .flag('<name>'),
  title: checked('text', checkTitle)
    .or(({ name }: { name: string }) => name, 'the name')
    .doc('for figures and reports')
    .flag('<text>'),
  variant,
  divisor,
  method,
  relativeError: relativeError.doc('standard error over distance that every cell reaches'),
  seed,
  ...axisOptions,
  cells: checked('list of 1 to 100,000 cells', checkCells)
    .optional()
    .doc('a list instead of a grid; what a cell leaves out is what stands above'),
} satisfies TableOf<StudyDefinition>;

/** A definition checked and written out. */
export interface StudyPlan {
  readonly name: string;
  readonly title: string;
  readonly method: LimitPointMethod;
  readonly relativeError: number;
  readonly seed: bigint;
  readonly axes: readonly { readonly axis: StudyAxis; readonly values: readonly number[] }[];
  readonly fixed: Readonly<Record<string, unknown>>;
  readonly cells: readonly PlannedCell[];
}

export interface PlannedCell {
  readonly parameters: LimitPointParameters;
  readonly at: Readonly<Partial<Record<StudyAxis, number>>>;
}

export function resolveStudy(where: string, definition: unknown): StudyPlan {
  const place = { where, argument: 'definition' };
  const given = resolve(place, definition, studyDefinitionOptions);
  const { name, title, cells, variant, divisor, method, relativeError, seed } = given;
  const values = new Map<StudyAxis, readonly number[]>();
  for (const axis of studyAxes) {
    const several = given[axis];
    if (several !== undefined) values.set(axis, several);
  }
  const common = { variant, divisor, method, relativeError, seed };
  const plan = cells === undefined ? grid(where, values, common) : list(where, cells, values, common);
  const fixed = { variant, divisor, ...plan.fixed };
  return { ...{ name, title, method, relativeError, seed }, ...{ axes: plan.axes, fixed, cells: plan.cells } };
}

/** What every cell takes from the definition. */
type Common = Pick<LimitPointParameters, 'variant' | 'divisor' | 'relativeError' | 'seed'> & {
  readonly method: LimitPointMethod;
};
type At = Partial<Record<StudyAxis, number>>;
type Cells = Pick<StudyPlan, 'axes' | 'fixed' | 'cells'>;

function grid(where: string, values: ReadonlyMap<StudyAxis, readonly number[]>, common: Common): Cells {
  const axes = [...values].filter(([, { length }]) => length > 1).map(([axis, values]) => ({ axis, values }));
  const fixed: At = {};
  for (const [axis, [value, ...others]] of values) if (others.length === 0) fixed[axis] = value!;
  const count = axes.reduce((product, { values }) => product * values.length, 1);
  if (count > mostCells) throw mustError(where, 'the grid', `have at most ${mostCells} cells`, String(count));
  const cells = Array.from({ length: count }, (_, index) => {
    const at: At = {};
    let rest = index;
    for (const { axis, values } of axes.toReversed()) {
      at[axis] = values[rest % values.length]!;
      rest = Math.floor(rest / values.length);
    }
    try {
      return { parameters: cellParameters(where, { ...fixed, ...at }, common), at: inOrder(at) };
    } catch (error) {
      throw axes.length === 0 ? error : inCell(where, `the cell ${JSON.stringify(inOrder(at))}`, error);
    }
  });
  return { axes, fixed, cells };
}

function list(
  where: string,
  given: readonly At[],
  values: ReadonlyMap<StudyAxis, readonly number[]>,
  common: Common,
): Cells {
  const fixed: At = {};
  for (const [axis, several] of values) {
    if (several.length > 1) {
      throw mustError(where, axis, 'be a single value beside a list of cells', `${several.length} values`);
    }
    fixed[axis] = several[0]!;
  }
  const cells = given.map((at, index) => {
    try {
      return { parameters: cellParameters(where, { ...fixed, ...at }, common), at };
    } catch (error) {
      throw inCell(where, `cells[${index}]`, error);
    }
  });
  return { axes: [], fixed, cells };
}

function cellParameters(
  where: string,
  at: At,
  { method, variant, divisor, relativeError, seed }: Common,
): LimitPointParameters {
  const { dim, lambda, memory } = at;
  const { real, synthetic } = sampleCounts(where, at);
  const given = { variant, dim, real, synthetic, lambda, memory, divisor, relativeError, seed };
  const parameters = resolveLimitPointParameters(where, given);
  if (method === 'deterministic') checkDeterministic(where, parameters);
  return parameters;
}

/** The axes in their own order, whatever the order they were set in. */
function inOrder(at: At): At {
  return Object.fromEntries(
    studyAxes.filter((axis) => at[axis] !== undefined).map((axis) => [axis, at[axis]!]),
  );
}

/** An error of the cell's own check, with the cell's name. */
function inCell(where: string, name: string, error: unknown): unknown {
  if (!(error instanceof MadloopError)) return error;
  const message = error.message.replace(`${where}: `, `${where}: ${name}: `);
  return new MadloopError(error.code, message, { cause: error });
}

// The name is part of file names.
function checkName(where: string, argument: string, value: unknown): string {
  if (typeof value !== 'string' || !/^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,99}$/u.test(value)) {
    const requirement =
      'be 1 to 100 letters, digits, spaces, dots, dashes and underscores that begin with a letter or digit';
    throw invalid(where, argument, requirement, value);
  }
  return value;
}

function checkTitle(where: string, argument: string, value: unknown): string {
  if (typeof value !== 'string' || value === '') throw invalid(where, argument, 'be text', value);
  return value;
}

/** A list of cells by their axes; the values are checked with each cell. */
function checkCells(where: string, argument: string, value: unknown): At[] {
  const requirement = `be a list of 1 to ${mostCells} cells`;
  if (!isArray(value) || value.length === 0 || value.length > mostCells)
    throw invalid(where, argument, requirement, value);
  return checkList(where, argument, requirement, value, (cell, index) => {
    const options = checkOptions(where, `${argument}[${index}]`, cell, studyAxes);
    return Object.fromEntries(Object.entries(options).filter(([, at]) => at !== undefined));
  });
}
