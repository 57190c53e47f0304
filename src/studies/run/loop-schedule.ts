// Which runs of which loops come next.

import type { OpenedLoop } from '../store-process/stores.js';

/** Consecutive replicates of a cell. */
export interface Block {
  readonly loop: OpenedLoop;
  readonly first: number;
  readonly count: number;
  /** Seconds of one core that they take, about. */
  readonly seconds: number;
}

interface WaitingLoop {
  readonly loop: OpenedLoop;
  /** Places in `loop.waiting` before this one are given out. */
  begun: number;
  /** Of one replicate, by the engine's estimate. */
  readonly seconds: number;
}

// Long enough that what happens between blocks is little, short enough that a finished replicate is committed soon and that no
// thread waits long for the last block.
const blockSeconds = 0.15;

/** Longest first, in blocks of about equal time. Nothing here enters a result. */
export class LoopSchedule {
  /** The longest last. */
  readonly #waiting: WaitingLoop[];
  #left: number;
  #spent = 0;
  /** Seconds of the clock that one estimated second takes. */
  #slowness = 1;
  #blocks = 0;

  constructor(loops: readonly OpenedLoop[], secondsOf: (loop: OpenedLoop) => number) {
    this.#waiting = loops
      .filter(({ waiting }) => waiting.length > 0)
      .map((loop) => ({ loop, begun: 0, seconds: secondsOf(loop) }))
      .sort((a, b) => a.seconds - b.seconds);
    this.#left = this.#waiting.reduce((sum, { loop, seconds }) => sum + loop.waiting.length * seconds, 0);
  }

  /** Estimated seconds of one core, corrected by what the blocks so far took. */
  get secondsLeft(): number {
    return Math.max(0, this.#left) * this.#slowness;
  }

  /** Of the work that there was, the part that is done. */
  get fraction(): number {
    const all = this.#spent + Math.max(0, this.#left);
    return all > 0 ? this.#spent / all : 1;
  }

  /** Whether a time was taken yet. */
  get isMeasured(): boolean {
    return this.#blocks > 0;
  }

  next(): Block | undefined {
    const open = this.#waiting.at(-1);
    if (open === undefined) return undefined;
    const { loop, begun, seconds } = open;
    const first = loop.waiting[begun]!;
    const most = Math.max(1, Math.floor(blockSeconds / Math.max(1e-9, seconds * this.#slowness)));
    let count = 1;
    while (count < most && loop.waiting[begun + count] === first + count) count += 1;
    open.begun += count;
    if (open.begun === loop.waiting.length) this.#waiting.pop();
    return { loop, first, count, seconds: count * seconds };
  }

  /** A block is done, and took so many seconds of the clock on one thread. */
  finish({ seconds }: Block, clock: number): void {
    this.#left -= seconds;
    this.#spent += seconds;
    this.#blocks += 1;
    // Within bounds, so that a clock that jumps cannot make blocks of an hour.
    const measured = Math.min(1000, Math.max(1e-3, clock / seconds));
    const weight = Math.max(0.1, 1 / this.#blocks);
    this.#slowness = this.#slowness ** (1 - weight) * measured ** weight;
  }
}
