// The values of one axis: a number, a list, or text such as "0.7,0.85,1" and "100:10000:20:log".

import { checkInteger, checkList, checkNumber, invalid, isArray, mustError } from '../../base/check.js';
import { checked, numberOrText, type Option } from '../../base/options.js';
import { refuseSchedule } from '../../base/schedule.js';
import { whyConstant } from '../../gaussian-loop/parameters.js';
import { totalOptions } from '../../gaussian-loop/sample-counts.js';
import type { StudyAxis } from './study-document.js';

/**
 * Values of an axis: a number, a list of numbers, or text: numbers and ranges with commas between them. A range is
 * from:to:count, evenly spaced, or from:to:count:log, in constant ratio; on axes of counts its values are rounded. A value
 * that comes twice counts once.
 */
export type AxisValues = number | string | readonly number[];

/** Axes whose values are whole numbers, and the least of each. */
const counts: Readonly<Partial<Record<StudyAxis, number>>> = {
  dim: 1,
  real: 1,
  synthetic: 0,
  total: 2,
  memory: 1,
};

const mostValues = 100_000;

const axisOption = (axis: StudyAxis) =>
  checked('values of an axis', (where, _, value) => resolveAxis(where, axis, value))
    .optional()
    .flag('<values>');

/** The options of a study that may have several values each. */
export const axisOptions = {
  dim: axisOption('dim').doc('dimension of the real distribution'),
  real: axisOption('real').doc('real samples in each generation'),
  synthetic: axisOption('synthetic').doc('synthetic samples in each generation'),
  total: axisOption('total').doc(totalOptions.total.facts.meaning),
  realFraction: axisOption('realFraction').doc(totalOptions.realFraction.facts.meaning),
  lambda: axisOption('lambda').optional('1').doc('sampling bias, 0 to 1, 1 for none'),
  memory: axisOption('memory').optional('1').doc('past models that synthetic samples come from'),
} satisfies Record<StudyAxis, Option<number[] | undefined>>;

/** The values of an axis of a study of limit points, in the order given. */
export function resolveAxis(where: string, axis: StudyAxis, given: unknown): number[] {
  const least = counts[axis];
  return axisValues(where, axis, given, {
    whole: least !== undefined,
    check: (where, value) => {
      refuseSchedule(where, axis, value, whyConstant);
      return least === undefined
        ? checkNumber(where, axis, value, 0, 1)
        : checkInteger(where, axis, value, least);
    },
  });
}

/** What the values of an axis may be. */
export interface AxisForm<Value> {
  /** Whether they are whole numbers: those of ranges are rounded. */
  readonly whole?: boolean;
  /** What text is: numbers and ranges (the default), words, or one value as it stands. */
  readonly text?: 'numbers' | 'words' | 'one';
  /** Checks one of them. */
  readonly check: (where: string, value: unknown) => Value;
}

/** The values of an axis, in the order given, each once. */
export function axisValues<Value>(
  where: string,
  axis: string,
  given: unknown,
  { whole = false, text = 'numbers', check }: AxisForm<Value>,
): Value[] {
  const valuesOf = (item: string): unknown[] =>
    text === 'words' ? [item] : valuesOfText(where, axis, item, whole);
  const values =
    typeof given === 'string' && text !== 'one'
      ? given.split(',').flatMap((item) => valuesOf(item.trim()))
      : isArray(given)
        ? given
        : [given];
  if (values.length === 0) throw invalid(where, axis, 'have at least one value', given);
  const checked = checkList(where, axis, 'be a list', values, (value) => check(where, value));
  return [...new Map(checked.map((value) => [JSON.stringify(value), value])).values()];
}

function valuesOfText(where: string, axis: string, text: string, whole: boolean): unknown[] {
  const parts = text.split(':');
  if (parts.length === 1) return [numberOrText(text)];
  const requirement = 'be a number, from:to:count or from:to:count:log';
  const [from, to, count] = parts.slice(0, 3).map(numberOrText);
  if (
    parts.length > 4 ||
    typeof from !== 'number' ||
    typeof to !== 'number' ||
    typeof count !== 'number' ||
    (parts.length === 4 && parts[3] !== 'log')
  ) {
    throw invalid(where, axis, requirement, text);
  }
  checkInteger(where, `${axis}: the count of ${text}`, count, 2, mostValues);
  const log = parts.length === 4;
  if (log && !(from > 0 && to > 0)) {
    throw mustError(where, axis, 'have positive ends in a range with constant ratio', text);
  }
  return range(from, to, count, log).map((value) => (whole ? Math.round(value) : value));
}

function range(from: number, to: number, count: number, log: boolean): number[] {
  return Array.from({ length: count }, (_, i) => {
    if (i === 0) return from;
    if (i === count - 1) return to;
    const part = i / (count - 1);
    const value = log ? from * (to / from) ** part : from + (to - from) * part;
    // Twelve digits, so that the last bits of a power cannot make two machines' studies different ones.
    return Number(value.toPrecision(12));
  });
}
