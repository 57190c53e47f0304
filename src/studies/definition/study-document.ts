// What a study hands to figures, reports and exports.

import type { LimitPointMethod } from '../../limits/estimate-limit-point.js';

/** What the cells of a study may differ in; `total` and `realFraction` stand for `real` and `synthetic`. */
export const studyAxes = ['dim', 'real', 'synthetic', 'total', 'realFraction', 'lambda', 'memory'] as const;

export type StudyAxis = (typeof studyAxes)[number];

/** A finished cell. What is not a finite number is null; `bounded` says why n_e has no value. */
export interface StudyCellResult {
  /** The limit point: the limit of the expected squared Wasserstein-2 distance. */
  readonly distance: number;
  /** Standard error of `distance`; null for method 'deterministic', which has none, nor intervals. */
  readonly standardError: number | null;
  /** n_e, and its 95 % interval. */
  readonly effectiveSampleSize: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** n_e / n_r, and its 95 % interval. */
  readonly ratio: number | null;
  readonly ratioLow: number | null;
  readonly ratioHigh: number | null;
  /** Whether n_e >= n_r; 'undecided' where the interval of the ratio holds 1. */
  readonly admissible: boolean | 'undecided';
  /** Whether n_e has a value: 'below-2' samples no covariance can be fitted, and 'unbounded' is beyond any count. */
  readonly bounded: 'yes' | 'below-2' | 'unbounded';
  readonly generations: number;
  readonly chains: number;
  readonly varianceReduction: number | null;
}

export interface StudyCellParameters {
  readonly dim: number;
  readonly real: number;
  readonly synthetic: number;
  readonly lambda: number;
  readonly memory: number;
  readonly variant: string;
  readonly divisor: string;
}

export interface StudyCell {
  readonly parameters: StudyCellParameters;
  /** Where the cell stands on the study's axes; of a list of cells, the values that were given for it. */
  readonly at: Readonly<Partial<Record<StudyAxis, number>>>;
  /** Null: not finished, or refused. */
  readonly result: StudyCellResult | null;
  /** Why the cell has no result and never will (no finite variance, say): code and message. */
  readonly error?: string;
}

export interface StudyDocument {
  /** A study of loops has kind 'loop': see LoopStudyDocument. */
  readonly kind?: undefined;
  readonly name: string;
  readonly title: string;
  /** The axes of a grid, in the order of its cells (the last axis varies fastest); empty for a list of cells. */
  readonly axes: readonly { readonly axis: StudyAxis; readonly values: readonly number[] }[];
  /** Parameters that do not vary. */
  readonly fixed: Readonly<Record<string, unknown>>;
  readonly relativeError: number;
  /** The seed as a decimal number. */
  readonly seed: string;
  readonly method: LimitPointMethod;
  readonly provenance: {
    readonly madloop: string;
    readonly instructionSet: string;
    /** When the store was made, ISO 8601. No result depends on it. */
    readonly created: string;
  };
  readonly cells: readonly StudyCell[];
}
