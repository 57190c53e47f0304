import { allocate } from '../base/allocate.js';
import {
  checkInteger,
  checkMatrix,
  checkNumber,
  checkOptions,
  checkSameColumns,
  mustError,
} from '../base/check.js';
import { resolveSeed, type Seed } from '../base/seed.js';
import type { Matrix } from '../base/shapes.js';
import { type JobOptions, jobOptionNames, resolveJobOptions, runJob } from '../engine/job.js';
import { native } from '../engine/native.js';
import { snapshotMatrix } from '../engine/snapshot.js';

export interface KernelDistanceOptions extends JobOptions {
  /** Rows of each sample in a block, at least 2. Default 1,000; never more than the smaller sample has. */
  readonly blockSize?: number | undefined;
  /**
   * Disjoint blocks, each with rows of its own. Default: as many as the smaller sample has rows for. Given without
   * `blockSize`, blocks are as large as that many can be, up to 1,000 rows.
   */
  readonly blocks?: number | undefined;
  /**
   * Instead of disjoint blocks, this many blocks drawn anew, each without replacement: the convention of most programs is
   * subsets: 100. They share rows, so there is no standard error then. Not with `blocks`.
   */
  readonly subsets?: number | undefined;
  /** Of the kernel (gamma x.y + coef0)^degree, as in scikit-learn. Defaults 3, 1 / cols and 1. */
  readonly degree?: number | undefined;
  readonly gamma?: number | undefined;
  readonly coef0?: number | undefined;
  /** Decides which rows form a block. Default 0. */
  readonly seed?: Seed | undefined;
}

/** A squared maximum mean discrepancy, estimated on blocks of rows. */
export interface KernelDistance {
  /** Mean of the blocks' unbiased estimates. Of equal populations it is 0 on average, so it may be negative. */
  readonly distance: number;
  /** Of `distance`, from the scatter of disjoint blocks. NaN for a single block and for `subsets`. */
  readonly standardError: number;
  /** 95 % interval of the populations' distance: Student's t with blocks - 1 degrees of freedom. NaN where standardError is. */
  readonly interval: readonly [number, number];
  /** Of the estimates about their mean: the "±" of programs that draw subsets. Not an error of `distance`. */
  readonly standardDeviation: number;
  /** The estimate of each block. */
  readonly estimates: Float64Array;
  /** Rows of each sample in a block: less than asked for where a sample has fewer. */
  readonly blockSize: number;
  readonly blocks: number;
  /** Whether the blocks are disjoint (independent), or subsets that share rows. */
  readonly disjoint: boolean;
  readonly degree: number;
  readonly gamma: number;
  readonly coef0: number;
  readonly seed: string;
}

/**
 * Kernel distance: the squared maximum mean discrepancy between two samples, with the kernel
 * (gamma x.y + coef0)^degree. On Inception features and with the default kernel (x.y / cols + 1)^3 this is KID.
 *
 * The mean over blocks of m rows of either sample of the unbiased estimate
 *   sum_{i != j} [k(x_i, x_j) + k(y_i, y_j)] / (m (m - 1)) - 2 sum_{i, j} k(x_i, y_j) / m^2.
 * Unlike the Fréchet distance it has no bias at any sample size, and no model of the distributions. By default blocks are
 * disjoint parts of a random order, hence independent, and their scatter gives an honest standard error. Rows beyond
 * blocks x blockSize are not used. A sample shorter than two blocks has no error at the default blockSize: ask
 * for blocks: 10.
 *
 * Kernel values and sums are in float64 about nothing: the kernel is not invariant under shifts, so data are taken as they are.
 * Cost: 2 blockSize^2 x cols multiply-adds a block. Memory: tiles of a few MiB a thread; no matrix of pairs.
 * The result depends on the data and the options, not on threads.
 * Rejects with ERR_INVALID_INPUT (also where kernel values leave the range of doubles), ERR_OUT_OF_MEMORY, ERR_ABORTED.
 * Source: Gretton et al. 2012, "A kernel two-sample test", eq. (3); Bińkowski et al. 2018, "Demystifying MMD GANs".
 *
 * @example
 * const { distance, standardError } = await kernelDistance(realFeatures, generatedFeatures);
 */
