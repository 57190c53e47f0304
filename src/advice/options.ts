// What `advise` is asked: the loop, in the words of practice.

import { invalid, mustError } from '../base/check.js';
import { lambdaOption } from '../base/lambda.js';
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

/** The synthetic samples that are such a share of all, beside so many real ones. */
const countOfShare = (real: number, share: number): number => Math.round((real * share) / (1 - share));

const lambdaOfGuidance = (guidance: number): number => 1 / (1 + guidance);

type Bias = { readonly guidance?: number | undefined; readonly truncation?: number | undefined };
type Effort = { readonly memory: number; readonly precise: boolean };
type Shares = { readonly real: number; readonly syntheticShare?: number | undefined };

/** Lambda by the other name that it was given, if it was. */
function lambdaByName({ guidance, truncation }: Bias): number | undefined {
  return guidance === undefined ? truncation : lambdaOfGuidance(guidance);
}

export const adviseOptions = {
  real: constant(integer(1), whyConstant).doc('fresh real samples in each generation'),
  synthetic: constant(integer(0), whyConstant)
    .or(({ real, syntheticShare }: Shares) =>
      syntheticShare === undefined ? undefined : countOfShare(real, syntheticShare),
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
  lambda: constant(lambdaOption(), whyConstant)
    .or((bias: Bias) => lambdaByName(bias) ?? 1, '1')
    .and((where, argument, lambda, bias: Bias) => {
      const named = lambdaByName(bias);
      if (named === undefined || named === lambda) return;
      throw invalid(where, argument, `be left out beside the option '${nameOf(bias)}'`, lambda);
    }),
  guidance: number(0, Number.MAX_VALUE)
    .optional()
    .doc('classifier-free guidance w: lambda is 1 / (1 + w)')
    .flag('<w>'),
  truncation: number(0, 1)
    .and((where, argument, truncation, { guidance }: Bias) => {
      if (guidance !== undefined)
        throw invalid(where, argument, "be left out beside the option 'guidance'", truncation);
    })
    .optional()
    .doc('truncation factor of a GAN: lambda is the same'),
  dim: dimOption.doc('dimension of the data, unless its reference gives it'),
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

const nameOf = ({ guidance }: Bias): string => (guidance === undefined ? 'truncation' : 'guidance');

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
  const { threads, signal, onProgress, dim, reference, syntheticShare, guidance, truncation, ...question } =
    values;
  if (!isLoop(question)) {
    const { falsePositiveRate } = question;
    const requirement = 'leave a real sample and 2 in all in each generation';
    throw mustError(where, 'falsePositiveRate', requirement, String(falsePositiveRate));
  }
  const rank = reference && Math.round(effectiveRank(reference.dim, reference.covariance));
  const dims = rank === undefined || rank === dim ? ([dim] as const) : ([dim, rank] as const);
  return { question, dims, settings: { where, threads, signal, onProgress } };
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
