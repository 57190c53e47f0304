import {
  checkBoolean,
  checkChoice,
  checkGaussian,
  checkInteger,
  checkNumber,
  checkOptions,
  checkPositiveInteger,
  checkProduct,
  mustError,
  toFloat64Array,
} from './check.js';
import { type JobOptions, type JobSettings, jobOptionNames, resolveJobOptions } from './job.js';
import type { Gaussian } from './moments.js';
import { resolveSeed, type Seed } from './seed.js';

/** The three loops of the paper (its section 2). */
export const loopVariants = ['fully-synthetic', 'synthetic-augmentation', 'fresh-data'] as const;

/** One of the three loops. */
export type LoopVariant = (typeof loopVariants)[number];

/** The reference distribution N(mean, covariance): d values, and d x d values row-major. */
export interface ReferenceGaussian {
  readonly mean: Float64Array | readonly number[];
  readonly covariance: Float64Array | readonly number[];
}

export interface GaussianLoopOptions extends JobOptions {
  readonly variant: LoopVariant;
  /** Dimension d. May be left out where `reference` gives it. */
  readonly dim?: number | undefined;
  /** n_ini: real samples behind generation 1, at least 2. Default: `real`; in the fully synthetic loop, `synthetic`. */
  readonly initial?: number | undefined;
  /**
   * n_r: real samples per generation; in synthetic augmentation the size of the one fixed set, which is also
   * `initial`. Not used in the fully synthetic loop, where it may be left out.
   */
  readonly real?: number | undefined;
  /** n_s: synthetic samples per generation; 0 is plain estimation. At least 2 in the fully synthetic loop. */
  readonly synthetic: number;
  /** Sampling bias, 0 to 1: synthetic samples come from N(mean, lambda covariance). Default 1. */
  readonly lambda?: number | undefined;
  /** Each synthetic sample comes from a random one of the min(memory, t - 1) last models. Default 1: the previous. */
  readonly memory?: number | undefined;
  /** Synthetic data of the last generation only, or of all so far. Default 'latest'. */
  readonly pool?: 'latest' | 'accumulate' | undefined;
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
  /** 0 in the fully synthetic loop. */
  readonly real: number;
  readonly synthetic: number;
  readonly lambda: number;
  readonly memory: number;
  readonly pool: 'latest' | 'accumulate';
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
  'synthetic',
  'lambda',
  'memory',
  'pool',
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
  const parameters = {
    variant,
    dim: resolveDim(where, given.dim, reference),
    ...resolveCounts(where, variant, integer),
    lambda: given.lambda === undefined ? 1 : checkNumber(where, 'lambda', given.lambda, 0, 1),
    memory: integer('memory', 1, 1),
    pool: choice('pool', ['latest', 'accumulate']),
    generations: integer('generations', 1, undefined, maximumIndex),
    replicates: integer('replicates', 1, 1, maximumIndex),
    seed: given.seed === undefined ? 0n : resolveSeed(where, 'seed', given.seed),
    engine: choice('engine', ['moments', 'samples']),
    divisor: choice('divisor', ['unbiased', 'mle']),
  };
  checkProduct(where, 'dim x dim', parameters.dim, parameters.dim);
  const series = given.series === undefined ? false : checkBoolean(where, 'series', given.series);
  return { settings, parameters, reference, series };
}

/** How many real and synthetic samples; every generation needs at least 2 in all. */
export function resolveCounts(
  where: string,
  variant: LoopVariant,
  integer: (name: 'initial' | 'real' | 'synthetic', minimum: number, otherwise?: number) => number,
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
  if (real + synthetic < 2) {
    throw mustError(
      where,
      'real + synthetic',
      'be at least 2, the training samples of a generation',
      `${real + synthetic}`,
    );
  }
  return { initial, real, synthetic };
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
