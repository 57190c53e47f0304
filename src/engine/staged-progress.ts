import type { JobSettings } from './job.js';

const intervalMs = 50; // 20 times a second

/**
 * The progress of stages whose number is not known before the last as one that never falls: in thousandths. Each stage reports
 * its own end, whenever that is; of all stages, reports come 20 times a second at most, and the end always.
 */
export class StagedProgress {
  readonly #report: JobSettings['onProgress'];
  #done = 0;
  #last = Number.NEGATIVE_INFINITY;

  constructor(report: JobSettings['onProgress']) {
    this.#report = report;
  }

  /** For a stage that goes from `start` to `end`, fractions of what is known to be wanted. */
  ofStage(start: number, end = 1): JobSettings['onProgress'] {
    if (!this.#report) return undefined;
    return ({ fraction }) =>
      this.#advance(Math.min(999, Math.floor(1_000 * (start + (end - start) * fraction))));
  }

  finish(): void {
    this.#advance(1_000);
  }

  #advance(done: number): void {
    const now = performance.now();
    if (done <= this.#done || (done < 1_000 && now - this.#last < intervalMs)) return;
    this.#done = done;
    this.#last = now;
    this.#report?.({ done, total: 1_000, fraction: done / 1_000 });
  }
}
