// From a study's definition, as users write it, to the list of its cells.

import type { Divisor } from '../../base/divisor.js';
import { resolve, type TableOf } from '../../base/options.js';
import type { Seed } from '../../base/seed.js';
import { sampleCounts } from '../../gaussian-loop/sample-counts.js';
import { checkDeterministic } from '../../limits/deterministic.js';
import { type LimitPointMethod, limitPointOptions } from '../../limits/estimate-limit-point.js';
import { type LimitPointParameters, resolveLimitPointParameters } from '../../limits/parameters.js';
import { type AxisValues, axisOptions } from './axis-values.js';
import { cellsOfGrid, cellsOfList, type Place } from './cells-of-axes.js';
import { type StudyAxis, studyAxes } from './study-document.js';
import { cellsOption, kindOption, nameOption, titleOption } from './study-options.js';

/**
 * A study: a grid over every axis that has several values, or a list of cells. Sample counts are `real` and `synthetic`,
 * or `total` n and `realFraction` p with n_r = round(p n) and n_s = n - n_r.
 */
export interface StudyDefinition {
  /** A study of limit points: the default. Of loops: LoopStudyDefinition. */
  readonly kind?: 'limit' | undefined;
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
  kind: kindOption('limit').or('limit'),
  name: nameOption,
  title: titleOption,
  variant,
  divisor,
  method,
  relativeError: relativeError.doc('standard error over distance that every cell reaches'),
  seed,
  ...axisOptions,
  cells: cellsOption<StudyAxis, number>(studyAxes),
} satisfies TableOf<StudyDefinition>;

/** A definition checked and written out. */
export interface StudyPlan {
  readonly kind: 'limit';
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
  const parametersAt = (at: At): LimitPointParameters => cellParameters(where, at, common);
  const plan =
    cells === undefined
      ? cellsOfGrid(where, values, parametersAt)
      : cellsOfList(where, cells, values, parametersAt);
  const fixed = { variant, divisor, ...plan.fixed };
  return {
    ...{ kind: 'limit', name, title, method, relativeError, seed },
    ...{ axes: plan.axes, fixed, cells: plan.cells },
  };
}

/** What every cell takes from the definition. */
type Common = Pick<LimitPointParameters, 'variant' | 'divisor' | 'relativeError' | 'seed'> & {
  readonly method: LimitPointMethod;
};
type At = Readonly<Place<StudyAxis, number>>;

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
