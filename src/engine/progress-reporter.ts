import type { NativeJob } from './native-types.js';
import type { Progress } from './progress.js';

const intervalMs = 50; // 20 times a second

/**
 * Samples a job's counters and reports them: never back, never the same twice, never after stop(). The timer does not
 * keep the process alive; the job does that.
 */
export class ProgressReporter {
  readonly #onProgress: ((progress: Progress) => void) | undefined;
  readonly #fail: (error: unknown) => void;
  #timer: NodeJS.Timeout | undefined;
  #job: NativeJob<unknown> | undefined;
  #last: Progress = { done: 0, total: 0, fraction: -1 };

  /** `fail` gets what the callback throws. */
  constructor(onProgress: ((progress: Progress) => void) | undefined, fail: (error: unknown) => void) {
    this.#onProgress = onProgress;
    this.#fail = fail;
  }

  watch(job: NativeJob<unknown>): void {
    if (this.#onProgress === undefined) return;
    this.#job = job;
    this.#timer = setInterval(() => this.#sample(), intervalMs);
    this.#timer.unref();
  }

  /** The job has succeeded: the last report says so exactly. */
  finish(): void {
    if (this.#job === undefined) return;
    const total = Math.max(1, this.#last.total, this.#job.progress().total);
    if (this.#last.fraction < 1) this.#report({ done: total, total, fraction: 1 });
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#job = undefined;
  }

  #sample(): void {
    const { done, total } = this.#job!.progress();
    if (total === 0) return; // the job does not know yet how much there is to do
    // A computation of several parts may raise its total as it goes; hold back until the fraction has caught up. Only
    // finish() reports the end: a job at its last unit can still fail.
    if (done >= total || done < this.#last.done || done / total <= this.#last.fraction) return;
    this.#report({ done, total, fraction: done / total });
  }

  #report(progress: Progress): void {
    this.#last = progress;
    try {
      this.#onProgress?.(progress);
    } catch (error) {
      this.#fail(error);
    }
  }
}
