import { allocate } from '../base/allocate.js';
import { type JobSettings, runJob } from '../engine/job.js';
import { native } from '../engine/native.js';
import { snapshot } from '../engine/snapshot.js';
import type { LimitPointCell } from './limit-point-estimator.js';

/** Some chains of a cell. */
export interface ChainWork {
  readonly cell: LimitPointCell;
  readonly first: number;
  readonly count: number;
}

/**
 * Runs the chains of any number of cells as one job, the longest first, and returns the sums of each work item, for
 * the cell's `add`. Chains of all cells share the threads.
 */
export async function simulateChains(
  work: readonly ChainWork[],
  settings: JobSettings,
): Promise<Float64Array[]> {
  const { where, threads } = settings;
  const sums = work.map(({ cell, count }) =>
    allocate(where, "the chains' sums", Float64Array, count * cell.width),
  );
  await runJob(settings, async (throwIfSettled) => {
    const items = [];
    for (const [i, { cell, first, count }] of work.entries()) {
      const reference = cell.parameters.reference?.covariance;
      items.push({
        ...cell.chains,
        first,
        count,
        sums: sums[i]!,
        ...(reference && {
          referenceCovariance: await snapshot(where, 'reference.covariance', reference, throwIfSettled),
        }),
      });
    }
    return native().startLimitPointChains({ threads, work: items });
  });
  return sums;
}
