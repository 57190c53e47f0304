import type { NativeJob } from './native-types.js';
import { type OnProgress, ProgressReporter, progressOf, reportIntervalMs } from './progress.js';

/** Samples a native job's counters and reports them. The timer does not keep the process alive; the job does that. */
export class JobProgress {
  readonly #listens: boolean;
  readonly #reporter: ProgressReporter;
  #timer: NodeJS.Timeout | undefined;
  #job: NativeJob<unknown> | undefined;

  constructor(onProgress: OnProgress) {
    this.#listens = onProgress !== undefined;
    this.#reporter = new ProgressReporter(onProgress);
  }

  watch(job: NativeJob<unknown>): void {
    if (!this.#listens) return;
    this.#job = job;
    this.#timer = setInterval(() => this.#sample(job), reportIntervalMs);
    this.#timer.unref();
  }

  /** The job has succeeded: the last report says so exactly. */
  finish(): void {
    if (this.#job === undefined) return;
    const total = Math.max(1, this.#reporter.last.total, this.#job.progress().total);
    this.#reporter.finish(progressOf(total, total));
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#job = undefined;
  }

  #sample(job: NativeJob<unknown>): void {
    const { done, total } = job.progress();
    // A job that says 0 does not know yet how much there is to do.
    if (total > 0) this.#reporter.report(progressOf(done, total));
  }
}
