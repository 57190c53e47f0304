import type { Matrix } from '../base/shapes.js';

/** What a generation was trained on and how far it is from the real distribution: its metrics by name. */
export interface MeasuredGeneration<Name extends string = string> {
  /** The generation, from 1. */
  readonly t: number;
  /** How many real and how many synthetic samples the model was trained on. */
  readonly realCount: number;
  readonly syntheticCount: number;
  readonly metrics: Readonly<Record<Name, number>>;
}

/**
 * What is kept of one run of a loop, so that it can go on after any end: the numbers of each finished generation, and the samples that
 * later ones take from its model. Models are not kept: what they give later is drawn as soon as they are fitted.
 */
export interface LoopRecord {
  /** The finished generations, from 1. */
  readonly finished: readonly MeasuredGeneration[];
  /** Keeps the samples of generation `source` for the training set of generation t. */
  keep(t: number, source: number, rows: Matrix): Promise<void>;
  /** The samples that were kept. */
  kept(t: number, source: number): Promise<Matrix>;
  /** Keeps the numbers of a generation, after all that it gives to later ones: only now is it finished. */
  finish(generation: MeasuredGeneration): Promise<void>;
}
