import { allocate } from '../base/allocate.js';
import {
  checkInteger,
  checkList,
  checkMatrix,
  checkSameColumns,
  invalid,
  isArray,
  mustError,
} from '../base/check.js';
import { checked, integer, number, numberOrText, oneOf, resolve, seed, type TableOf } from '../base/options.js';
import type { Seed } from '../base/seed.js';
import type { Matrix } from '../base/shapes.js';
import { type JobOptions, jobOptions, runJob } from '../engine/job.js';
import { native } from '../engine/native.js';
import { snapshotMatrix } from '../engine/snapshot.js';

export interface KernelDistanceOptions extends JobOptions {
  /**
   * Rows of each sample in a block, at least 2, or those of a and those of b; never more than a sample has. 'largest': all
   * rows, divided among the blocks. Default: 1,000 of the smaller sample, or all of them where it has fewer than 2,000, and
   * of the larger one an equal share.
   */
  readonly blockSize?: number | readonly [number, number] | 'largest' | undefined;
  /**
   * Disjoint blocks, each with rows of its own. Default: as many as the smaller sample has rows for. Given without
   * `blockSize`, blocks are as large as that many can be, with up to 1,000 rows of the smaller sample.
   */
  readonly blocks?: number | undefined;
  /**
   * Instead of disjoint blocks, this many blocks drawn anew, each without replacement: the convention of most programs is
   * subsets: 100. They share rows, so there is no standard error then. Of each sample 1,000 rows by default, or all of the
   * smaller one. Not with `blocks`.
   */
  readonly subsets?: number | undefined;
  /**
   * Where the standard error comes from: the scatter of disjoint 'blocks' (default; none of a single one), or the jackknife
   * over the rows in them, which takes 3 rows of each sample and is too large by up to the factor √2 where the populations are equal.
   */
  readonly error?: 'blocks' | 'jackknife' | undefined;
  /** `degree`, `gamma` and `coef0` are those of the kernel (gamma x.y + coef0)^degree, as in scikit-learn. Defaults 3, 1 / cols, 1. */
  readonly degree?: number | undefined;
  readonly gamma?: number | undefined;
  readonly coef0?: number | undefined;
  /** Decides which rows form a block. Default 0. */
  readonly seed?: Seed | undefined;
}

type BlockSize = number | readonly [number, number] | 'largest';

/** The rows of both samples, and the options that say how they are cut into blocks. */
interface Rows {
  readonly rowsOfA: number;
  readonly rowsOfB: number;
  readonly blockSize?: BlockSize | undefined;
  readonly subsets?: number | undefined;
}

export const kernelDistanceOptions = {
  blockSize: checked<BlockSize>("integer of at least 2, two of them, or 'largest'", checkBlockSize)
    .flag('<rows>', (given) => (given.includes(',') ? given.split(',').map(numberOrText) : numberOrText(given)))
    .optional('all rows of samples below 2,000, else 1,000 of the smaller one')
    .doc('rows of each sample in a block, or of a and of b, as 1000 or 100,900'),
  blocks: integer(1, mostBlocks)
    .optional('as many as there are rows for')
    .and((where, _, __, { subsets }: Rows) => {
      if (subsets !== undefined) throw mustError(where, 'blocks and subsets', 'not be given both', 'both');
    })
    .allow('integer of at least 1')
    .doc('disjoint blocks'),
  subsets: integer(1, 2 ** 32 - 1)
    .optional()
    .doc('blocks drawn anew, which may share rows, instead of disjoint ones'),
  error: oneOf(['blocks', 'jackknife']).or('blocks').doc('what the standard error comes from'),
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
  /** Standard error of `distance`. NaN for `subsets`, for a single block's scatter, and for a jackknife of fewer than 3 rows. */
  readonly standardError: number;
  /**
   * 95 % interval of the populations' distance: Student's t with blocks - 1 degrees of freedom, or of a jackknife with those of
   * Welch and Satterthwaite over the rows. Longer above `distance` than below it. NaN where standardError is.
   */
  readonly interval: readonly [number, number];
  /**
   * Whether a few rows decide the moments of a sample: the squared distances of its rows from their mean have a skewness above
   * 4.5. The interval may then hold much less often than 95 %.
   */
  readonly heavyTails: boolean;
  /** Standard deviation of the estimates about their mean: the "±" of programs that draw subsets. Not an error of `distance`. */
  readonly standardDeviation: number;
  /** The estimate of each block. */
  readonly estimates: Float64Array;
  /** Rows of each sample in a block, or of the one with fewer: less than asked for where a sample has fewer. */
  readonly blockSize: number;
  /** Rows of a and of b in a block. */
  readonly blockSizes: { readonly a: number; readonly b: number };
  readonly blocks: number;
  /** Whether the blocks are disjoint (independent), or subsets that share rows. */
  readonly disjoint: boolean;
  readonly error: 'blocks' | 'jackknife';
  readonly degree: number;
  readonly gamma: number;
  readonly coef0: number;
  readonly seed: string;
}

