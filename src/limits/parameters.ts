import { checkChoice, checkInteger, checkNumber, checkProduct, mustError } from '../base/check.js';
import { resolveSeed, type Seed } from '../base/seed.js';
import type { Gaussian } from '../base/shapes.js';
import {
  checkReference,
  type ReferenceGaussian,
  resolveCounts,
  resolveDim,
} from '../gaussian-loop/parameters.js';

/** The loops that forget where they started, so that there is a limit point: those with real data in every generation. */
export const limitVariants = ['fresh-data', 'synthetic-augmentation'] as const;

/** Which limit point, and how precisely: what `limitPoint` and everything built on it takes. */
export interface LimitPointOptions {
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
  readonly divisor?: 'unbiased' | 'mle' | undefined;
  /** The real distribution. Default N(0, I). */
  readonly reference?: ReferenceGaussian | undefined;
  /** Largest standard error, as a fraction of the distance: 1e-6 to 0.5. Default 1e-3. */
  readonly relativeError?: number | undefined;
  /** Decides every random number. Default 0. */
  readonly seed?: Seed | undefined;
}

/** The names of LimitPointOptions, for the lists of known options. */
export const limitPointOptionNames = [
  'variant',
  'dim',
  'real',
  'synthetic',
  'lambda',
  'memory',
  'divisor',
  'reference',
  'relativeError',
  'seed',
] as const;

/** A cell: checked, with every default filled in. */
export interface LimitPointParameters {
  readonly variant: (typeof limitVariants)[number];
  readonly dim: number;
  readonly real: number;
  readonly synthetic: number;
  readonly lambda: number;
  readonly memory: number;
  readonly divisor: 'unbiased' | 'mle';
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

// A model takes a number of its own in the address of a random number.
const mostModels = 2 ** 20 - 1;

/** Checks the parameters of a cell among already-read options and fills in the defaults. */
export function resolveLimitPointParameters(where: string, given: object): LimitPointParameters {
  const options: { [key in (typeof limitPointOptionNames)[number]]?: unknown } = given;
  const integer = (name: keyof typeof options, minimum: number, otherwise?: number, maximum?: number): number =>
    checkInteger(where, name, options[name] === undefined ? otherwise : options[name], minimum, maximum);
  const variant = options.variant === undefined ? limitVariants[0] : checkVariant(where, options.variant);
  const reference = options.reference === undefined ? undefined : checkReference(where, options.reference);
  const dim = resolveDim(where, options.dim, reference);
  checkProduct(where, 'dim x dim', dim, dim);
  const { real, synthetic } = resolveCounts(where, variant, (name, minimum, otherwise) =>
    name === 'initial' ? (otherwise ?? minimum) : integer(name, minimum, otherwise),
  );
  return {
    variant,
    dim,
    real,
    synthetic,
    lambda: options.lambda === undefined ? 1 : checkNumber(where, 'lambda', options.lambda, 0, 1),
    memory: integer('memory', 1, 1, mostModels),
    divisor:
      options.divisor === undefined
        ? 'unbiased'
        : checkChoice(where, 'divisor', options.divisor, ['unbiased', 'mle']),
    ...(reference && { reference }),
    relativeError:
      options.relativeError === undefined
        ? 1e-3
        : checkNumber(where, 'relativeError', options.relativeError, 1e-6, 0.5),
    seed: options.seed === undefined ? 0n : resolveSeed(where, 'seed', options.seed),
  };
}

function checkVariant(where: string, value: unknown): (typeof limitVariants)[number] {
  if (value === 'fully-synthetic') {
    throw mustError(
      where,
      'variant',
      "be 'fresh-data' or 'synthetic-augmentation' (the fully synthetic loop has no limit point)",
      "'fully-synthetic'",
    );
  }
  return checkChoice(where, 'variant', value, limitVariants);
}
