// The values of metrics by replicate and generation, in any of the forms that loops give them in.

import { types } from 'node:util';
import {
  checkInteger,
  checkList,
  describe,
  invalid,
  isArray,
  mustError,
  toFloat64Array,
} from '../base/check.js';
import type { GaussianLoopSeries } from '../gaussian-loop/simulate-gaussian-loop.js';
import type { LoopSeries } from '../loops/replicated-autophagous-loop.js';

/** The values of a metric by replicate and generation: what loops return as `series`, or an array for each replicate. */
export type MadSeries = GaussianLoopSeries | LoopSeries | readonly (Float64Array | readonly number[])[];

/** A series of any form. */
export interface Series {
  readonly replicates: number;
  readonly generations: number;
  /** The metrics that it has by name; none of plain arrays, which are of one metric without a name. */
  readonly names: readonly string[];
  /** The values of a metric, of 'distance' where none is named. */
  valuesOf(metric: string | undefined): Values;
}

export interface Values {
  /** What the caller calls them. */
  readonly name: string;
  run(replicate: number): Float64Array;
}

// A slope has an error, and a trend more than two directions, from three generations on.
const fewestGenerations = 3;

export function readSeries(where: string, series: unknown): Series {
  if (isArray(series)) return readArrays(where, series);
  if (typeof series !== 'object' || series === null) {
    throw invalid(where, 'series', 'be the series of a loop or an array of arrays', series);
  }
  const given = series as { [key: string]: unknown };
  const { metrics = series } = given;
  if (typeof metrics !== 'object' || metrics === null)
    throw invalid(where, 'series.metrics', 'be an object', metrics);
  const replicates = checkInteger(where, 'series.replicates', given.replicates, 1);
  const generations = checkInteger(where, 'series.generations', given.generations, fewestGenerations);
  const names = Object.keys(metrics).filter((key) => key !== 'replicates' && key !== 'generations');
  return {
    replicates,
    generations,
    names,
    valuesOf(name = 'distance') {
      const found = Object.hasOwn(metrics, name) ? (metrics as { [key: string]: unknown })[name] : undefined;
      if (!types.isFloat64Array(found))
        throw mustError(where, 'metric', `be one of the series' (${names.join(', ')})`, describe(name));
      const values = toFloat64Array(where, `series.${name}`, found);
      if (values.length !== replicates * generations) {
        const requirement = `have length replicates x generations = ${replicates} x ${generations}`;
        throw mustError(where, `series.${name}`, requirement, String(values.length));
      }
      return {
        name: `series.${name}`,
        run: (r) => values.subarray(r * generations, (r + 1) * generations),
      };
    },
  };
}

function readArrays(where: string, series: readonly unknown[]): Series {
  const runs = checkList(where, 'series', 'be an array of arrays', series, (run, r) =>
    toFloat64Array(where, `series[${r}]`, run),
  );
  if (runs.length === 0) throw mustError(where, 'series', 'have at least one replicate', 'none');
  const generations = runs[0]!.length;
  if (generations < fewestGenerations) {
    throw mustError(where, 'series[0]', `have at least ${fewestGenerations} generations`, String(generations));
  }
  const other = runs.findIndex((run) => run.length !== generations);
  if (other >= 0) {
    const requirement = `have as many values as series[0], ${generations}`;
    throw mustError(where, `series[${other}]`, requirement, String(runs[other]!.length));
  }
  return {
    replicates: runs.length,
    generations,
    names: [],
    valuesOf(metric) {
      if (metric !== undefined) throw mustError(where, 'metric', 'be left out for arrays', describe(metric));
      return { name: 'series', run: (r) => runs[r]! };
    },
  };
}
