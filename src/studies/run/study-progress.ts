import type { Progress } from '../../engine/progress.js';

/** How far a study has come. `done` and `total` count the cells of this part; `fraction` is of the work, which cells differ in. */
export interface StudyProgress extends Progress {
  /** Cells among `done` that can have no result. */
  readonly refused: number;
  /** By the engine's estimate of every cell's work and the speed so far; null before the first round. */
  readonly secondsLeft: number | null;
  /**
   * The largest standard error over distance of the cells that have one: those this run has finished and those at work. Null
   * before the first.
   */
  readonly relativeError: number | null;
}

const intervalMs = 50; // 20 times a second

/** Reports at most 20 times a second, never back, and the end exactly. */
export class StudyReporter {
  readonly #onProgress: ((progress: StudyProgress) => void) | undefined;
  #fraction = 0;
  #last = Number.NEGATIVE_INFINITY;

  constructor(onProgress: ((progress: StudyProgress) => void) | undefined) {
    this.#onProgress = onProgress;
  }

  report(progress: StudyProgress): void {
    this.#fraction = Math.max(this.#fraction, progress.fraction);
    const now = performance.now();
    if (now - this.#last < intervalMs) return;
    this.#last = now;
    this.#onProgress?.({ ...progress, fraction: this.#fraction });
  }

  finish({ total, refused, relativeError }: StudyProgress): void {
    this.#onProgress?.({ done: total, total, refused, fraction: 1, secondsLeft: 0, relativeError });
  }
}
