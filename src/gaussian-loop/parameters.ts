import {
  checkBoolean,
  checkChoice,
  checkGaussian,
  checkInteger,
  checkNumber,
  checkOptions,
  checkPositiveInteger,
  checkProduct,
  invalid,
  mustError,
  toFloat64Array,
} from '../base/check.js';
import { resolveSeed, type Seed } from '../base/seed.js';
import type { Gaussian } from '../base/shapes.js';
import { type JobOptions, type JobSettings, jobOptionNames, resolveJobOptions } from '../engine/job.js';

/** The three loops of the paper (its section 2), and their combinations, which it leaves open. */
export const loopVariants = ['fully-synthetic', 'synthetic-augmentation', 'fresh-data', 'combined'] as const;

/** One of the three loops, or `'combined'`: fixed real, fresh real and synthetic samples in any numbers. */
export type LoopVariant = (typeof loopVariants)[number];

/** What becomes of the synthetic samples of earlier generations. */
export const syntheticPools = ['latest', 'accumulate', 'subsample'] as const;

/**
 * A generation trains on the latest synthetic samples only, on all so far, or on a random subset (`'subsample'`) of what it
 * would have with `'accumulate'`, real samples included.
 */
export type SyntheticPool = (typeof syntheticPools)[number];

/** The reference distribution N(mean, covariance): d values, and d x d values row-major. */
export interface ReferenceGaussian {
  readonly mean: Float64Array | readonly number[];
  readonly covariance: Float64Array | readonly number[];
}

export interface GaussianLoopOptions extends JobOptions {
  readonly variant: LoopVariant;
  /** Dimension d. May be left out where `reference` gives it. */
  readonly dim?: number | undefined;
  /**
   * n_ini: real samples behind generation 1, at least 2; in the combined loop the fixed ones are the first of them. Default:
   * `real`; in a loop that sees no real samples later, `synthetic`.
   */
  readonly initial?: number | undefined;
  /**
   * n_r: real samples per generation; in synthetic augmentation the size of the one fixed set, which is also
   * `initial`. Not used in the fully synthetic loop, nor in the combined one (there, `realFixed + realFresh`), where it may be
   * left out.
   */
  readonly real?: number | undefined;
  /** n_f, combined loop only: real samples of generation 1 that every later one is trained on again. Default 0. */
  readonly realFixed?: number | undefined;
  /** n_r, combined loop only: new real samples in each later generation. Default 0. */
  readonly realFresh?: number | undefined;
  /** n_s: synthetic samples per generation; 0 is plain estimation. At least 2 in the fully synthetic loop. */
  readonly synthetic: number;
  /** Sampling bias, 0 to 1: synthetic samples come from N(mean, lambda covariance). Default 1. */
  readonly lambda?: number | undefined;
  /** Each synthetic sample comes from a random one of the min(memory, t - 1) last models. Default 1: the previous. */
  readonly memory?: number | undefined;
  /**
   * Synthetic data of the last generation only, of all so far, or a random subset of what 'accumulate' would train on (engine
   * 'samples' only). Default 'latest'.
   */
  readonly pool?: SyntheticPool | undefined;
  /**
   * With `pool: 'subsample'`, training samples of each later generation, drawn without replacement: 2 to
   * real + synthetic. Default `initial`, or real + synthetic where that is less.
   */
  readonly subsample?: number | undefined;
  readonly generations: number;
  /** Independent runs of the loop, over which means and standard errors are taken. Default 1. */
  readonly replicates?: number | undefined;
  /** Decides every random number. Default 0. */
  readonly seed?: Seed | undefined;
  /** Draw the sufficient statistics themselves, at a cost that does not depend on sample counts, or every sample. Default 'moments'. */
  readonly engine?: 'moments' | 'samples' | undefined;
  /** Divisor of fitted covariances: N - 1 or N. Default 'unbiased'. */
  readonly divisor?: 'unbiased' | 'mle' | undefined;
  /** The real distribution. Default N(0, I). */
  readonly reference?: ReferenceGaussian | undefined;
  /** Also return every replicate's values. Default false. */
  readonly series?: boolean | undefined;
}

/**
 * The parameters of a run with every default filled in; `simulateGaussianLoop(parameters)` repeats it. (A reference's arrays become
 * objects in JSON: write them as plain arrays, which are accepted too.)
 */
