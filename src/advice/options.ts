// What `advise` is asked: the loop, in the words of practice.

import { invalid, mustError } from '../base/check.js';
import type { MadloopError } from '../base/errors.js';
import { boolean, integer, number, oneOf, resolve, seed, type TableOf } from '../base/options.js';
import { constant } from '../base/schedule.js';
import type { Seed } from '../base/seed.js';
import type { Gaussian } from '../base/shapes.js';
import { type JobOptions, type JobSettings, jobOptions } from '../engine/job.js';
import {
  dimOption,
  type ReferenceGaussian,
  referenceOption,
  whyConstant,
} from '../gaussian-loop/parameters.js';
import { biasOptions } from '../gaussian-loop/sampling-bias.js';
import { stationaryLoopOptions } from '../limits/parameters.js';
import { filterOptions } from '../models/filter.js';
import { effectiveRank } from './effective-rank.js';

const adviseMethods = ['auto', 'deterministic', 'monte-carlo'] as const;
export type AdviseMethod = (typeof adviseMethods)[number];

export interface AdviseOptions extends JobOptions {
  /** n_r: fresh real samples in each generation, at least 1. */
  readonly real: number;
  /** n_s: synthetic samples in each generation; or give `syntheticShare`. */
  readonly synthetic?: number | undefined;
  /** n_s / (n_r + n_s), 0 to below 1, in place of `synthetic`. */
  readonly syntheticShare?: number | undefined;
  /** Sampling bias, 0 to 1; or give `guidance` or `truncation`. Default 1. */
  readonly lambda?: number | undefined;
  /** w of classifier-free guidance: lambda = 1 / (1 + w). */
  readonly guidance?: number | undefined;
  /** Truncation factor of a GAN: lambda is that factor. */
  readonly truncation?: number | undefined;
  /** Dimension d, in which data are N(0, I); or give `reference`. */
  readonly dim?: number | undefined;
  /** Mean and covariance of the data: answers for their columns and for their effective rank. */
  readonly reference?: ReferenceGaussian | undefined;
  /** Each synthetic sample comes from a random one of so many last models. Default 1. */
  readonly memory?: number | undefined;
  /** A detector of synthetic samples: the probability that it finds one out. Default 0, none. */
  readonly truePositiveRate?: number | undefined;
  /** The probability that it takes a real sample for a synthetic one. Default 0. */
  readonly falsePositiveRate?: number | undefined;
  /**
   * 'deterministic': also where its accuracy, and so the band, was not measured; for memory 1. 'monte-carlo': also where the deterministic
   * method would do. Default 'auto': the deterministic method where its accuracy was measured, else Monte Carlo.
   */
  readonly method?: AdviseMethod | undefined;
  /** Monte Carlo where the deterministic method would do, and whatever that takes. Default false. */
  readonly precise?: boolean | undefined;
  /** Of Monte Carlo: largest standard error, as a fraction of distances and thresholds, 1e-4 to 0.1. Default 0.01. */
  readonly relativeError?: number | undefined;
  /** Decides every random number. Default 0. */
  readonly seed?: Seed | undefined;
}

/** An answer without a dimension there is none. */
function noDimension(where: string): never {
  const requirement =
    "be given, or the option 'reference' in its place, as the answer hangs on it (docs/advice.md says what to take)";
  throw mustError(where, 'dim', requirement, 'neither');
}

function noSynthetic(where: string): never {
  throw mustError(where, 'synthetic', "be given, or the option 'syntheticShare' in its place", 'neither');
}

/** The synthetic samples that are such a share of all, beside so many real ones: to the whole number. */
const countOfShare = (real: number, share: number): number => Math.round(syntheticOfShare(real, share));

const syntheticOfShare = (real: number, share: number): number => (real * share) / (1 - share);

type Effort = { readonly memory: number; readonly precise: boolean };
type Shares = { readonly real: number; readonly syntheticShare?: number | undefined };

