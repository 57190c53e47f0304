// What may differ between the generations of a loop.

import { types } from 'node:util';
import { checkList, describe, invalid, isArray, isFunction, mustError } from './check.js';
import { MadloopError } from './errors.js';
import { Option } from './options.js';

/** A number for every generation, or a list: entry t - 1 belongs to generation t, and the last one goes on. */
export type Schedule = number | readonly number[];

/** A schedule as callers give it: also a function of the generation t = 1, 2, ..., called once for each before the loop starts. */
export type GivenSchedule = Schedule | Float64Array | ((t: number) => number);

/** The number of generation t. */
export function entryOf(schedule: Schedule, t: number): number {
  return typeof schedule === 'number' ? schedule : schedule[Math.min(t, schedule.length) - 1]!;
}

/** The numbers of generations 1, 2, ...; the last goes on. */
export function entriesOf(schedule: Schedule): readonly number[] {
  return typeof schedule === 'number' ? [schedule] : schedule;
}

/** The same a generation later: its entry for generation t is the given one's for t + 1. */
export function ofNext(schedule: Schedule): Schedule {
  return typeof schedule === 'number' || schedule.length === 1 ? schedule : schedule.slice(1);
}

/** A schedule of something that follows from others, generation by generation. */
export function scheduleOf(
  schedules: readonly Schedule[],
  value: (entries: readonly number[]) => number,
): Schedule {
  const length = Math.max(...schedules.map((schedule) => entriesOf(schedule).length));
  const entries = schedules.map(() => 0);
  const values: number[] = [];
  for (let t = 1; t <= length; t += 1) {
    for (let s = 0; s < schedules.length; s += 1) entries[s] = entryOf(schedules[s]!, t);
    values.push(value(entries));
  }
  return schedules.every((schedule) => typeof schedule === 'number') ? values[0]! : values;
}

// As many numbers as a function may be asked for, since all are known before a loop starts.
const mostCalls = 1_000_000;

interface ScheduleSettings<Context> {
  /** What the entry of generation 1 may be, where a list has more. Default: what all others may be. */
  readonly first?: Option<number, Context>;
  /** Whether the call knows `generations`, so that it can be given a function. Default true. */
  readonly functions?: boolean;
}

/** An option that may be a schedule of what `option` is. */
export function scheduled<Context>(
  option: Option<number, Context>,
  { first = option, functions = true }: ScheduleSettings<Context> = {},
): Option<Schedule, Context & { readonly generations?: number }> {
  const { facts } = option;
  const { allowed } = facts;
  return new Option<Schedule, Context & { readonly generations?: number }>({
    ...facts,
    schedule: true,
    allowed: `${allowed}, or a list${functions ? ' or function' : ''} of such by generation`,
    check(where, argument, value, context) {
      const list = types.isFloat64Array(value) ? [...value] : value;
      const isAsked = isFunction(value) && functions;
      if (!isAsked && !isArray(list)) return facts.check(where, argument, value, context);
      const length = isAsked ? context.generations! : (list as readonly unknown[]).length;
      const { check: checkFirst } = (length > 1 ? first : option).facts;
      const checkEntry = (entry: unknown, i: number): number => {
        const check = i === 0 ? checkFirst : facts.check;
        try {
          return check(where, argument, entry, context);
        } catch {
          // Only a wrong entry is given a name: a million of them take longer than all else.
          return check(where, `${argument}[${i}]`, entry, context);
        }
      };
      if (isAsked) return valuesOf(where, argument, value as (t: number) => unknown, length, checkEntry);
      if (length === 0) throw mustError(where, argument, 'have at least one entry', 'an empty list');
      return checkList(where, argument, 'be a list', list, checkEntry);
    },
  });
}

/** The same option where a schedule makes no sense: it says why it refuses one. */
export function constant<Context>(option: Option<number, Context>, why: string): Option<number, Context> {
  const { facts } = option;
  return new Option({
    ...facts,
    check(where, argument, value, context) {
      refuseSchedule(where, argument, value, why);
      return facts.check(where, argument, value, context);
    },
  });
}

/** Throws ERR_INVALID_INPUT for a schedule. */
export function refuseSchedule(where: string, argument: string, value: unknown, why: string): void {
  const isSchedule =
    typeof value === 'function' ||
    isArray(value) ||
    types.isFloat64Array(value) ||
    scheduleInFile(value) !== undefined;
  if (isSchedule) throw invalid(where, argument, `be one number, as ${why}`, value);
}

/** The list in `{ schedule: [10, 20, 40] }`: how files write a schedule, where a plain list may be something else. */
export function scheduleInFile(value: unknown): readonly unknown[] | undefined {
  if (typeof value !== 'object' || value === null || Object.keys(value).join() !== 'schedule') return undefined;
  const { schedule } = value as { readonly schedule?: unknown };
  return isArray(schedule) ? schedule : undefined;
}

/** What a function says of each generation; where it goes on with one number, that is the last entry. */
function valuesOf(
  where: string,
  argument: string,
  value: (t: number) => unknown,
  generations: number,
  checkEntry: (entry: unknown, index: number) => number,
): readonly number[] {
  if (generations > mostCalls) {
    const requirement = `be a number or a list where there are more than ${mostCalls} generations`;
    throw mustError(where, argument, requirement, describe(value));
  }
  const wrong = (t: number, got: string, cause?: unknown) =>
    new MadloopError(
      'ERR_INVALID_INPUT',
      `${where}: ${argument} must return a number for each generation, got ${got} for t = ${t}`,
      { cause },
    );
  const values: number[] = [];
  for (let t = 1; t <= generations; t += 1) {
    let entry: unknown;
    try {
      entry = value(t);
    } catch (error) {
      throw wrong(t, String(error), error);
    }
    if (typeof entry === 'object' && types.isPromise(entry)) {
      entry.catch(() => {}); // nobody waits for it
      throw wrong(t, 'a promise');
    }
    values.push(checkEntry(entry, t - 1));
  }
  let length = values.length;
  while (length > 1 && Object.is(values[length - 1], values[length - 2])) length -= 1;
  return values.slice(0, length);
}