export interface GaussianLoopParameters {
  readonly variant: LoopVariant;
  readonly dim: number;
  readonly initial: number;
  /** 0 in the fully synthetic loop, realFixed + realFresh in the combined one. */
  readonly real: number;
  /** Present in the combined loop. */
  readonly realFixed?: number;
  /** Present in the combined loop. */
  readonly realFresh?: number;
  readonly synthetic: number;
  readonly lambda: number;
  readonly memory: number;
  readonly pool: SyntheticPool;
  /** Present with pool 'subsample'. */
  readonly subsample?: number;
  readonly generations: number;
  readonly replicates: number;
  /** In decimal. */
  readonly seed: string;
  readonly engine: 'moments' | 'samples';
  readonly divisor: 'unbiased' | 'mle';
  /** Absent: N(0, I). */
  readonly reference?: { readonly mean: Float64Array; readonly covariance: Float64Array };
}

export interface ResolvedGaussianLoop {
  readonly settings: JobSettings;
  readonly parameters: Omit<GaussianLoopParameters, 'seed' | 'reference'> & { readonly seed: bigint };
  readonly reference: Gaussian | undefined;
  readonly series: boolean;
}

const optionNames = [
  'variant',
  'dim',
  'initial',
  'real',
  'realFixed',
  'realFresh',
  'synthetic',
  'lambda',
  'memory',
  'pool',
  'subsample',
  'generations',
  'replicates',
  'seed',
  'engine',
  'divisor',
  'reference',
  'series',
  ...jobOptionNames,
] as const;

// Generations and replicates are 32-bit fields of the random numbers' addresses.
const maximumIndex = 2 ** 32 - 1;

/** Checks the options of `where` and fills in the defaults. */
export function resolveGaussianLoop(where: string, options: unknown): ResolvedGaussianLoop {
  const given = checkOptions(where, 'options', options, optionNames);
  const settings = resolveJobOptions(where, given);
  const integer = (name: keyof typeof given, minimum: number, otherwise?: number, maximum?: number): number => {
    const value = given[name] === undefined ? otherwise : given[name];
    return checkInteger(where, name, value, minimum, maximum);
  };
  const choice = <Word extends string>(name: keyof typeof given, words: readonly Word[]): Word =>
    given[name] === undefined ? words[0]! : checkChoice(where, name, given[name], words);

  const variant = checkChoice(where, 'variant', given.variant, loopVariants);
  const reference = given.reference === undefined ? undefined : checkReference(where, given.reference);
  const counts = resolveLoopCounts(where, variant, integer);
  const parameters = {
    variant,
    dim: resolveDim(where, given.dim, reference),
    ...counts,
    lambda: given.lambda === undefined ? 1 : checkNumber(where, 'lambda', given.lambda, 0, 1),
    memory: integer('memory', 1, 1),
    ...resolvePool(where, given, counts),
    generations: integer('generations', 1, undefined, maximumIndex),
    replicates: integer('replicates', 1, 1, maximumIndex),
    seed: given.seed === undefined ? 0n : resolveSeed(where, 'seed', given.seed),
    engine: choice('engine', ['moments', 'samples']),
    divisor: choice('divisor', ['unbiased', 'mle']),
  };
  if (parameters.pool === 'subsample' && parameters.engine !== 'samples') {
    throw mustError(where, 'engine', "be 'samples' with pool 'subsample'", `'${parameters.engine}'`);
  }
  checkProduct(where, 'dim x dim', parameters.dim, parameters.dim);
  const series = given.series === undefined ? false : checkBoolean(where, 'series', given.series);
  return { settings, parameters, reference, series };
}

/** Sample counts of a loop. `realFixed` and `realFresh` are there in the combined loop; realParts has them for every loop. */
export interface LoopCounts {
  readonly initial: number;
  readonly real: number;
  readonly realFixed?: number;
  readonly realFresh?: number;
  readonly synthetic: number;
}

/** Checks a count: an option's value, or what to take where it is left out. */
type CountOf<Name> = (name: Name, minimum: number, otherwise?: number) => number;

/** How many real and synthetic samples; every generation needs at least 2 in all. */
export function resolveLoopCounts(
  where: string,
  variant: LoopVariant,
  integer: CountOf<keyof LoopCounts>,
): LoopCounts {
  if (variant === 'combined') return resolveCombination(where, integer);
  for (const name of ['realFixed', 'realFresh'] as const) {
    const count = integer(name, 0, 0);
    if (count > 0) throw mustError(where, name, "be left out unless variant is 'combined'", String(count));
  }
  return resolveCounts(where, variant, integer);
}

