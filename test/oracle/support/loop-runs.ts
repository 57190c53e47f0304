// Runs of the engine with every replicate's values.

import {
  type GaussianLoopOptions,
  type GaussianLoopResult,
  type GaussianLoopSeries,
  simulateGaussianLoop,
} from '../../../src/index.js';

export type Metric = 'distance' | 'meanNormSquared' | 'trace' | 'logDeterminant';

export const metrics: readonly Metric[] = ['distance', 'meanNormSquared', 'trace', 'logDeterminant'];

export interface LoopRun extends GaussianLoopResult {
  readonly series: GaussianLoopSeries;
  /** One metric of generation t in every replicate. */
  at(metric: Metric, t: number): Float64Array;
}

export async function runLoop(options: GaussianLoopOptions): Promise<LoopRun> {
  const result = await simulateGaussianLoop({ ...options, series: true });
  const series = result.series!;
  const at = (metric: Metric, t: number) =>
    Float64Array.from(
      { length: series.replicates },
      (_, replicate) => series[metric][replicate * series.generations + t - 1]!,
    );
  return { ...result, series, at };
}

/** A short name of a run for messages. */
export function describeLoop(options: GaussianLoopOptions): string {
  return Object.entries(options)
    .filter(([name]) => !['replicates', 'seed', 'generations', 'reference'].includes(name))
    .map(([name, value]) => (typeof value === 'string' ? value : `${name} ${value}`))
    .join(', ');
}
