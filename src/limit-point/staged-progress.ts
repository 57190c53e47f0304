import type { JobSettings } from '../job.js';

/** The progress of stages whose number is not known before the last as one that never falls: in thousandths. */
export class StagedProgress {
  readonly #report: JobSettings['onProgress'];
  #done = 0;

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
    if (done <= this.#done) return;
    this.#done = done;
    this.#report?.({ done, total: 1_000, fraction: done / 1_000 });
  }
}