/** The same for the paper's three loops. */
export function resolveCounts(
  where: string,
  variant: Exclude<LoopVariant, 'combined'>,
  integer: CountOf<'initial' | 'real' | 'synthetic'>,
): { initial: number; real: number; synthetic: number } {
  if (variant === 'fully-synthetic') {
    integer('real', 0, 0);
    const synthetic = integer('synthetic', 2);
    return { initial: integer('initial', 2, synthetic), real: 0, synthetic };
  }
  // The fixed set of synthetic augmentation is all that generation 1 has, and a covariance needs two samples.
  const real = integer('real', variant === 'synthetic-augmentation' ? 2 : 1);
  const synthetic = integer('synthetic', 0);
  const initial = integer('initial', 2, real);
  if (variant === 'synthetic-augmentation' && initial !== real) {
    const requirement = `equal real = ${real} in synthetic augmentation, whose generation 1 is fitted to the fixed set itself`;
    throw mustError(where, 'initial', requirement, String(initial));
  }
  checkTrainingSamples(where, 'real + synthetic', real + synthetic);
  return { initial, real, synthetic };
}

function resolveCombination(where: string, integer: CountOf<keyof LoopCounts>): LoopCounts {
  const realFixed = integer('realFixed', 0, 0);
  const realFresh = integer('realFresh', 0, 0);
  const synthetic = integer('synthetic', 0);
  const sum = realFixed + realFresh;
  const real = integer('real', 0, sum);
  if (real !== sum) throw mustError(where, 'real', `equal realFixed + realFresh = ${sum}`, String(real));
  checkTrainingSamples(where, 'realFixed + realFresh + synthetic', real + synthetic);
  const initial = integer('initial', 2, real > 0 ? real : synthetic);
  if (initial < realFixed) {
    const requirement = `be at least realFixed = ${realFixed}, the samples of generation 1 that are kept`;
    throw mustError(where, 'initial', requirement, String(initial));
  }
  return { initial, real, realFixed, realFresh, synthetic };
}

function checkTrainingSamples(where: string, name: string, count: number): void {
  if (count >= 2) return;
  throw mustError(where, name, 'be at least 2, the training samples of a generation', String(count));
}

/** The real samples of every generation after the first: as many from the fixed set, and as many new ones. */
export function realParts({
  variant,
  real,
  realFixed = 0,
  realFresh = 0,
}: LoopCounts & { readonly variant: LoopVariant }): { realFixed: number; realFresh: number } {
  if (variant === 'synthetic-augmentation') return { realFixed: real, realFresh: 0 };
  if (variant === 'fresh-data') return { realFixed: 0, realFresh: real };
  return { realFixed, realFresh };
}

/** The pool, and how many samples a subset of it has. */
export function resolvePool(
  where: string,
  given: { readonly pool?: unknown; readonly subsample?: unknown },
  { initial, real, synthetic }: LoopCounts,
): { pool: SyntheticPool; subsample?: number } {
  const pool = given.pool === undefined ? 'latest' : checkChoice(where, 'pool', given.pool, syntheticPools);
  if (pool !== 'subsample') {
    if (given.subsample === undefined) return { pool };
    throw invalid(where, 'subsample', "be left out unless pool is 'subsample'", given.subsample);
  }
  const most = real + synthetic;
  const value = given.subsample === undefined ? Math.min(initial, most) : given.subsample;
  const subsample = checkInteger(where, 'subsample', value, 2);
  if (subsample > most) {
    const requirement = `be at most real + synthetic = ${most}, all that generation 2 has`;
    throw mustError(where, 'subsample', requirement, String(subsample));
  }
  return { pool, subsample };
}

/** The dimension, given or that of the reference; the two must agree. */
export function resolveDim(where: string, dim: unknown, reference: Gaussian | undefined): number {
  if (dim === undefined && reference !== undefined) return reference.dim;
  const checked = checkPositiveInteger(where, 'dim', dim);
  if (reference !== undefined && reference.dim !== checked) {
    throw mustError(where, 'dim', `equal the length of reference.mean, ${reference.dim}`, String(checked));
  }
  return checked;
}

/** Checks a reference distribution. */
export function checkReference(where: string, value: unknown): Gaussian {
  const { mean, covariance } = checkOptions(where, 'reference', value, ['mean', 'covariance', 'dim', 'count']);
  const checkedMean = toFloat64Array(where, 'reference.mean', mean);
  return checkGaussian(where, 'reference', {
    dim: checkedMean.length,
    mean: checkedMean,
    covariance: toFloat64Array(where, 'reference.covariance', covariance),
  });
}
