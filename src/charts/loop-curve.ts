// From the generations of a loop to a curve.

import { invalid } from '../base/check.js';
import type { Estimate } from '../base/mean-and-error.js';
import { checked, finite, list, number, resolve, string, type TableOf } from '../base/options.js';
import { boundsOption, type Curve, type CurvePoint, curveLabels } from './line-chart-data.js';

/** One generation of a loop: a number or a mean with its standard error under the name of a metric, or under `metrics`. */
export type LoopGeneration = { readonly t: number } & (
  | { readonly metrics: Readonly<Record<string, Estimate | number | null | undefined>> }
  | object
);

export interface LoopCurveOptions extends Pick<Curve, 'colour' | 'dash'> {
  /** Standard errors from the mean to either edge of the band. Default 2. studentHalfWidth(replicates - 1, 0.95): 95 % intervals. */
  readonly standardErrors?: number | undefined;
  /**
   * Where the metric ends, and so its band: [0, 1] for precision, recall and coverage, [0, Infinity] for distances. Two finite ends are
   * those of the chart's axis, too, which is then linear. Default: nowhere.
   */
  readonly bounds?: readonly [low: number, high: number] | undefined;
}

const loopCurveOptions = {
  ...curveLabels,
  standardErrors: number(0, Number.MAX_VALUE)
    .or(2)
    .doc('standard errors from the mean to either edge of the band'),
  bounds: boundsOption
    .optional('none')
    .doc(
      'ends of what the metric can be, at which its band and, where both are finite, the axis end: [0, 1] for precision and recall',
    ),
} satisfies TableOf<LoopCurveOptions>;

/**
 * A metric of a loop over its generations, as a curve for `lineChart`, with a band of `standardErrors` standard errors to both
 * sides. Two are a 95 % interval for 60 replicates or more; for few of them `studentHalfWidth` has the number: 12.7 for 2, 3.2 for 4. It
 * takes the generations of `simulateGaussianLoop`, of `replicatedAutophagousLoop`, and an array of those of `autophagousLoop`. A
 * generation without the metric is a point without a value.
 *
 * Throws ERR_INVALID_INPUT: generations that are no array or empty, or without a number `t`, a metric that none of them has.
 *
 * @example
 * const { generations } = await simulateGaussianLoop({
 *   variant: 'fresh-data', dim: 10, real: 50, synthetic: 100, generations: 20, replicates: 30,
 * });
 * const { svg } = lineChart({
 *   xTitle: 'generation t',
 *   yTitle: 'distance',
 *   curves: [loopCurve(generations, 'distance', { standardErrors: studentHalfWidth(29, 0.95) })],
 * });
 */
export function loopCurve(
  generations: readonly LoopGeneration[],
  metric: string,
  options?: LoopCurveOptions,
): Curve {
  const where = 'loopCurve';
  const name = string().resolve(where, 'metric', metric, {});
  const points = list(loopPoint, 1).resolve(where, 'generations', generations, { metric: name });
  if (points.every(({ y }) => y === undefined))
    throw invalid(where, 'metric', 'be one that the generations have', name);
  const { standardErrors, bounds, ...labels } = resolve(
    { where, argument: 'options' },
    options,
    loopCurveOptions,
  );
  return {
    ...labels,
    ...(bounds && { bounds }),
    points: points.map(({ x, y = Number.NaN, standardError }) => ({
      x,
      y,
      ...(standardError !== undefined && errorBar(y, standardErrors * standardError, bounds)),
    })),
  };
}

/** The error bar of a point, which ends where what it shows does. */
export function errorBar(
  y: number,
  error: number,
  [low, high]: readonly [number, number] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
): Pick<CurvePoint, 'error' | 'interval'> {
  if (low === Number.NEGATIVE_INFINITY && high === Number.POSITIVE_INFINITY) return { error };
  const within = (value: number): number => Math.min(Math.max(value, low), high);
  return { interval: [within(y - error), within(y + error)] };
}

const fractions: ReadonlySet<string> = new Set(['precision', 'recall', 'coverage']);

/** Both ends of what a metric of madloop's can be, where it has two. */
export function metricEnds(metric: string): readonly [number, number] | undefined {
  return fractions.has(metric) ? [0, 1] : undefined;
}

/** A generation as a point, without y where it lacks the metric. What else it holds is not looked at. */
const loopPoint = checked('generation of a loop', (where, argument, given, { metric }: { metric: string }) => {
  const generation = members(where, argument, given, 'be an object');
  const x = finite().resolve(where, `${argument}.t`, generation.t, {});
  const nested = 'metrics' in generation;
  const holder = nested
    ? members(where, `${argument}.metrics`, generation.metrics, 'be an object')
    : generation;
  const value = Object.hasOwn(holder, metric) ? (holder[metric] ?? undefined) : undefined;
  if (typeof value === 'number') return { x, y: value };
  if (value === undefined) return { x, standardError: Number.NaN };
  const place = `${argument}.${nested ? 'metrics.' : ''}${metric}`;
  const estimate = members(where, place, value, 'be a number or { mean, standardError }');
  // JSON has null for NaN.
  const [y, standardError] = ['mean', 'standardError'].map((name) => {
    const part = estimate[name] ?? Number.NaN;
    if (typeof part !== 'number') throw invalid(where, `${place}.${name}`, 'be a number', part);
    return part;
  });
  return { x, y, standardError: standardError! };
});

function members(
  where: string,
  argument: string,
  value: unknown,
  requirement: string,
): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) throw invalid(where, argument, requirement, value);
  return value as Record<string, unknown>;
}
