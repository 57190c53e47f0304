import { info } from '../../engine/info.js';
import type { JobSettings } from '../../engine/job.js';
import { resolveGaussianLoop } from '../../gaussian-loop/parameters.js';
import { runGaussianLoop } from '../../gaussian-loop/simulate-gaussian-loop.js';
import { asGiven } from '../definition/loop-cell.js';
import { loopSeconds } from './loop-cost.js';
import type { LoopEngine, LoopRunValues, LoopWork } from './loop-engine.js';
import { sampledRuns } from './sampled-runs.js';

/** madloop's own engine, as studies of loops use it. Errors: ERR_ADDON. */
export function nativeLoopEngine(): LoopEngine {
  const { version, variant } = info();
  return {
    madeBy: { madloop: version, instructionSet: variant },
    seconds: loopSeconds,
    runs: (work, settings) =>
      (work.parameters.model === undefined ? gaussianRuns : sampledRuns)(work, settings),
  };
}

/** What the loop of a cell without a model measures. */
export const gaussianMetrics = ['distance', 'meanNormSquared', 'trace', 'logDeterminant'] as const;

async function gaussianRuns(
  { parameters, seed, first, count }: LoopWork,
  settings: JobSettings,
): Promise<LoopRunValues[]> {
  const { where, ...job } = settings;
  const options = { ...asGiven(parameters), seed, replicates: count, series: true, ...job };
  const { series } = await runGaussianLoop(resolveGaussianLoop(where, options), first);
  const { generations } = series!;
  return Array.from({ length: count }, (_, r) => {
    const values = new Float64Array(gaussianMetrics.length * generations);
    for (const [m, name] of gaussianMetrics.entries())
      values.set(series![name].subarray(r * generations, (r + 1) * generations), m * generations);
    return { metrics: gaussianMetrics, series: values };
  });
}
