// Drawing from a Gaussian on the engine's threads; the gaussian() model and gaussianReference() stand on it.

import { allocate } from '../base/allocate.js';
import { checkGaussian, checkNumber, checkPositiveInteger, checkProduct } from '../base/check.js';
import { resolveSeed, type Seed } from '../base/seed.js';
import type { Gaussian, Matrix } from '../base/shapes.js';
import { checkJobOptions, type JobOptions, runJob } from '../engine/job.js';
import { native } from '../engine/native.js';
import { snapshot } from '../engine/snapshot.js';

/**
 * `count` independent draws from N(mean, lambda covariance), as rows. They depend on the Gaussian, lambda, count
 * and seed alone, not on threads. They lie in `memory`, of count x dim values, where that is given.
 * Rejects with ERR_INVALID_INPUT, ERR_NOT_POSITIVE_SEMIDEFINITE, ERR_OUT_OF_MEMORY, ERR_ABORTED.
 */
export async function sampleGaussian(
  gaussian: Gaussian,
  count: number,
  { lambda, seed }: { readonly lambda: number; readonly seed: Seed },
  options?: JobOptions,
  memory?: Float64Array,
): Promise<Matrix> {
  const where = 'sampleGaussian';
  const settings = checkJobOptions(where, options);
  const { dim, mean, covariance } = checkGaussian(where, 'moments', gaussian);
  const rows = checkPositiveInteger(where, 'count', count);
  const request = {
    threads: settings.threads,
    lambda: checkNumber(where, 'lambda', lambda, 0, 1),
    count: rows,
    seed: resolveSeed(where, 'seed', seed),
    out: memory ?? allocate(where, 'the samples', Float64Array, checkProduct(where, 'count x dim', rows, dim)),
  };
  await runJob(settings, async (throwIfSettled) =>
    native().startGaussianSampling({
      ...request,
      gaussian: {
        dim,
        mean: await snapshot(where, 'moments.mean', mean, throwIfSettled),
        covariance: await snapshot(where, 'moments.covariance', covariance, throwIfSettled),
      },
    }),
  );
  return { data: request.out, rows, cols: dim };
}
