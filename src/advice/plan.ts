import { MadloopError } from '../base/errors.js';
import type { JobSettings } from '../engine/job.js';
import { ProgressReporter } from '../engine/progress.js';
import type { LeftOut } from './advice.js';
import { hasNoLimit } from './worth.js';

type Compute<Result> = (settings: JobSettings) => Promise<Result>;

/**
 * Seconds of one core that the parts of an answer may take by Monte Carlo where all need not be computed, by the engine's model of
 * its own speed, so that what is left out depends on the question alone.
 */
export const budget = 24;

/** The parts of an answer by Monte Carlo, one after the other, within the budget. */
export class Plan {
  readonly leftOut: LeftOut[] = [];
  readonly #settings: JobSettings;
  readonly #progress: ProgressReporter;
  readonly #budget: number;
  readonly #total: number;
  #spent = 0;

  /** `seconds` is what all parts would take together. */
  constructor(precise: boolean, seconds: number, settings: JobSettings) {
    this.#budget = precise ? Number.POSITIVE_INFINITY : budget;
    this.#total = Math.min(seconds, this.#budget);
    this.#settings = settings;
    this.#progress = new ProgressReporter(settings.onProgress);
  }

  /** A part that is computed whatever it takes. */
  async always<Result>(seconds: number, compute: Compute<Result>): Promise<Result> {
    const before = this.#spent;
    this.#spent += seconds;
    const total = Math.max(this.#total, this.#spent);
    const onProgress = this.#progress.part(before, this.#spent, total);
    return compute({ ...this.#settings, onProgress });
  }

  /** Null where the part is left out. */
  async run<Result>(part: LeftOut['part'], seconds: number, compute: Compute<Result>): Promise<Result | null> {
    if (this.#spent + seconds > this.#budget) {
      const reason = `about ${Math.ceil(seconds)} s of one core by Monte Carlo: precise computes it`;
      this.leftOut.push({ part, reason });
      return null;
    }
    try {
      return await this.always(seconds, compute);
    } catch (error) {
      if (!(error instanceof MadloopError) || !hasNoLimit.has(error.code)) throw error;
      this.leftOut.push({ part, reason: error.message });
      return null;
    }
  }
}
