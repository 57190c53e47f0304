// Mean and covariance of features, with what makes them comparable: how many they are of, and which network made them.

import { createHash } from 'node:crypto';
import { endianness } from 'node:os';
import { type Call, turn } from '../base/abortable.js';
import {
  checkGaussianWith,
  checkList,
  checkPositiveInteger,
  checkPrecision,
  describe,
  invalid,
  mustError,
} from '../base/check.js';
import type { Gaussian } from '../base/shapes.js';
import { mergeMoments } from '../distributions/moments.js';
import { snapshot } from '../engine/snapshot.js';
import { checkExtractor } from './extractor.js';

/** Mean and covariance of features: what Fréchet distances are computed from. */
export interface Statistics extends Gaussian {
  /** Rows behind them; the covariance has divisor count - 1. Undefined: the file they are from does not say. */
  readonly count: number | undefined;
  /** Which feature extractor made the features, if known: any text, the same for features that may be compared. */
  readonly extractor?: string;
  /** 'float32' where the numbers are no more accurate than that, as those stored in float32. */
  readonly precision?: 'float32';
  /**
   * SHA-256, in hexadecimal, of what they are, in any file: of the UTF-8 text
   * "madloop statistics 1\n" + "dim D\n" + "count N\n" (or "count unknown\n") + "divisor count - 1\n" +
   * "extractor E\n" (E as a JSON string, or null) + "precision float32\n" (where they have one), then D + D x D float64, little-endian: the mean, and the covariance
   * row by row.
   */
  readonly hash: string;
}

/** What statistics are made of: Moments will do. A `hash` is not looked at. */
export interface StatisticsContent extends Gaussian {
  readonly count?: number | undefined;
  readonly extractor?: string | undefined;
  readonly precision?: 'float32' | undefined;
}

/**
 * The statistics of all samples together, exact up to rounding: see mergeMoments.
 *
 * Needs each part's count and the same dimension and extractor in all of them.
 * Rejects with ERR_INVALID_INPUT, which names the part; ERR_NOT_POSITIVE_SEMIDEFINITE for a negative variance.
 *
 * @example
 * const all = await mergeStatistics([await readStatistics('a.npz'), await readStatistics('b.npz')]);
 */
export async function mergeStatistics(list: readonly StatisticsContent[]): Promise<Statistics> {
  const where = 'mergeStatistics';
  const requirement = 'hold at least one Statistics';
  const parts = checkList(where, 'list', requirement, list, (part, i) => {
    const content = checkStatistics(where, `list[${i}]`, part);
    const { count } = content;
    if (count === undefined) {
      throw mustError(
        where,
        `list[${i}].count`,
        "be known (and in a file stand beside divisor 'count - 1'): the parts are weighted by their counts",
        'undefined',
      );
    }
    return { ...content, count };
  });
  const [first] = parts;
  if (first === undefined) throw invalid(where, 'list', requirement, list);
  parts.forEach(({ dim, extractor }, i) => {
    if (dim !== first.dim)
      throw mustError(where, `list[${i}].dim`, `be ${first.dim}, that of list[0]`, String(dim));
    if (extractor !== first.extractor) {
      const shown = (value: string | undefined) => (value === undefined ? 'unknown' : describe(value));
      throw mustError(
        where,
        `list[${i}].extractor`,
        `be that of list[0], ${shown(first.extractor)}`,
        shown(extractor),
      );
    }
  });
  let { count, dim, mean, covariance } = await ownStatistics(where, 'list[0]', first);
  for (const part of parts.slice(1)) {
    // Each merge takes dim^2 operations; between two the event loop gets a turn.
    await turn();
    ({ count, dim, mean, covariance } = mergeMoments({ count, dim, mean, covariance }, part));
  }
  const { extractor } = first;
  const precision = parts.find((part) => part.precision !== undefined)?.precision;
  return toStatistics({ dim, mean, covariance, count, extractor, precision });
}

/** Checks statistics that a caller gave; each member is read once. */
export function checkStatistics(where: string, argument: string, value: unknown): StatisticsContent {
  const { given, ...gaussian } = checkGaussianWith(where, argument, value, ['count', 'extractor', 'precision']);
  const { count, extractor, precision } = given;
  return {
    ...gaussian,
    count: count === undefined ? undefined : checkPositiveInteger(where, `${argument}.count`, count),
    extractor: extractor === undefined ? undefined : checkExtractor(where, `${argument}.extractor`, extractor),
    precision: checkPrecision(where, `${argument}.precision`, precision),
  };
}

/** Statistics with arrays that nobody else has. */
export async function ownStatistics<Content extends StatisticsContent>(
  where: string,
  argument: string,
  content: Content,
): Promise<Content> {
  const mean = await snapshot(where, `${argument}.mean`, content.mean);
  return { ...content, mean, covariance: await snapshot(where, `${argument}.covariance`, content.covariance) };
}

/** Checked content with its hash. */
export async function toStatistics(
  { dim, mean, covariance, count, extractor, precision }: StatisticsContent,
  call?: Call,
): Promise<Statistics> {
  const hash = createHash('sha256').update(
    `madloop statistics 1\ndim ${dim}\ncount ${count ?? 'unknown'}\ndivisor count - 1\n` +
      `extractor ${JSON.stringify(extractor ?? null)}\n${precision === undefined ? '' : `precision ${precision}\n`}`,
  );
  for (const values of [mean, covariance]) await addFloat64(hash, values, call);
  return {
    dim,
    mean,
    covariance,
    count,
    ...(extractor !== undefined && { extractor }),
    ...(precision !== undefined && { precision }),
    hash: hash.digest('hex'),
  };
}

// About 2 ms of hashing between turns of the event loop.
const sliceElements = 2 ** 18;

async function addFloat64(
  hash: ReturnType<typeof createHash>,
  values: Float64Array,
  call: Call | undefined,
): Promise<void> {
  for (let begin = 0; begin < values.length; begin += sliceElements) {
    if (begin > 0) await turn(call);
    const slice = values.subarray(begin, begin + sliceElements);
    const bytes = Buffer.from(slice.buffer, slice.byteOffset, slice.byteLength);
    hash.update(endianness() === 'LE' ? bytes : Buffer.from(bytes).swap64());
  }
}
