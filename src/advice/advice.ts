// What `advise` answers.

import type { FilteredLoop, Question } from './options.js';

/** Ends of a range: a 95 % interval of Monte Carlo, or a band that the deterministic method's stated accuracy leaves. */
export type Range = readonly [low: number, high: number];

/** How far a number may be off. One of the two. */
export interface Uncertain {
  /** 95 % interval; NaN for the deterministic method. */
  readonly interval: Range;
  /** What the stated accuracy of the deterministic method leaves open; a band, not an interval of any probability. */
  readonly band?: Range;
}

/**
 * 'helps' and 'hurts': n_e is above or below the real samples before any detector, beyond doubt; 'undecided': the interval or band holds
 * them; 'collapsed': whatever n_e is, the loop leaves less than 0.09 of the data's variance (standard deviations below 0.3); 'none': there
 * are no synthetic samples to judge, or a detector leaves none.
 */
export type Verdict = 'helps' | 'hurts' | 'undecided' | 'collapsed' | 'none';

/** What a loop is worth in the long run. */
export interface Worth {
  readonly verdict: Verdict;
  /** lim E[distance] / d: 1 for a model that has shrunk to its mean, and how far this one is from that. */
  readonly collapse: number;
  /** lim E[tr Sigma] / d, exact: the part of the data's variance that the loop leaves. Below 0.09 the verdict is 'collapsed'. */
  readonly variance: number;
  /** n_e: NaN below 2, Infinity above 1e15. */
  readonly effectiveSampleSize: number;
  /** n_e over the real samples in question, before any detector. */
  readonly ratio: number;
  /** Whether n_e is at least those. */
  readonly admissible: boolean | 'undecided';
  /** 95 % interval of `ratio`; NaN for the deterministic method. */
  readonly interval: Range;
  /** `ratio` at the ends of the deterministic method's stated accuracy. */
  readonly band?: Range;
  /** Whether the accuracy that `band` comes from was measured for such a loop; true for Monte Carlo. */
  readonly measured: boolean;
}

/** A number of samples with its uncertainty. 'none': no number will do; 'unbounded': any will. */
export interface Threshold extends Uncertain {
  readonly bounded: 'yes' | 'none' | 'unbounded';
}

/** The largest number of synthetic samples that do no harm: with which n_e is at least the real samples, and the model not collapsed. */
export interface SyntheticThreshold extends Threshold {
  /** As a real number: its integer part is the largest admissible count. 0 for 'none', Infinity for 'unbounded'. */
  readonly synthetic: number;
  /**
   * The least number of them, about: fewer do not make up for the real samples that a detector leaves out by mistake. 0 where it leaves out
   * none, and for 'none'.
   */
  readonly from: number;
  /** 95 % interval of `from`; NaN for the deterministic method, and where Monte Carlo finds no place from which on they do. */
  readonly fromInterval: Range;
  /** What the stated accuracy of the deterministic method leaves open of `from`. Infinity: there may be no such number. */
  readonly fromBand?: Range;
}

/** The least number of fresh real samples beside which the synthetic ones in question, or at the share that was asked for, do no harm. */
export interface LeastReal extends Threshold {
  /** Infinity for 'none': beside more real samples they harm, too; 2 for 'unbounded', beside fewer real samples than now they do none. */
  readonly real: number;
}

/**
 * Something that one could change, and what the loop would be worth then: `ratio`, `interval` and `band` over the real samples in question,
 * `verdict` and `admissible` of the synthetic samples beside those of the lever, its own `real`.
 */
export interface Lever extends Worth, FilteredLoop {
  readonly lever: LeverName;
}

export type LeverName =
  | 'twice the real'
  | 'half the synthetic'
  | 'best synthetic'
  | 'half the bias'
  | 'no bias'
  | 'a detector'
  | 'no detector'
  | 'twice the memory';

/** What the loop would be worth for another dimension or bias; `null`: not computed. */
export interface Sensitivity {
  readonly dims: readonly number[];
  readonly lambdas: readonly number[];
  /** A row for each dimension, a cell for each lambda. */
  readonly cells: readonly (readonly (Worth | null)[])[];
}

/** A part of the answer that was not computed, and why. */
export interface LeftOut {
  readonly part: 'threshold' | 'leastReal' | 'realToMakeUp' | 'bestSynthetic' | 'levers' | 'sensitivity';
  readonly reason: string;
}

/** The answers for one dimension. What is null is among `leftOut`. */
export interface Answer extends Worth {
  readonly dim: number;
  readonly method: 'deterministic' | 'monte-carlo';
  /** Why not the deterministic method; absent where it was. */
  readonly why?: string;
  readonly threshold: SyntheticThreshold | null;
  readonly leastReal: LeastReal | null;
  /**
   * So many real samples in each generation, beside as many synthetic ones, or with the share of them that was asked for, would do as well as
   * those in question without any synthetic ones; for loops that are not admissible.
   */
  readonly realToMakeUp: LeastReal | null;
  /** The number of synthetic samples with the largest n_e; Infinity where more are always better. */
  readonly bestSynthetic: number | null;
  readonly levers: readonly Lever[];
  readonly sensitivity: Sensitivity | null;
  readonly leftOut: readonly LeftOut[];
}

/** The answer of `advise`: for the dimension, or the columns of the reference, and for its effective rank. */
export interface Advice extends Answer {
  readonly inputs: Omit<Question, 'seed'> & {
    /** n_s / (n_r + n_s). */
    readonly syntheticShare: number;
    readonly dim: number;
    /** What a detector leaves on average; the counts themselves without one. */
    readonly kept: { readonly real: number; readonly synthetic: number };
    /** The seed as a decimal number. */
    readonly seed: string;
  };
  /** The same for the effective rank (tr S)^2 / tr S^2 of a reference that is not isotropic. */
  readonly atEffectiveRank?: Answer;
  /** What all of it does not say. */
  readonly caveat: string;
}
