/** How far a call has come: `done` of `total` units of work, and their quotient. */
export interface Progress {
  readonly done: number;
  readonly total: number;
  readonly fraction: number;
}

/** What is told of progress, and to whom; undefined where nobody listens. */
export type OnProgress<Report extends Progress = Progress> = ((progress: Report) => void) | undefined;

export function progressOf(done: number, total: number): Progress {
  return { done, total, fraction: done / total };
}

/** Milliseconds between reports, of which there are at most 20 a second. */
export const reportIntervalMs = 50;

// A timer of that interval may be early by so much.
const earlyMs = 1;

/**
 * Keeps what JobOptions promise of progress: at most 20 reports a second, never back, never the same twice, and the end exactly
 * and once. The end is reported by `finish` (or `advance`) alone: work at its last unit can still fail.
 */
export class ProgressReporter<Report extends Progress = Progress> {
  readonly #onProgress: OnProgress<Report>;
  #last: Progress = { done: 0, total: 0, fraction: -1 };
  #lastTime = Number.NEGATIVE_INFINITY;

  constructor(onProgress: OnProgress<Report>) {
    this.#onProgress = onProgress;
  }

  /** The last report. */
  get last(): Progress {
    return this.#last;
  }

  /**
   * Reports unless it is too soon, or no further than the last report. A computation of several parts may raise its total as it
   * goes: nothing is said until the fraction has caught up.
   */
  report(progress: Report): void {
    const { done, fraction } = progress;
    if (!(fraction > this.#last.fraction) || done < this.#last.done || fraction >= 1) return;
    const now = performance.now();
    if (now - this.#lastTime < reportIntervalMs - earlyMs) return;
    this.#lastTime = now;
    this.#tell(progress);
  }

  finish(progress: Report): void {
    if (this.#last.fraction < 1) this.#tell(progress);
  }

  /** Reports units of work of which none can fail once it is done. */
  advance(this: ProgressReporter, done: number, total: number): void {
    if (done === total) this.finish(progressOf(done, total));
    else this.report(progressOf(done, total));
  }

  /** The listener for a part of the work: from `begin` to `end` of `total` units. */
  part(this: ProgressReporter, begin: number, end: number, total: number): OnProgress {
    if (this.#onProgress === undefined) return undefined;
    return ({ fraction }) => this.report(progressOf(begin + fraction * (end - begin), total));
  }

  #tell(progress: Report): void {
    this.#last = progress;
    this.#onProgress?.(progress);
  }
}
