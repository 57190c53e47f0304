// Which chains of which cells are simulated next.

import type { UniqueCell } from '../store-process/stores.js';
import type { CellEstimator, ChainWork } from './study-engine.js';

/** A cell with its place in the study. */
export interface ScheduledCell {
  readonly unique: UniqueCell;
  readonly estimator: CellEstimator;
}

/** A cell that is not finished. */
interface OpenCell extends ScheduledCell {
  /** Chains wanted next. */
  wanted: { readonly first: number; readonly count: number; readonly seconds: number };
  /** Seconds of one core, as the engine estimates them, for the first chains and for all so far. */
  readonly firstSeconds: number;
  spentSeconds: number;
}

export interface RoundWork extends ChainWork {
  readonly scheduled: ScheduledCell;
}

// Enough for a round of the quickest cells, few enough to prepare at once.
const mostPieces = 5_000;

/**
 * Longest first, in rounds that keep every thread busy for about the same time: whatever cell comes last, its chains are
 * shared by all threads. Nothing here enters a result: estimators look at fixed counts of chains alone.
 */
export class Schedule {
  /** Not begun; the longest last. */
  readonly #waiting: OpenCell[] = [];
  #begun: OpenCell[] = [];
  #planned: readonly OpenCell[] = [];
  /** Ratio of what a cell takes in all to its first chains, over the finished ones. */
  #finishedSeconds = 2;
  #finishedFirstSeconds = 1;
  #spentSeconds = 0;
  /** Seconds of the first chains of the cells not begun. */
  #waitingSeconds = 0;

  /** Adds a cell; false where it is finished already. */
  add(scheduled: ScheduledCell, begun: boolean): boolean {
    const wanted = scheduled.estimator.next();
    if (wanted === undefined) return false;
    const open = { ...scheduled, wanted, firstSeconds: wanted.seconds, spentSeconds: 0 };
    (begun ? this.#begun : this.#waiting).push(open);
    if (!begun) this.#waitingSeconds += wanted.seconds;
    return true;
  }

  /** After the last add. */
  start(): void {
    this.#waiting.sort((a, b) => a.firstSeconds - b.firstSeconds);
  }

  get empty(): boolean {
    return this.#waiting.length === 0 && this.#begun.length === 0;
  }

  /** Work for `threads` threads that takes about `seconds` on each by the engine's estimate, or one chain each if that takes longer. */
  nextRound(threads: number, seconds: number): RoundWork[] {
    this.#begun.sort((a, b) => a.wanted.seconds - b.wanted.seconds);
    const begun = [...this.#begun];
    const work: RoundWork[] = [];
    const planned: OpenCell[] = [];
    let plannedSeconds = 0;
    let longestChain = 0;
    while (work.length < mostPieces) {
      const open = this.#longest(begun);
      if (open === undefined) break;
      const { first, count, seconds: allSeconds } = open.wanted;
      const chainSeconds = allSeconds / count;
      longestChain = Math.max(longestChain, chainSeconds);
      const room = threads * Math.max(seconds, longestChain) - plannedSeconds;
      const taken = Math.min(count, Math.max(1, Math.ceil(room / chainSeconds)));
      plannedSeconds += taken * chainSeconds;
      work.push({ scheduled: open, estimator: open.estimator, first, count: taken });
      planned.push(open);
      if (plannedSeconds >= threads * Math.max(seconds, longestChain)) break;
    }
    this.#planned = planned;
    return work;
  }

  /**
   * The sums of the last round, in its order. Returns the cells that are now finished; one that cannot take its sums is
   * given to `fail` instead.
   */
  take(
    work: readonly RoundWork[],
    sums: readonly Float64Array[],
    fail: (failed: ScheduledCell, error: unknown) => void,
  ): ScheduledCell[] {
    const finished: ScheduledCell[] = [];
    const gone = new Set<OpenCell>();
    for (const [index, open] of this.#planned.entries()) {
      const { first, count } = work[index]!;
      const seconds = (open.wanted.seconds / open.wanted.count) * count;
      open.spentSeconds += seconds;
      this.#spentSeconds += seconds;
      try {
        open.estimator.add(first, sums[index]!);
        const wanted = open.estimator.next();
        if (wanted !== undefined) {
          open.wanted = wanted;
          continue;
        }
        finished.push(open);
        this.#finishedSeconds += open.spentSeconds;
        this.#finishedFirstSeconds += open.firstSeconds;
      } catch (error) {
        fail(open, error);
      }
      gone.add(open);
    }
    if (gone.size > 0) this.#begun = this.#begun.filter((open) => !gone.has(open));
    return finished;
  }

  /** Estimated seconds of one core: of all rounds so far, and still to come. */
  seconds(): { spent: number; left: number } {
    const growth = this.#finishedSeconds / this.#finishedFirstSeconds;
    // Zero, not what rounding leaves of it, when none waits.
    let left = this.#waiting.length === 0 ? 0 : Math.max(0, this.#waitingSeconds) * growth;
    for (const { wanted } of this.#begun) left += wanted.seconds;
    return { spent: this.#spentSeconds, left };
  }

  /** The largest relative error of the cells begun; 0 where none has one yet. */
  largestRelativeError(): number {
    return this.#begun.reduce((largest, { estimator }) => Math.max(largest, estimator.relativeError ?? 0), 0);
  }

  /** The longest of the cells not yet in this round: of those begun (`begun`) first, so that few are ever half done. */
  #longest(begun: OpenCell[]): OpenCell | undefined {
    const open = begun.pop();
    if (open !== undefined) return open;
    const waiting = this.#waiting.pop();
    if (waiting === undefined) return undefined;
    this.#waitingSeconds -= waiting.firstSeconds;
    this.#begun.push(waiting);
    return waiting;
  }
}
