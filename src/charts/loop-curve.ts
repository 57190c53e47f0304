// From the generations of a loop to a curve.

import { invalid } from '../base/check.js';
import type { Estimate } from '../base/mean-and-error.js';
import { checkList, checkText } from './check-chart.js';
import type { Curve } from './line-chart-data.js';

/** One generation of a loop: a number or a mean with its standard error under the name of a metric, or under `metrics`. */
export type LoopGeneration = { readonly t: number } & (
  | { readonly metrics: Readonly<Record<string, Estimate | number | null | undefined>> }
  | object
);

/**
 * A metric of a loop over its generations, as a curve for `lineChart`, with two standard errors to both sides. It takes the
 * generations of `simulateGaussianLoop`, of `replicatedAutophagousLoop`, and an array of those of `autophagousLoop`. A
 * generation without the metric is a point without a value.
 *
 * Throws ERR_INVALID_INPUT: generations that are no array or empty, a metric that no generation has.
 *
 * @example
 * const { generations } = await simulateGaussianLoop({
 *   variant: 'fresh-data', dim: 10, real: 50, synthetic: 100, generations: 20, replicates: 30,
 * });
 * const { svg } = lineChart({
 *   xTitle: 'generation t',
 *   yTitle: 'distance',
 *   curves: [loopCurve(generations, 'distance')],
 * });
 */
export function loopCurve(
  generations: readonly LoopGeneration[],
  metric: string,
  labels: Pick<Curve, 'colour' | 'dash'> = {},
): Curve {
  const where = 'loopCurve';
  const name = checkText(where, 'metric', metric);
  const list = checkList(where, 'generations', generations, 1) as readonly LoopGeneration[];
  const found = list.map((generation) => metricOf(generation, name));
  if (found.every((value) => value === undefined))
    throw invalid(where, 'metric', 'be one that the generations have', name);
  return {
    ...labels,
    points: found.map((value, i) => {
      const { t } = list[i]!;
      if (typeof value === 'number') return { x: t, y: value };
      return { x: t, y: value?.mean ?? Number.NaN, error: 2 * (value?.standardError ?? Number.NaN) };
    }),
  };
}

function metricOf(generation: LoopGeneration, metric: string): Estimate | number | null | undefined {
  const holder = 'metrics' in generation ? generation.metrics : generation;
  return (holder as Readonly<Record<string, Estimate | number | null | undefined>>)[metric];
}
