import { createHash } from 'node:crypto';
import { derivedSeed } from '../base/derived-seed.js';
import { MadloopError } from '../base/errors.js';
import { callNative } from '../engine/job.js';
import { native } from '../engine/native.js';
import type { NativeLimitPointLoop, NativeLimitPointPlan } from '../engine/native-types.js';
import type { LimitPoint } from './limit-point-result.js';
import type { LimitPointParameters } from './parameters.js';

/**
 * The estimate of one limit point, in progress. Its chains may be run anywhere and in any portions: their numbers are
 * the work, and their sums all that is kept.
 *
 * The number of chains is decided in stages, from the standard error at the end of the last: so the stages, and with
 * them the result, depend on the parameters and the seed alone.
 */
export class LimitPointCell {
  /** Names the cell: its parameters, seed and precision. */
  readonly key: string;
  readonly parameters: LimitPointParameters;
  readonly #where: string;
  readonly #loop: NativeLimitPointLoop;
  readonly #seed: bigint;
  #plan: NativeLimitPointPlan;
  #accumulator: Float64Array;
  #finished = 0;
  #wanted = 0;
  #restarts = 0;
  #discarded = 0;
  #relativeError: number | null = null;
  #result: LimitPoint | undefined;

  /** Throws ERR_NO_VARIANCE where the distance has no finite variance, ERR_NO_CONVERGENCE where chains would run for days. */
  constructor(where: string, parameters: LimitPointParameters) {
    const { variant, dim, real, synthetic, lambda, memory, divisor, reference, relativeError } = parameters;
    this.#where = where;
    this.parameters = parameters;
    const loop = [variant, dim, real, synthetic, lambda, memory, divisor, ...referenceName(parameters)];
    this.key = ['limit-point', ...loop, relativeError, parameters.seed].join(' ');
    this.#loop = {
      variant,
      dim,
      real,
      synthetic,
      lambda,
      memory,
      divisor,
      ...(reference && { referenceTrace: trace(reference.covariance, dim) }),
    };
    this.#seed = derivedSeed(
      parameters.seed,
      'limit point',
      ...(parameters.commonRandomNumbers ? ['common'] : loop),
    );
    this.#plan = callNative(where, () => native().planLimitPoint({ ...this.#loop, relativeError }));
    this.#accumulator = new Float64Array(this.#plan.accumulatorLength);
    this.#want(firstStage(parameters));
  }

  /** Numbers that a chain returns. */
  get width(): number {
    return this.#plan.width;
  }

  /** Standard error over distance at the end of the last stage; null before the first. */
  get relativeError(): number | null {
    return this.#relativeError;
  }

  /** What the engine needs to run chains, beside which. */
  get chains(): NativeLimitPointLoop & NativeLimitPointPlan & { readonly seed: bigint } {
    return { ...this.#loop, ...this.#plan, seed: this.#seed };
  }

  /**
   * The chains wanted next, and roughly the seconds of one core that they take; undefined when the precision is reached.
   */
  next(): { readonly first: number; readonly count: number; readonly seconds: number } | undefined {
    if (this.#result) return undefined;
    const count = this.#wanted - this.#finished;
    return { first: this.#finished, count, seconds: count * this.#plan.seconds };
  }

  /**
   * Takes the sums of chains first, first + 1, ...: any number of those wanted, `width` numbers each, in order. Where the
   * chains turn out to start from too far (which is checked after every stage), everything begins again.
   */
  add(first: number, sums: Float64Array): void {
    const count = sums.length / this.#plan.width;
    if (first !== this.#finished || !Number.isInteger(count) || first + count > this.#wanted) {
      throw new MadloopError(
        'ERR_INTERNAL',
        `${this.#where}: chains from ${this.#finished} below ${this.#wanted} were wanted, got ${count} from ${first}`,
      );
    }
    const { controls } = this.#plan;
    callNative(this.#where, () =>
      native().addLimitPointChains({ controls, accumulator: this.#accumulator, sums, first, count }),
    );
    this.#finished += count;
    if (this.#finished === this.#wanted) this.#endStage();
  }

  /** The estimate; throws ERR_INTERNAL before the precision is reached. */
  result(): LimitPoint {
    if (this.#result) return this.#result;
    throw new MadloopError('ERR_INTERNAL', `${this.#where}: the cell is not finished`);
  }

  /** Asks for so many chains in all. Throws ERR_NO_CONVERGENCE where nobody would wait for them. */
  #want(chains: number): void {
    const { seconds, relaxationTime } = this.#plan;
    if (chains > mostChains || chains * seconds > mostSeconds) {
      const { relativeError } = this.parameters;
      throw new MadloopError(
        'ERR_NO_CONVERGENCE',
        `${this.#where}: relativeError must be reachable in 2^31 chains and ${mostSeconds.toExponential(0)} seconds of one core, ` +
          `got ${relativeError} and ${chains} chains of about ${seconds.toPrecision(2)} s (the loop's relaxation time is ` +
          `${relaxationTime.toPrecision(3)} generations)`,
      );
    }
    this.#wanted = chains;
  }

  #endStage(): void {
    const estimate = callNative(this.#where, () =>
      native().estimateLimitPoint({ ...this.#plan, accumulator: this.#accumulator }),
    );
    if (Math.abs(estimate.drift) > largestDrift && this.#restarts < mostRestarts) {
      this.#startAgain();
      return;
    }
    const { distance, standardError, low, high, varianceReduction } = estimate;
    const goal = this.parameters.relativeError * Math.abs(distance);
    this.#relativeError = standardError / Math.abs(distance);
    if (standardError > goal) {
      // As many chains as the standard error asks for, and some more, so that the next stage is the last in most cases;
      // at most 50 times as many, as a standard error from few chains is itself uncertain.
      const enough = 1.1 * (standardError / goal) ** 2 * this.#finished;
      this.#want(2 * Math.ceil(Math.min(Math.max(enough, this.#finished + 4), 50 * this.#finished) / 2));
      return;
    }
    const { burnIn, controls, relaxationTime } = this.#plan;
    this.#result = {
      distance,
      standardError,
      interval: [low, high],
      generations: this.#discarded + this.#finished * generationsOf(this.#plan),
      chains: this.#finished,
      burnIn,
      relaxationTime,
      controls,
      varianceReduction,
      method: 'monte-carlo',
    };
  }

  /** With a burn-in of four times the length; the chains' random numbers are those of other generations then. */
  #startAgain(): void {
    this.#discarded += this.#finished * generationsOf(this.#plan);
    const { burnIn, seconds } = this.#plan;
    const longer = { ...this.#plan, burnIn: 4 * burnIn };
    this.#plan = { ...longer, seconds: (seconds * generationsOf(longer)) / generationsOf(this.#plan) };
    this.#accumulator = new Float64Array(this.#plan.accumulatorLength);
    this.#restarts += 1;
    this.#relativeError = null;
    this.#finished = 0;
    this.#want(firstStage(this.parameters));
  }
}

/**
 * Few enough to cost little where they are plenty, many enough for a standard error to go by and for the regression. In low
 * dimension, controls are far from normal and a regression on few of them goes astray; chains cost next to nothing there.
 */
function firstStage({ dim }: LimitPointParameters): number {
  return 2 * Math.ceil(Math.min(Math.max(1_200 / dim, 12), 400) / 2);
}

// Chain numbers are 32-bit words of the random numbers' addresses.
const mostChains = 2 ** 31;

// More than eleven days of one core.
const mostSeconds = 1e6;

// The two halves of the recordings, in standard errors of their difference: by chance less than once in 5,000 stages.
const largestDrift = 6;
const mostRestarts = 3;

function generationsOf({ burnIn, stride, recordings }: NativeLimitPointPlan): number {
  return burnIn + stride * recordings;
}

function trace(covariance: Float64Array, dim: number): number {
  let sum = 0;
  for (let i = 0; i < dim; i += 1) sum += covariance[i * (dim + 1)]!;
  return sum;
}

/** The reference's covariance as a short name; nothing for N(0, I). The mean does not matter: the loop commutes with shifts. */
function referenceName({ reference }: LimitPointParameters): string[] {
  if (reference === undefined) return [];
  const { buffer, byteOffset, byteLength } = reference.covariance;
  return [
    createHash('sha256')
      .update(new Uint8Array(buffer, byteOffset, byteLength))
      .digest('hex'),
  ];
}