export async function kernelDistance(
  a: Matrix,
  b: Matrix,
  options?: KernelDistanceOptions,
): Promise<KernelDistance> {
  const where = 'kernelDistance';
  const given = checkOptions(where, 'options', options, [
    'blockSize',
    'blocks',
    'subsets',
    'degree',
    'gamma',
    'coef0',
    'seed',
    ...jobOptionNames,
  ]);
  const settings = resolveJobOptions(where, given);
  const left = checkMatrix(where, 'a', a);
  const right = checkMatrix(where, 'b', b);
  checkSameColumns(where, 'a and b', left, right);
  const rows = Math.min(left.rows, right.rows);
  if (rows < 2) throw mustError(where, 'a and b', 'have at least 2 rows each', String(rows));
  const plan = planBlocks(where, rows, given);
  const kernel = {
    degree: given.degree === undefined ? 3 : checkInteger(where, 'degree', given.degree, 1, 1_000),
    gamma: given.gamma === undefined ? 1 / left.cols : checkFinite(where, 'gamma', given.gamma, 0),
    coef0: given.coef0 === undefined ? 1 : checkFinite(where, 'coef0', given.coef0, -Number.MAX_VALUE),
  };
  const seed = given.seed === undefined ? 0n : resolveSeed(where, 'seed', given.seed);
  const estimates = allocate(where, 'the estimates', Float64Array, plan.blocks);
  const { mean, standardDeviation, standardError, halfWidth } = await runJob(settings, async (throwIfSettled) =>
    native().startKernelDistance({
      threads: settings.threads,
      a: await snapshotMatrix(where, 'a', left, throwIfSettled),
      b: await snapshotMatrix(where, 'b', right, throwIfSettled),
      ...kernel,
      ...plan,
      seed,
      estimates,
    }),
  );
  const { disjoint } = plan;
  return {
    distance: mean,
    standardError: disjoint ? standardError : Number.NaN,
    interval: disjoint ? [mean - halfWidth, mean + halfWidth] : [Number.NaN, Number.NaN],
    standardDeviation,
    estimates,
    ...plan,
    ...kernel,
    seed: String(seed),
  };
}

const usualBlockSize = 1_000;

interface BlockPlan {
  readonly blockSize: number;
  readonly blocks: number;
  readonly disjoint: boolean;
}

/** How many blocks of how many rows, for samples of at least `rows` rows. */
function planBlocks(
  where: string,
  rows: number,
  given: { readonly blockSize?: unknown; readonly blocks?: unknown; readonly subsets?: unknown },
): BlockPlan {
  const size =
    given.blockSize === undefined
      ? undefined
      : Math.min(rows, checkInteger(where, 'blockSize', given.blockSize, 2));
  if (given.subsets !== undefined) {
    if (given.blocks !== undefined) throw mustError(where, 'blocks and subsets', 'not be given both', 'both');
    const blocks = checkInteger(where, 'subsets', given.subsets, 1, 2 ** 32 - 1);
    return { blockSize: size ?? Math.min(rows, usualBlockSize), blocks, disjoint: false };
  }
  if (given.blocks === undefined) {
    const blockSize = size ?? Math.min(rows, usualBlockSize);
    return { blockSize, blocks: Math.floor(rows / blockSize), disjoint: true };
  }
  const blocks = checkInteger(where, 'blocks', given.blocks, 1, Math.floor(rows / (size ?? 2)));
  return { blockSize: size ?? Math.min(Math.floor(rows / blocks), usualBlockSize), blocks, disjoint: true };
}

function checkFinite(where: string, argument: string, value: unknown, minimum: number): number {
  return checkNumber(where, argument, value, minimum, Number.MAX_VALUE);
}
