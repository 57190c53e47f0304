// Curves of the metrics of loops, whose bands end where a metric does.

import type { Curve } from '../../charts/line-chart-data.js';
import { type LoopCurveOptions, type LoopGeneration, loopCurve, metricEnds } from '../../charts/loop-curve.js';

/** A metric that the command line knows; none of them is below 0, and what is a fraction not above 1: neither is its band. */
export function metricCurve(
  generations: readonly LoopGeneration[],
  metric: string,
  options: LoopCurveOptions,
): Curve {
  return loopCurve(generations, metric, {
    ...options,
    bounds: metricEnds(metric) ?? [0, Number.POSITIVE_INFINITY],
  });
}