export const adviseOptions = {
  real: constant(integer(1), whyConstant).doc('fresh real samples in each generation'),
  synthetic: constant(integer(0), whyConstant)
    .or(({ real, syntheticShare }: Shares, where) =>
      syntheticShare === undefined ? noSynthetic(where) : countOfShare(real, syntheticShare),
    )
    .and((where, argument, synthetic, { real, syntheticShare }: Shares) => {
      if (syntheticShare === undefined || synthetic === countOfShare(real, syntheticShare)) return;
      throw invalid(where, argument, "be left out beside the option 'syntheticShare'", synthetic);
    })
    .doc('synthetic samples in each generation, unless syntheticShare gives them'),
  syntheticShare: number(0, 0.999_999)
    .allow('number from 0 to 0.999999')
    .optional()
    .doc('synthetic samples as a share of all, in place of `synthetic`'),
  ...biasOptions,
  dim: dimOption
    .or(({ reference }: { reference?: Gaussian | undefined }, where) => reference?.dim ?? noDimension(where))
    .doc('dimension of the data, unless its reference gives it'),
  reference: referenceOption
    .and((where, argument, { covariance, dim }: Gaussian) => {
      if (effectiveRank(dim, covariance) >= 1) return;
      throw mustError(where, `${argument}.covariance`, 'have a positive trace', 'one that is not');
    })
    .doc('mean and covariance of the data, for answers at their effective rank, too'),
  memory: stationaryLoopOptions.memory,
  truePositiveRate: filterOptions.truePositiveRate
    .or(0)
    .doc('detector: probability that a synthetic sample is found out and left out'),
  falsePositiveRate: filterOptions.falsePositiveRate
    .or(0)
    .doc('detector: probability that a real sample is left out by mistake'),
  method: oneOf(adviseMethods)
    .or('auto')
    .and((where, argument, method, { memory, precise }: Effort) => {
      if (method !== 'deterministic') return;
      if (precise) throw invalid(where, argument, "be left out beside the option 'precise'", method);
      if (memory !== 1) throw mustError(where, 'memory', "be 1 for method 'deterministic'", String(memory));
    })
    .doc(
      'by the deterministic method where its accuracy was measured, else by Monte Carlo (auto); or by one of them',
    )
    .flag('<method>'),
  precise: boolean().or(false).doc('Monte Carlo in any case, and all of it').flag(''),
  relativeError: number(1e-4, 0.1)
    .or(1e-2)
    .doc('of Monte Carlo: largest standard error as a fraction of distances and thresholds'),
  seed: seed(),
  ...jobOptions,
} satisfies TableOf<AdviseOptions>;

/** A loop with a detector. */
export interface FilteredLoop {
  /** Samples of a generation before any detector. */
  readonly real: number;
  readonly synthetic: number;
  readonly lambda: number;
  readonly memory: number;
  readonly truePositiveRate: number;
  readonly falsePositiveRate: number;
}

/** What is asked, checked. */
export interface Question extends FilteredLoop {
  /** The share of synthetic samples that was asked for: other numbers of real samples keep it. Absent where their number was given. */
  readonly heldShare?: number;
  readonly method: AdviseMethod;
  readonly precise: boolean;
  readonly relativeError: number;
  readonly seed: bigint;
}

/** What is asked, in which dimensions (the columns; then the effective rank, where that is another), and how it is computed. */
export interface AdviseRequest {
  readonly question: Question;
  readonly dims: readonly [columns: number, effectiveRank?: number];
  readonly settings: JobSettings;
}

/** Checks the options of `advise` and fills in the defaults. */
export function resolveAdvise(where: string, options: unknown): AdviseRequest {
  const values = resolve(where, options, adviseOptions);
  const { threads, signal, onProgress, dim, reference, syntheticShare, guidance, truncation, ...counts } =
    values;
  if (!isLoop(counts)) throw tooFew(where, counts);
  const question = { ...counts, ...(syntheticShare !== undefined && { heldShare: syntheticShare }) };
  const rank = reference && Math.round(effectiveRank(reference.dim, reference.covariance));
  const dims = rank === undefined || rank === dim ? ([dim] as const) : ([dim, rank] as const);
  return { question, dims, settings: { where, threads, signal, onProgress } };
}

/** The same question about another number of real samples: beside as many synthetic ones, or at the share that was asked for, before rounding. */
export function withReal<Asked extends Pick<Question, 'real' | 'synthetic' | 'heldShare'>>(
  question: Asked,
  real: number,
): Asked {
  const { heldShare, synthetic } = question;
  return {
    ...question,
    real,
    synthetic: heldShare === undefined ? synthetic : syntheticOfShare(real, heldShare),
  };
}

/** The same in whole numbers. */
export function withWholeReal<Asked extends Pick<Question, 'real' | 'synthetic' | 'heldShare'>>(
  question: Asked,
  real: number,
): Asked {
  const changed = withReal(question, real);
  return { ...changed, synthetic: Math.round(changed.synthetic) };
}

/** What is wrong of counts that are no loop: they themselves, or the rate that leaves too few of them. */
function tooFew(
  where: string,
  { real, synthetic, truePositiveRate, falsePositiveRate }: SampleRates,
): MadloopError {
  if (real + synthetic < 2)
    return mustError(where, 'real', `be at least 2 beside ${synthetic} synthetic samples`, String(real));
  const [name, rate] =
    falsePositiveRate > 0 ? ['falsePositiveRate', falsePositiveRate] : ['truePositiveRate', truePositiveRate];
  return mustError(where, name!, 'leave a real sample and 2 in all in each generation', String(rate));
}

/** Whether a detector leaves a real sample, and two in all. */
export function isLoop(counts: SampleRates): boolean {
  const { real, synthetic } = keptCounts(counts);
  return real >= 1 && real + synthetic >= 2;
}

type SampleRates = Pick<Question, 'real' | 'synthetic' | 'truePositiveRate' | 'falsePositiveRate'>;

/** What a detector leaves of the samples of a generation, on average. */
export function keptCounts({ real, synthetic, truePositiveRate, falsePositiveRate }: SampleRates): {
  real: number;
  synthetic: number;
} {
  return {
    real: Math.round(real * (1 - falsePositiveRate)),
    synthetic: Math.round(synthetic * (1 - truePositiveRate)),
  };
}
