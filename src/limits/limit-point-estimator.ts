import { createHash } from 'node:crypto';
import { derivedSeed } from '../base/derived-seed.js';
import { callNative } from '../engine/job.js';
import { native } from '../engine/native.js';
import type { NativeLimitPointEstimator } from '../engine/native-types.js';
import type { LimitPoint } from './limit-point-result.js';
import type { LimitPointParameters } from './parameters.js';

/**
 * The estimate of one limit point, in progress. Its chains may be run anywhere and in any portions: their numbers are
 * the work, and their sums all that is kept. How many there are is decided in stages, from the standard error at the end of the
 * last, so that the result depends on the parameters and the seed alone.
 */
export class LimitPointEstimator {
  /** The engine's own, which holds all of it. */
  readonly native: NativeLimitPointEstimator;
  readonly #where: string;
  /** What distances are in units of. */
  readonly #scale: number;

  /**
   * `state` is that of an estimator of the same parameters, to go on from. Throws ERR_NO_VARIANCE where the distance has no
   * finite variance, ERR_NO_CONVERGENCE where chains would run for days, ERR_INVALID_INPUT for a state of other parameters.
   */
  constructor(where: string, parameters: LimitPointParameters, state?: Float64Array) {
    const { variant, dim, real, synthetic, lambda, memory, divisor, reference, relativeError } = parameters;
    this.#where = where;
    this.#scale = reference ? scaleOf(reference.covariance) : 1;
    const referenceCovariance =
      this.#scale === 1 ? reference?.covariance : reference!.covariance.map((value) => value / this.#scale);
    this.native = callNative(
      where,
      () =>
        new (native().LimitPointEstimator)({
          ...{ variant, dim, real, synthetic, lambda, memory, divisor, relativeError },
          seed: chainSeed(parameters),
          ...(referenceCovariance && { referenceCovariance }),
          ...(state && { state }),
        }),
    );
  }

  /** Numbers that a chain returns. */
  get width(): number {
    return this.native.width;
  }

  /** Standard error over distance at the end of the last stage; null before the first. */
  get relativeError(): number | null {
    return this.native.relativeError;
  }

  /**
   * The chains wanted next, and roughly the seconds of one core that they take; undefined when the precision is reached.
   */
  next(): { readonly first: number; readonly count: number; readonly seconds: number } | undefined {
    return this.native.next();
  }

  /**
   * Takes the sums of chains first, first + 1, ...: any number of those wanted, `width` numbers each, in order. Where the
   * chains turn out to start from too far (which is checked after every stage), everything begins again. Throws
   * ERR_NO_CONVERGENCE where nobody would wait for the chains that are needed.
   */
  add(first: number, sums: Float64Array): void {
    callNative(this.#where, () => this.native.add({ first, sums }));
  }

  /** The estimate; throws ERR_INTERNAL before the precision is reached. */
  result(): LimitPoint {
    const { lower, upper, heavyTails, ...limit } = callNative(this.#where, () => this.native.result());
    const { distance, standardError, ...made } = limit;
    const scale = this.#scale;
    return {
      ...{ distance: scale * distance, standardError: scale * standardError },
      ...{ interval: [scale * lower, scale * upper], ...made },
      ...{ heavyTails: heavyTails === 1, method: 'monte-carlo' },
    };
  }

  /** All that its chains have made of it. */
  state(): Float64Array {
    return this.native.state();
  }
}

/**
 * Squares and fourth powers of variances are summed: of variances beyond these a limit point is that of a multiple of them, a power of 4,
 * of which no digit is lost.
 */
function scaleOf(covariance: Float64Array): number {
  const largest = covariance.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return largest === 0 || (largest > 2 ** -100 && largest < 2 ** 100)
    ? 1
    : 4 ** Math.round(Math.log2(largest) / 2);
}

/** Decides the chains' random numbers: another for every loop, unless they are to be common. */
export function chainSeed(parameters: LimitPointParameters): bigint {
  const { variant, dim, real, synthetic, lambda, memory, divisor, seed, commonRandomNumbers } = parameters;
  const loop = [variant, dim, real, synthetic, lambda, memory, divisor, ...referenceName(parameters)];
  return derivedSeed(seed, 'limit point', ...(commonRandomNumbers ? ['common'] : loop));
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
