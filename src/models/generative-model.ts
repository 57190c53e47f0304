import { type LambdaRange, unitRange } from '../base/lambda.js';
import type { Gaussian, Matrix } from '../base/shapes.js';

/** What a loop tells each step besides its data. */
export interface StepOptions {
  /** Decides every random choice of this step: equal seeds must give equal results. */
  readonly seed: bigint;
  /** How many threads to use. */
  readonly threads?: number | undefined;
  /** Aborted when nobody waits for the result any more. */
  readonly signal?: AbortSignal | undefined;
}

/** Consecutive rows of a training set that have one origin. */
export interface RowBlock {
  readonly rows: number;
  readonly real: boolean;
  /** Of synthetic rows: the generation whose model made them. */
  readonly generation?: number | undefined;
}

export interface FitOptions extends StepOptions {
  /** The model of the generation before, for models that begin their fit from it. None in generation 1. */
  readonly previous?: FittedModel | undefined;
  /** How many rows of the training set are real. Every loop says so. */
  readonly realCount?: number | undefined;
  /**
   * Where the rows of the training set come from, in their order: real ones first, then synthetic ones in the order in which they
   * were made; with pool 'subsample' in random order. Every loop says so.
   */
  readonly blocks?: readonly RowBlock[] | undefined;
  /** A weight for each row, not negative, whose scale does not matter. Loops give none; what wraps a model may. */
  readonly weights?: Float64Array | undefined;
}

export interface SampleOptions extends StepOptions {
  /**
   * Sampling bias, 0 to 1: 1 samples without bias, less prefers the likely samples, 0 is the mode. Above 1, for models whose
   * `lambdaRange` allows it, the unlikely ones are preferred, as by a high temperature.
   */
  readonly lambda: number;
}

/**
 * A way to learn a distribution from samples: the paper's algorithm A. Any object with this method can run in
 * `autophagousLoop`; it may ignore the options but `lambda` and `seed`. Matrices handed to it are its own to keep,
 * not to change.
 *
 * @example
 * // Learns nothing but its training set, and draws from it at random: the bootstrap.
 * const bootstrap: GenerativeModel = {
 *   name: 'bootstrap',
 *   fit: (data) => ({
 *     sample(count, { seed }) {
 *       const random = someGenerator(seed); // uniform on [0, 1)
 *       const drawn = new Float64Array(count * data.cols);
 *       for (let i = 0; i < count; i += 1) {
 *         const row = Math.floor(random() * data.rows) * data.cols;
 *         drawn.set(data.data.subarray(row, row + data.cols), i * data.cols);
 *       }
 *       return matrix(drawn, count, data.cols);
 *     },
 *   }),
 * };
 */
export interface GenerativeModel<Fitted extends FittedModel = FittedModel> {
  /** What messages call it. */
  readonly name?: string;
  /** The lambdas that its fitted models can sample with, 1 among them. Default [0, 1]. */
  readonly lambdaRange?: LambdaRange;
  /** Fits the model to the rows of `data`. */
  fit(data: Matrix, options: FitOptions): Fitted | Promise<Fitted>;
  /**
   * For models that hold resources, such as a process: the same model with resources of its own. Each loop opens one when
   * it first fits it, and closes it when it ends, by whatever cause.
   */
  open?(): OpenModel<Fitted>;
}

/** The lambdas that a model can sample with. */
export function lambdaRangeOf({ lambdaRange = unitRange }: Pick<GenerativeModel, 'lambdaRange'>): LambdaRange {
  return lambdaRange;
}

/** A model whose resources one loop uses. */
export interface OpenModel<Fitted extends FittedModel = FittedModel> extends GenerativeModel<Fitted> {
  /** Gives the resources back. What was fitted need not be able to sample after that. */
  close(): void | Promise<void>;
}

/** A distribution that was learnt: the paper's G^t. */
export interface FittedModel {
  /**
   * Mean and covariance of the distribution itself, where the model knows them. Metrics then use these: they need no
   * sample, and no sampling noise enters them.
   */
  readonly moments?: Gaussian;
  /**
   * Logarithm of the density at each row of `x`, up to a constant, where the model knows it: what `topFraction` ranks by.
   */
  logDensity?(x: Matrix, options: Omit<StepOptions, 'seed'>): Float64Array | Promise<Float64Array>;
  /** Draws `count` rows, of as many columns as the training data had. */
  sample(count: number, options: SampleOptions): Matrix | Promise<Matrix>;
}
