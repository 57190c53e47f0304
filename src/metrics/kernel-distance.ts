import { allocate } from '../base/allocate.js';
import { checkMatrix, checkSameColumns, mustError } from '../base/check.js';
import { integer, number, resolve, seed, type TableOf } from '../base/options.js';
import type { Seed } from '../base/seed.js';
import type { Matrix } from '../base/shapes.js';
import { type JobOptions, jobOptions, runJob } from '../engine/job.js';
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
  /** `degree`, `gamma` and `coef0` are those of the kernel (gamma x.y + coef0)^degree, as in scikit-learn. Defaults 3, 1 / cols, 1. */
  readonly degree?: number | undefined;
  readonly gamma?: number | undefined;
  readonly coef0?: number | undefined;
  /** Decides which rows form a block. Default 0. */
  readonly seed?: Seed | undefined;
}

/** The smaller sample's rows, and the options that say how they are cut into blocks. */
interface Rows {
  readonly rows: number;
  readonly blockSize?: number | undefined;
  readonly subsets?: number | undefined;
}

export const kernelDistanceOptions = {
  blockSize: integer(2)
    .optional('1,000, or the rows of the smaller sample')
    .doc('rows of each sample in a block'),
  blocks: integer(1, ({ rows, blockSize = 2 }: Rows) => Math.floor(rows / Math.min(rows, blockSize)))
    .optional('as many as there are rows for')
    .and((where, _, __, { subsets }: Rows) => {
      if (subsets !== undefined) throw mustError(where, 'blocks and subsets', 'not be given both', 'both');
    })
    .allow('integer of at least 1')
    .doc('disjoint blocks'),
  subsets: integer(1, 2 ** 32 - 1)
    .optional()
    .doc('blocks drawn anew, which may share rows, instead of disjoint ones'),
  degree: integer(1, 1_000).or(3).doc('exponent of the kernel (gamma x.y + coef0)^degree'),
  gamma: number(0, Number.MAX_VALUE)
    .or(({ cols }: { cols: number }) => 1 / cols, '1 / cols')
    .doc('factor in the kernel'),
  coef0: number(-Number.MAX_VALUE, Number.MAX_VALUE).or(1).doc('constant in the kernel'),
  seed: seed().doc('decides which rows form a block'),
  ...jobOptions,
} satisfies TableOf<KernelDistanceOptions>;

/** A squared maximum mean discrepancy, estimated on blocks of rows. */
export interface KernelDistance {
  /** Mean of the blocks' unbiased estimates. Of equal populations it is 0 on average, so it may be negative. */
  readonly distance: number;
  /** Standard error of `distance`, from the scatter of disjoint blocks. NaN for a single block and for `subsets`. */
  readonly standardError: number;
  /** 95 % interval of the populations' distance: Student's t with blocks - 1 degrees of freedom. NaN where standardError is. */
  readonly interval: readonly [number, number];
  /** Standard deviation of the estimates about their mean: the "±" of programs that draw subsets. Not an error of `distance`. */
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
  const left = checkMatrix(where, 'a', a);
  const right = checkMatrix(where, 'b', b);
  checkSameColumns(where, 'a and b', left, right);
  const rows = Math.min(left.rows, right.rows);
  if (rows < 2) throw mustError(where, 'a and b', 'have at least 2 rows each', String(rows));
  const given = resolve(where, options, kernelDistanceOptions, { rows, cols: left.cols });
  const { blockSize, blocks, subsets, degree, gamma, coef0, seed, ...job } = given;
  const plan = planBlocks(rows, { blockSize, blocks, subsets });
  const kernel = { degree, gamma, coef0 };
  const estimates = allocate(where, 'the estimates', Float64Array, plan.blocks);
  const { mean, standardDeviation, standardError, halfWidth } = await runJob(
    { where, ...job },
    async (throwIfSettled) =>
      native().startKernelDistance({
        threads: job.threads,
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
  rows: number,
  { blockSize: wanted, blocks, subsets }: { [name in 'blockSize' | 'blocks' | 'subsets']: number | undefined },
): BlockPlan {
  const most = subsets === undefined && blocks !== undefined ? Math.floor(rows / blocks) : rows;
  const blockSize = wanted === undefined ? Math.min(most, usualBlockSize) : Math.min(rows, wanted);
  if (subsets !== undefined) return { blockSize, blocks: subsets, disjoint: false };
  return { blockSize, blocks: blocks ?? Math.floor(rows / blockSize), disjoint: true };
}
