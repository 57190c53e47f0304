import { allocate } from '../base/allocate.js';
import { checkProduct } from '../base/check.js';
import { lazyArray } from '../base/lazy-array.js';
import type { Estimate } from '../base/mean-and-error.js';
import { entriesOf, type Schedule } from '../base/schedule.js';
import type { Gaussian } from '../base/shapes.js';
import { runJob } from '../engine/job.js';
import { native } from '../engine/native.js';
import { snapshot } from '../engine/snapshot.js';
import {
  type GaussianLoopOptions,
  type GaussianLoopParameters,
  type ResolvedGaussianLoop,
  resolveGaussianLoop,
} from './parameters.js';

/** One generation's model G^t = N(mean, covariance), averaged over replicates. */
export interface GaussianLoopGeneration {
  /** The generation, from 1. */
  readonly t: number;
  /** Squared Wasserstein-2 distance to the reference: the paper's WD. */
  readonly distance: Estimate;
  /** |mean - mean of the reference|^2. */
  readonly meanNormSquared: Estimate;
  /** Trace of the covariance. */
  readonly trace: Estimate;
  /** Natural logarithm of the covariance's determinant; null where the covariance is singular. */
  readonly logDeterminant: Estimate | null;
}

/** Every replicate's values: replicate r in generation t is at r x generations + t - 1. */
export interface GaussianLoopSeries {
  readonly replicates: number;
  readonly generations: number;
  readonly distance: Float64Array;
  readonly meanNormSquared: Float64Array;
  readonly trace: Float64Array;
  /** NaN where the covariance is singular. */
  readonly logDeterminant: Float64Array;
}

export interface GaussianLoopResult {
  /**
   * Generation 1 first. Beyond 10,000 generations the elements are made when they are read, as millions of small
   * objects would hold the event loop in the garbage collector: `[...generations]` is a plain array of all of them.
   */
  readonly generations: readonly GaussianLoopGeneration[];
  /** What was run, with every default filled in. */
  readonly parameters: GaussianLoopParameters;
  /** Every replicate's values; there if the option `series` is true. */
  readonly series?: GaussianLoopSeries;
}

/**
 * Runs one of the paper's three autophagous loops, or a combination of them, for a Gaussian model, as many replicates at once
 * as asked for.
 *
 * Generation 1 is fitted to `initial` real samples; each later one to synthetic samples of earlier models, alone
 * (fully synthetic), with one fixed real set (synthetic augmentation), with fresh real samples (fresh data) or with both
 * (combined).
 * With `engine: 'moments'` no sample is drawn: for n draws from N(m, S) the sample mean and (n - 1) x covariance are
 * independent, N(m, S / n) and Wishart(S, n - 1), and these are drawn. Exact, and O(dim^3) a generation whatever the
 * sample counts. `autophagousLoop` with `gaussian()` has the same law, sample by sample.
 *
 * `real`, `realFresh`, `synthetic` and `lambda` may differ between generations: a list, entry t - 1 for generation t, of which the
 * last goes on, or a function of t. Generation 1 reads `initial`, and its entries of synthetic and lambda are not used.
 *
 * The result depends on the parameters and the seed alone, to the last bit: not on threads or time.
 * Memory: about 96 bytes a generation and thread, and twice 64 for the result; with `series` 64 more a generation and replicate.
 * Rejects with ERR_INVALID_INPUT, ERR_NOT_POSITIVE_SEMIDEFINITE (the reference), ERR_OUT_OF_MEMORY, ERR_ABORTED.
 * Source: Alemohammad et al., ICLR 2024, sections 2 to 5.
 *
 * @example
 * const { generations } = await simulateGaussianLoop({
 *   variant: 'fresh-data', dim: 100, real: 100, synthetic: 900, generations: 40, replicates: 100,
 * });
 * console.log(generations.at(-1)?.distance); // { mean, standardError }
 */
export async function simulateGaussianLoop(options: GaussianLoopOptions): Promise<GaussianLoopResult> {
  return runGaussianLoop(resolveGaussianLoop('simulateGaussianLoop', options), 0);
}

/** Replicates of a loop from `firstReplicate` on, as a larger run has them: to the last bit, whatever its other replicates. */
export async function runGaussianLoop(
  loop: ResolvedGaussianLoop,
  firstReplicate: number,
): Promise<GaussianLoopResult> {
  const { where } = loop.settings;
  const { generations } = loop.parameters;
  const table = checkProduct(where, 'generations x metrics', generations, metricCount);
  const mean = allocate(where, 'the means', Float64Array, table);
  const standardError = allocate(where, 'the standard errors', Float64Array, table);
  const series = loop.series ? allocateSeries(where, loop) : undefined;

  const reference = await runJob(loop.settings, async (throwIfSettled) => {
    const copy = await snapshotReference(where, loop.reference, throwIfSettled);
    const { real, realFresh, synthetic, lambda, ...parameters } = loop.parameters;
    const job = native().startGaussianLoop({
      threads: loop.settings.threads,
      ...parameters,
      firstReplicate,
      real: entries(real),
      ...(realFresh !== undefined && { realFresh: entries(realFresh) }),
      synthetic: entries(synthetic),
      lambda: entries(lambda),
      ...(copy && { referenceMean: copy.mean, referenceCovariance: copy.covariance }),
      ...(series && { series }),
      mean,
      standardError,
    });
    return { ...job, promise: job.promise.then(() => copy) };
  });
  return {
    generations: readTable(mean, standardError, generations),
    parameters: {
      ...loop.parameters,
      seed: String(loop.parameters.seed),
      ...(reference && { reference }),
    },
    ...(series && { series }),
  };
}

// distance, meanNormSquared, trace, logDeterminant: the order of the engine's tables.
const metricCount = 4;

const mostPlainGenerations = 10_000;

function readTable(
  mean: Float64Array,
  standardError: Float64Array,
  generations: number,
): readonly GaussianLoopGeneration[] {
  const estimate = (index: number): Estimate => ({ mean: mean[index]!, standardError: standardError[index]! });
  const generation = (index: number): GaussianLoopGeneration => {
    const first = index * metricCount;
    return {
      t: index + 1,
      distance: estimate(first),
      meanNormSquared: estimate(first + 1),
      trace: estimate(first + 2),
      logDeterminant: Number.isNaN(mean[first + 3]!) ? null : estimate(first + 3),
    };
  };
  if (generations > mostPlainGenerations) return lazyArray(generations, generation);
  return Array.from({ length: generations }, (_, index) => generation(index));
}

function entries(schedule: Schedule): Float64Array {
  return new Float64Array(entriesOf(schedule));
}

function allocateSeries(where: string, { parameters }: ResolvedGaussianLoop): GaussianLoopSeries {
  const { replicates, generations } = parameters;
  const length = checkProduct(where, 'replicates x generations', replicates, generations);
  const values = () => allocate(where, 'a series', Float64Array, length);
  return {
    replicates,
    generations,
    distance: values(),
    meanNormSquared: values(),
    trace: values(),
    logDeterminant: values(),
  };
}

async function snapshotReference(
  where: string,
  reference: Gaussian | undefined,
  throwIfSettled: () => void,
): Promise<{ mean: Float64Array; covariance: Float64Array } | undefined> {
  if (reference === undefined) return undefined;
  return {
    mean: await snapshot(where, 'reference.mean', reference.mean, throwIfSettled),
    covariance: await snapshot(where, 'reference.covariance', reference.covariance, throwIfSettled),
  };
}
