// An engine whose cells are quick and whose results are known: chain c of a cell has one number, a hash of the cell and c,
// and a cell wants chains in batches of 8 until it has as many as its synthetic count (at least one).

import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { MadloopError } from '../../src/base/errors.js';
import type { JobSettings } from '../../src/engine/job.js';
import type { LimitPointParameters } from '../../src/limits/parameters.js';
import type { CellEstimator, ChainWork, SampleSize, StudyEngine } from '../../src/studies/run/study-engine.js';

export class FakeEstimator implements CellEstimator {
  readonly width = 2;
  key: string;
  readonly #goal: number;
  readonly #secondsPerChain: number;
  #sums: number[] = [];
  /** With memory 2 a cell begins again after its first batch, with other chains; with memory 3 it gives up there. */
  #again: boolean;
  readonly #hopeless: boolean;

  constructor({ seed, real, synthetic, lambda, dim, memory }: LimitPointParameters) {
    if (lambda === 0) throw new MadloopError('ERR_NO_VARIANCE', 'fake: the distance has no finite variance');
    this.key = [seed, dim, real, synthetic, lambda, memory].join(' ');
    this.#goal = Math.max(1, synthetic);
    this.#secondsPerChain = dim / 1e4;
    this.#again = memory === 2;
    this.#hopeless = memory === 3;
  }

  /** As if `distance / 1000`, the standard error of all chains, fell as it does. */
  get relativeError() {
    const done = this.#sums.length / this.width;
    return done === 0 ? null : Math.sqrt(this.#goal / done) / 1000;
  }

  next() {
    const done = this.#sums.length / this.width;
    if (done >= this.#goal) return undefined;
    const count = Math.min(this.#goal, (Math.floor(done / 8) + 1) * 8) - done;
    return { first: done, count, seconds: count * this.#secondsPerChain };
  }

  add(first: number, sums: Float64Array): void {
    const wanted = this.next();
    if (wanted?.first !== first || sums.length > wanted.count * this.width)
      throw new Error('chains out of order');
    this.#sums.push(...sums);
    if (this.#sums.length < Math.min(8, this.#goal) * this.width) return;
    if (this.#hopeless) throw new MadloopError('ERR_NO_CONVERGENCE', 'fake: out of reach');
    if (this.#again) {
      this.#again = false;
      this.#sums = [];
      this.key += ' again';
    }
  }

  result() {
    if (this.next() !== undefined) throw new Error('not finished');
    // The order of the sum matters to its last bits.
    const distance = this.#sums.reduce((sum, value) => sum + value, 0) / this.#goal;
    const chains = this.#sums.length / this.width;
    return {
      ...{ distance, standardError: distance / 1000, interval: [distance * 0.998, distance * 1.002] as const },
      ...{ generations: chains * 10, chains, burnIn: 5, relaxationTime: 2, controls: 1, varianceReduction: 7 },
      heavyTails: false,
      method: 'monte-carlo' as const,
    };
  }

  static chain(key: string, chain: number): readonly number[] {
    const hash = createHash('sha256').update(`${key} ${chain}`).digest();
    return [hash.readUInt32LE(0) / 2 ** 32 + 1, hash.readUInt32LE(4) / 2 ** 32];
  }
}

export interface FakeEngine extends StudyEngine {
  /** The rounds so far, each a list of [key, first, count]. */
  readonly rounds: (readonly [string, number, number])[][];
}

/** `millisecondsPerChain` of a round's longest thread are slept; a round takes as long as `onRound` does, too. */
export function fakeEngine(
  millisecondsPerChain = 0,
  onRound: (round: number) => unknown = () => {},
): FakeEngine {
  const rounds: (readonly [string, number, number])[][] = [];
  return {
    rounds,
    madeBy: { madloop: '0.0.0-test', instructionSet: 'fake' },
    estimator: (_, parameters) => new FakeEstimator(parameters),
    async simulateChains(work: readonly ChainWork[], settings: JobSettings) {
      rounds.push(
        work.map(({ estimator, first, count }) => [(estimator as FakeEstimator).key, first, count] as const),
      );
      await onRound(rounds.length);
      const chains = work.reduce((sum, { count }) => sum + count, 0);
      await sleep((millisecondsPerChain * chains) / settings.threads);
      if (settings.signal?.aborted) {
        throw new MadloopError('ERR_ABORTED', `${settings.where}: aborted`, { cause: settings.signal.reason });
      }
      return work.map(({ estimator, first, count }) =>
        Float64Array.from(
          Array.from({ length: count }, (_, i) =>
            FakeEstimator.chain((estimator as FakeEstimator).key, first + i),
          ).flat(),
        ),
      );
    },
    // One over the dimension, and of 13 none.
    deterministicLimits: async (cells, { where }) =>
      cells.map(({ dim }) =>
        dim === 13
          ? new MadloopError('ERR_NO_VARIANCE', `${where}: of 13`)
          : {
              ...{ distance: 1 / dim, standardError: Number.NaN, interval: [Number.NaN, Number.NaN] as const },
              ...{ generations: 0, chains: 0, burnIn: 0, relaxationTime: 2, controls: 0 },
              ...{ varianceReduction: Number.NaN, heavyTails: false, method: 'deterministic' as const },
            },
      ),
    effectiveSampleSizes: async (limits) =>
      limits.map(({ limit, parameters }): SampleSize => {
        const size = (100 * parameters.dim) / limit.distance;
        const ratio = size / parameters.real;
        return {
          ...{ effectiveSampleSize: size, interval: [size * 0.99, size * 1.01] },
          ...{ ratio, ratioInterval: [ratio * 0.99, ratio * 1.01] },
          ...{ admissible: ratio >= 1, bounded: 'yes' },
        };
      }),
  };
}
