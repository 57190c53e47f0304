import { checkChoice, checkOptions } from './check.js';
import { type JobOptions, type JobSettings, jobOptionNames, resolveJobOptions } from './job.js';
import { LimitPointCell } from './limit-point/cell.js';
import type { LimitPoint } from './limit-point/limit-point.js';
import {
  type LimitPointOptions as CellOptions,
  limitPointOptionNames,
  resolveLimitPointParameters,
} from './limit-point/parameters.js';
import { simulateChains } from './limit-point/simulate-chains.js';

export type { LimitPoint } from './limit-point/limit-point.js';

export interface LimitPointOptions extends CellOptions, JobOptions {
  /** How it is computed. Default 'monte-carlo'. */
  readonly method?: 'monte-carlo' | undefined;
}

/**
 * The limit point of the fresh data loop, the paper's WD(n_r, n_s, lambda) = lim E[distance] (eq. 3): what the squared
 * Wasserstein-2 distance between model and reference settles at, wherever the loop started. Also of synthetic
 * augmentation: the mean over one fixed real set after another.
 *
 * Monte Carlo with a standard error of at most `relativeError` times the distance. Independent chains start near the
 * stationary law and burn in; what is left to chance after regression on the polynomials of mean and covariance whose
 * stationary expectations are known exactly is averaged. docs/limit-points.md says how, and what the numbers mean.
 *
 * The result depends on the parameters and the seed alone: not on threads or time.
 * Rejects with ERR_INVALID_INPUT, ERR_NOT_POSITIVE_SEMIDEFINITE (the reference), ERR_NO_VARIANCE (where no standard error
 * exists: lambda = 1 and one real sample a generation, say), ERR_NO_CONVERGENCE (a `relativeError` beyond 2^31 chains),
 * ERR_OUT_OF_MEMORY, ERR_ABORTED.
 *
 * @example
 * const { distance, standardError } = await limitPoint({ dim: 100, real: 1_000, synthetic: 1_000 });
 * console.log(distance); // 1.75
 */
export async function limitPoint(options: LimitPointOptions): Promise<LimitPoint> {
  const where = 'limitPoint';
  const given = checkOptions(where, 'options', options, [
    ...limitPointOptionNames,
    'method',
    ...jobOptionNames,
  ]);
  const settings = resolveJobOptions(where, given);
  if (given.method !== undefined) checkChoice(where, 'method', given.method, ['monte-carlo']);
  const cell = new LimitPointCell(where, resolveLimitPointParameters(where, given));
  const progress = new StagedProgress(settings.onProgress);
  for (let wanted = cell.next(); wanted; wanted = cell.next()) {
    const { first, count } = wanted;
    const onProgress = progress.ofStage(first / (first + count));
    const [sums] = await simulateChains([{ cell, first, count }], { ...settings, onProgress });
    cell.add(first, sums!);
  }
  progress.finish();
  return cell.result();
}

/** The progress of stages whose number is not known before the last as one that never falls: in thousandths. */
class StagedProgress {
  readonly #report: JobSettings['onProgress'];
  #done = 0;

  constructor(report: JobSettings['onProgress']) {
    this.#report = report;
  }

  /** For a stage that begins at `start`, a fraction of what is known to be wanted. */
  ofStage(start: number): JobSettings['onProgress'] {
    if (!this.#report) return undefined;
    return ({ fraction }) => this.#advance(Math.min(999, Math.floor(1_000 * (start + (1 - start) * fraction))));
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
