import { checkChoice, mustError } from '../base/check.js';
import { type Divisor, divisorOption } from '../base/divisor.js';
import { integer, number, Option, oneOf, resolve, seed, type TableOf } from '../base/options.js';
import type { Seed } from '../base/seed.js';
import type { Gaussian } from '../base/shapes.js';
import {
  dimOption,
  type ReferenceGaussian,
  referenceOption,
  stationaryOptions,
} from '../gaussian-loop/parameters.js';

/** The loops that forget where they started, so that there is a limit point: those with real data in every generation. */
const limitVariants = ['fresh-data', 'synthetic-augmentation'] as const;

/** Which limit point, and how precisely: what `limitPoint` and everything built on it takes. */
export interface StationaryLoopOptions {
  /** Fresh real data in every generation, or one fixed real set. Default 'fresh-data'. */
  readonly variant?: (typeof limitVariants)[number] | undefined;
  /** Dimension d. May be left out where `reference` gives it. */
  readonly dim?: number | undefined;
  /** n_r: real samples per generation, at least 1; in synthetic augmentation the size of the fixed set, at least 2. */
  readonly real: number;
  /** n_s: synthetic samples per generation; 0 is plain estimation. */
  readonly synthetic: number;
  /** Sampling bias, 0 to 1: synthetic samples come from N(mean, lambda covariance). Default 1. */
  readonly lambda?: number | undefined;
  /** Each synthetic sample comes from a random one of so many last models. Default 1: the previous. */
  readonly memory?: number | undefined;
  /** Divisor of fitted covariances: N - 1 or N. Default 'unbiased'. */
  readonly divisor?: Divisor | undefined;
  /** The real distribution. Default N(0, I). */
  readonly reference?: ReferenceGaussian | undefined;
  /** Largest standard error, as a fraction of the distance: 1e-6 to 0.5. Default 1e-3. */
  readonly relativeError?: number | undefined;
  /** Decides every random number. Default 0. */
  readonly seed?: Seed | undefined;
}

// A model takes a number of its own in the address of a random number.
const mostModels = 2 ** 20 - 1;

/** The options that say which limit point, and how precisely. */
export const stationaryLoopOptions = {
  variant: new Option({ ...oneOf(limitVariants).facts, check: checkVariant })
    .or('fresh-data')
    .doc('what real data later generations see')
    .flag('<variant>'),
  dim: dimOption,
  ...stationaryOptions,
  memory: integer(1, mostModels).or(1).doc('past models that synthetic samples come from'),
  divisor: divisorOption,
  reference: referenceOption,
  relativeError: number(1e-6, 0.5).or(1e-3).doc('largest standard error as a fraction of the distance'),
  seed: seed(),
} satisfies TableOf<StationaryLoopOptions>;

/** A cell: checked, with every default filled in. */
export interface LimitPointParameters {
  readonly variant: (typeof limitVariants)[number];
  readonly dim: number;
  readonly real: number;
  readonly synthetic: number;
  readonly lambda: number;
  readonly memory: number;
  readonly divisor: Divisor;
  /** Absent: N(0, I). */
  readonly reference?: Gaussian;
  readonly relativeError: number;
  readonly seed: bigint;
  /**
   * Take random numbers from the seed alone, not from the parameters: cells with common random numbers can be
   * compared more precisely than each is known. Default false.
   */
  readonly commonRandomNumbers?: boolean;
}

/** Checks the parameters of a cell and fills in the defaults. */
export function resolveLimitPointParameters(where: string, options: unknown): LimitPointParameters {
  return resolve(where, options, stationaryLoopOptions);
}

function checkVariant(where: string, argument: string, value: unknown): (typeof limitVariants)[number] {
  if (value === 'fully-synthetic') {
    throw mustError(
      where,
      argument,
      "be 'fresh-data' or 'synthetic-augmentation' (the fully synthetic loop has no limit point)",
      "'fully-synthetic'",
    );
  }
  return checkChoice(where, argument, value, limitVariants);
}