/**
 * Kernel distance: the squared maximum mean discrepancy between two samples, with the kernel
 * (gamma x.y + coef0)^degree. On Inception features and with the default kernel (x.y / cols + 1)^3 this is KID.
 *
 * The mean over blocks of m rows of a and n of b of the unbiased estimate
 *   sum_{i != j} k(x_i, x_j) / (m (m - 1)) + sum_{i != j} k(y_i, y_j) / (n (n - 1)) - 2 sum_{i, j} k(x_i, y_j) / (m n).
 * Unlike the Fréchet distance it has no bias at any sample size, and no model of the distributions. By default blocks are
 * disjoint parts of a random order, hence independent, and their scatter gives an honest standard error; a sample shorter than
 * two blocks is one block, all of it, whose error error: 'jackknife' estimates from its rows. A larger sample's rows are all
 * in blocks, but for a remainder of fewer than `blocks`; of the smaller one those beyond blocks x blockSize are not, unless
 * blockSize is 'largest'. In a block with more than 10,000 rows of one side, and more than of the other, only pairs of that
 * side within runs of about as many rows count, so that the cost stays linear in its rows.
 *
 * The interval is a score interval, since the variance of a squared distance grows with it: from distance - h / c to distance + h c,
 * where h = t standardError, c = r + sqrt(1 + r^2) and r = h / (2 max(distance + bias, bias / 4)). `bias` is how far the biased
 * estimate, with i = j (Gretton et al., eq. 5), lies above the unbiased one. It is h on either side where that maximum is not
 * positive, which takes a kernel that is not positive definite (coef0 < 0).
 *
 * Kernel values and sums are in float64 about nothing: the kernel is not invariant under shifts, so data are taken as they are.
 * Cost: (m + n)^2 x cols / 2 multiply-adds a block. Memory: tiles of a few MiB a thread; no matrix of pairs.
 * The result depends on the data and the options, not on threads.
 * Rejects with ERR_INVALID_INPUT (also where kernel values leave the range of doubles), ERR_OUT_OF_MEMORY, ERR_ABORTED.
 * Source: Gretton et al. 2012, "A kernel two-sample test", eq. (3); Bińkowski et al. 2018, "Demystifying MMD GANs"; the
 * jackknife of two-sample U-statistics: Arvesen 1969; score interval: Wilson 1927.
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
  const sizes = { rowsOfA: left.rows, rowsOfB: right.rows };
  const given = resolve(where, options, kernelDistanceOptions, { ...sizes, cols: left.cols });
  const { blockSize, blocks, subsets, error, degree, gamma, coef0, seed, ...job } = given;
  const plan = planBlocks({ ...sizes, blockSize, subsets }, blocks);
  const kernel = { degree, gamma, coef0 };
  const estimates = allocate(where, 'the estimates', Float64Array, plan.blocks);
  const { mean, standardDeviation, standardError, lower, upper, heavyTails } = await runJob(
    { where, ...job },
    async (throwIfSettled) =>
      native().startKernelDistance({
        threads: job.threads,
        a: await snapshotMatrix(where, 'a', left, throwIfSettled),
        b: await snapshotMatrix(where, 'b', right, throwIfSettled),
        ...kernel,
        ...plan,
        jackknife: plan.disjoint && error === 'jackknife',
        seed,
        estimates,
      }),
  );
  const { rowsOfA, rowsOfB, disjoint } = plan;
  return {
    distance: mean,
    standardError: disjoint ? standardError : Number.NaN,
    interval: disjoint ? [lower, upper] : [Number.NaN, Number.NaN],
    heavyTails,
    standardDeviation,
    estimates,
    blockSize: Math.min(rowsOfA, rowsOfB),
    blockSizes: { a: rowsOfA, b: rowsOfB },
    blocks: plan.blocks,
    disjoint,
    error,
    ...kernel,
    seed: String(seed),
  };
}

const usualBlockSize = 1_000;

interface BlockPlan {
  /** Rows of either sample in a block. */
  readonly rowsOfA: number;
  readonly rowsOfB: number;
  readonly blocks: number;
  readonly disjoint: boolean;
}

