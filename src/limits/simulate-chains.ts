import { allocate } from '../base/allocate.js';
import { type JobSettings, runJob } from '../engine/job.js';
import { native } from '../engine/native.js';
import type { LimitPointEstimator } from './limit-point-estimator.js';

/** Some chains of a limit point. */
export interface ChainWork {
  readonly estimator: LimitPointEstimator;
  readonly first: number;
  readonly count: number;
}

/**
 * Runs the chains of any number of limit points as one job, the longest first, and returns the sums of each work item, for
 * the estimator's `add`. All chains share the threads.
 */
export async function simulateChains(
  work: readonly ChainWork[],
  settings: JobSettings,
): Promise<Float64Array[]> {
  const { where, threads } = settings;
  const items = work.map(({ estimator, first, count }) => ({
    estimator: estimator.native,
    first,
    count,
    sums: allocate(where, "the chains' sums", Float64Array, count * estimator.width),
  }));
  await runJob(settings, async () => native().startLimitPointChains({ threads, work: items }));
  return items.map(({ sums }) => sums);
}
