import { integer, resolve, seed, type TableOf } from '../base/options.js';
import type { Gaussian, Matrix } from '../base/shapes.js';
import { type JobOptions, jobOptions } from '../engine/job.js';
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
  /** How many rows all draws can take together: a loop that wants more is refused before anything is trained. Absent: no end. */
  readonly rows?: number | undefined;
  /** Draws `count` new rows. */
  draw(count: number, options: DrawOptions): Matrix | Promise<Matrix>;
}

export interface DrawOptions extends StepOptions {
  /** The generation that the samples are for. */
  readonly generation: number;
}

const { threads, signal } = jobOptions;
const drawOptions = {
  generation: integer(1).or(1),
  seed: seed(),
  threads,
  signal,
} satisfies TableOf<DrawOptions>;

/** Reads the options of a draw, which people also call without a loop. */
export function checkDrawOptions(
  where: string,
  options: unknown,
): { generation: number; seed: bigint; job: JobOptions } {
  const place = { where, argument: 'options of draw' };
  const { generation, seed, ...job } = resolve(place, options, drawOptions);
  return { generation, seed, job };
}