/** How many blocks of how many rows. */
function planBlocks({ rowsOfA, rowsOfB, blockSize, subsets }: Rows, wanted: number | undefined): BlockPlan {
  const smaller = Math.min(rowsOfA, rowsOfB);
  const given = subsets !== undefined && blockSize === undefined ? usualBlockSize : blockSize;
  if (given !== undefined && given !== 'largest') {
    const [a, b] = typeof given === 'number' ? [Math.min(smaller, given), Math.min(smaller, given)] : given;
    const sizes = { rowsOfA: Math.min(rowsOfA, a), rowsOfB: Math.min(rowsOfB, b) };
    if (subsets !== undefined) return { ...sizes, blocks: subsets, disjoint: false };
    const most = Math.min(Math.floor(rowsOfA / sizes.rowsOfA), Math.floor(rowsOfB / sizes.rowsOfB));
    return { ...sizes, blocks: wanted ?? most, disjoint: true };
  }
  if (subsets !== undefined) return { rowsOfA, rowsOfB, blocks: subsets, disjoint: false };
  const blocks = wanted ?? Math.max(1, Math.floor(smaller / usualBlockSize));
  const share = (rows: number) => Math.floor(rows / blocks);
  // Fewer rows than there are for the smaller sample's blocks, unless it is one whole block; all of a larger one.
  const isCut = blockSize === undefined && share(smaller) > usualBlockSize && smaller >= 2 * usualBlockSize;
  const size = (rows: number) => (isCut && rows === smaller ? usualBlockSize : share(rows));
  return { rowsOfA: size(rowsOfA), rowsOfB: size(rowsOfB), blocks, disjoint: true };
}

function pairOf(size: number | readonly [number, number]): readonly [number, number] {
  return typeof size === 'number' ? [size, size] : size;
}

/** As many blocks as both samples have rows for. */
function mostBlocks({ rowsOfA, rowsOfB, blockSize = 2 }: Rows): number {
  const [a, b] = blockSize === 'largest' ? [2, 2] : pairOf(blockSize);
  return Math.min(Math.floor(rowsOfA / Math.min(rowsOfA, a)), Math.floor(rowsOfB / Math.min(rowsOfB, b)));
}

function checkBlockSize(where: string, argument: string, value: unknown): BlockSize {
  if (value === 'largest') return value;
  if (!isArray(value)) return checkInteger(where, argument, value, 2);
  const requirement = "be an integer of at least 2, two of them, or 'largest'";
  if (value.length !== 2) throw invalid(where, argument, requirement, value);
  const [a, b] = checkList(where, argument, requirement, value, (size, i) =>
    checkInteger(where, `${argument}[${i}]`, size, 2),
  );
  return [a!, b!];
}
