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
