import type { Gaussian, Matrix } from '../base/shapes.js';
import type { StepOptions } from '../models/generative-model.js';

/** The real distribution P_r: what real samples come from and what the metrics compare with. */
export interface Reference {
  /** What messages call it. */
  readonly name?: string;
  /** Columns of every sample. */
  readonly dim: number;
  /** Mean and covariance that the metrics compare with. */
  moments(options: Omit<StepOptions, 'seed'>): Gaussian | Promise<Gaussian>;
  /** Begins a loop: a supply of real samples that depends on `seed` alone. */
  open(seed: bigint): RealSamples;
}

/** The real samples of one loop. */
export interface RealSamples {
  /** Draws `count` new rows. */
  draw(count: number, options: DrawOptions): Matrix | Promise<Matrix>;
}

export interface DrawOptions extends StepOptions {
  /** The generation that the samples are for. */
  readonly generation: number;
}
