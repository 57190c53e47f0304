// What a study of loops hands to reports and exports.

import type { Estimate } from '../../base/mean-and-error.js';
import type { MadTest } from '../../verdict/mad-test.js';

/** A value on an axis of a study of loops, as files have it. */
export type LoopAxisValue = number | string | boolean | { readonly schedule: readonly number[] };

/** Where a cell stands on the axes. */
export type LoopPlace = Readonly<Record<string, LoopAxisValue>>;

/** Parameters of a cell's loop by name. */
export type LoopParameters = Readonly<Record<string, unknown>>;

/** A metric of a cell's loop: entry t - 1 is of generation t. */
export interface LoopCellMetric {
  readonly mean: readonly number[];
  /** Of the mean over the replicates: NaN for one replicate. */
  readonly standardError: readonly number[];
  /** Those of the last generation. */
  readonly final: Estimate;
  /** Every replicate's values. */
  readonly replicates: readonly Float64Array[];
}

/** Samples of some generations, equally many of each, which are images. */
export interface ShownSamples {
  readonly generations: readonly number[];
  readonly height: number;
  readonly width: number;
  /** One generation after the other, row by row. */
  readonly samples: Float32Array;
}

export interface LoopCellResult {
  readonly generations: number;
  /** By name. NaN where a metric is not defined. */
  readonly metrics: Readonly<Record<string, LoopCellMetric>>;
  /** Whether the loop goes MAD, by its distance; null where that is not measured, or in fewer than 3 generations. */
  readonly verdict: MadTest | null;
  /** Where rows are images: some of the first run's. */
  readonly shown?: ShownSamples;
}

export interface LoopStudyCell {
  /** Every parameter with its default filled in, as JSON has it; a list for the generations is `{ schedule: [...] }`. */
  readonly parameters: LoopParameters;
  /** Where the cell stands on the study's axes; of a list of cells, the values that were given for it. */
  readonly at: LoopPlace;
  /** Replicates that are finished. */
  readonly finished: number;
  /** Null: not all replicates are finished, or one was refused. */
  readonly result: LoopCellResult | null;
  /** Why the cell has no result and never will: the first replicate that cannot be had, code and message. */
  readonly error?: string;
}

export interface LoopStudyDocument {
  readonly kind: 'loop';
  readonly name: string;
  readonly title: string;
  /** The axes of a grid, in the order of its cells (the last axis varies fastest); empty for a list of cells. */
  readonly axes: readonly { readonly axis: string; readonly values: readonly LoopAxisValue[] }[];
  /** Parameters that do not vary, as they were given. */
  readonly fixed: LoopParameters;
  /** Independent runs of every cell's loop. */
  readonly replicates: number;
  /** Standard errors from a mean to either end of its 95 % interval, by Student's t; 0 for one replicate, which has none. */
  readonly intervalFactor: number;
  /** The seed as a decimal number. */
  readonly seed: string;
  readonly provenance: {
    readonly madloop: string;
    readonly instructionSet: string;
    /** When the store was made, ISO 8601. No result depends on it. */
    readonly created: string;
  };
  readonly cells: readonly LoopStudyCell[];
}
