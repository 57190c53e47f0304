// The options of a function as one table, from which its names, defaults and checks come, as well as the flags of the
// command line and the tables of the documentation.

import { types } from 'node:util';
import {
  checkBoolean,
  checkChoice,
  checkInteger,
  checkMatrix,
  checkNumber,
  checkOptions,
  invalid,
  isArray,
  isFunction,
  readable,
  toFloat64Array,
} from './check.js';
import { resolveSeed } from './seed.js';
import type { Matrix } from './shapes.js';

/** A value, or a function that finds it from the other options and from what else the call knows. */
export type From<Value, Context> = Value | ((context: Context, where: string) => Value);

/** Checks a value that is not undefined, or one that is where the option must be given. Throws ERR_INVALID_INPUT. */
type Check<Value, Context> = (where: string, argument: string, value: unknown, context: Context) => Value;

/** Throws ERR_INVALID_INPUT where a checked value breaks it. */
type Rule<Value, Context> = (where: string, argument: string, value: Value, context: Context) => void;

/** What is known of an option. */
interface Facts<Value, Context> {
  readonly check: Check<Value, Context>;
  /** What it may be, in words: "number from 0 to 1". */
  readonly allowed: string;
  /** The words it can be, where it is one of a few. */
  readonly choices?: readonly string[];
  /** The options within it, where it is an object of such, or an array of such objects. */
  readonly members?: OptionTable;
  /** Whether it is an array. */
  readonly isList?: boolean;
  /** Whether it may be a list of such, one for each generation of a loop. */
  readonly schedule?: boolean;
  /** The range of a number, in words: "0 to 1". */
  readonly range?: string;
  /** What stands for undefined; 'undefined' itself where it may stay away, 'error' where it may not. */
  readonly absent: 'error' | 'undefined' | { readonly default: From<Value | undefined, Context> };
  /** What stands for undefined, in words. */
  readonly defaultInWords: string;
  /** What it means. */
  readonly meaning: string;
  readonly unit: string;
  /** What its flag calls a value, as "<n>"; empty for a flag without one. Absent: the command line has no flag for it. */
  readonly valueName?: string;
  /** The value that a text on the command line stands for; the check judges it. */
  readonly parse: (text: string) => unknown;
}

const plain = {
  absent: 'error',
  defaultInWords: '',
  meaning: '',
  unit: '',
  parse: String,
} as const;

/**
 * One option. Made by `integer`, `number`, `oneOf`, ...; must be given unless `or` or `optional` says otherwise. Every method
 * returns a new option.
 */
export class Option<Value, Context = unknown> {
  readonly facts: Facts<Value, Context>;

  constructor(facts: Facts<Value, Context>) {
    this.facts = facts;
  }

  /**
   * May be left out: then it is this, checked as if it had been given (so a function may return undefined for an option that
   * must be given after all). Where a function finds it, `inWords` tells readers what.
   */
  or<More = unknown>(
    otherwise: From<Value | undefined, More>,
    inWords = typeof otherwise === 'function' ? '' : short(otherwise),
  ): Option<Value, Context & More> {
    const facts: Facts<Value, Context & More> = this.facts;
    return new Option({ ...facts, absent: { default: otherwise }, defaultInWords: inWords });
  }

  /** May be left out: then there is none, which `inWords` explains. */
  optional(inWords = ''): Option<Value | undefined, Context> {
    const facts: Facts<Value | undefined, Context> = this.facts;
    return new Option({ ...facts, absent: 'undefined', defaultInWords: inWords });
  }

  /** A further rule, for a value that has passed the checks before. */
  and<More = unknown>(rule: Rule<NonNullable<Value>, More>): Option<Value, Context & More> {
    const facts: Facts<Value, Context & More> = this.facts;
    return new Option({
      ...facts,
      check(where, argument, given, context) {
        const value = facts.check(where, argument, given, context);
        if (value !== undefined) rule(where, argument, value as NonNullable<Value>, context);
        return value;
      },
    });
  }

  /** Must be left out, and is undefined, unless `applies`; `inWords` says where that is ("unless pool is 'subsample'"). */
  only<More>(
    applies: (context: More) => boolean,
    inWords: From<string, More>,
  ): Option<Value | undefined, Context & More> {
    const facts: Facts<Value | undefined, Context & More> = this.facts;
    const { absent, check } = facts;
    return new Option({
      ...facts,
      absent: {
        default: (context, where) =>
          applies(context) && typeof absent === 'object' ? found(absent.default, context, where) : undefined,
      },
      check(where, argument, value, context) {
        if (applies(context))
          return value === undefined && absent === 'undefined'
            ? undefined
            : check(where, argument, value, context);
        if (value !== undefined)
          throw invalid(where, argument, `be left out ${found(inWords, context, where)}`, value);
        return undefined;
      },
    });
  }

  /** Says what it means, in plain words; other options in backquotes where they read as words: "with `pool: 'subsample'`". */
  doc(meaning: string): Option<Value, Context> {
    return new Option({ ...this.facts, meaning });
  }

  /** Says in plain words what it may be, where the kind says it less well. */
  allow(allowed: string): Option<Value, Context> {
    const { range } = this.facts;
    return new Option({
      ...this.facts,
      allowed,
      ...(range !== undefined && { range: allowed.replace(/^number (from |of )?/, '') }),
    });
  }

  /** What values are measured in. */
  in(unit: string): Option<Value, Context> {
    return new Option({ ...this.facts, unit });
  }

  /** Its flag calls a value so, as "<d>", and takes a text for this, if not what the kind does. */
  flag(valueName: string, parse = this.facts.parse): Option<Value, Context> {
    return new Option({ ...this.facts, valueName, parse });
  }

  resolve(where: string, argument: string, given: unknown, context: Context): Value {
    const { absent, check } = this.facts;
    if (given !== undefined || absent === 'error')
      return readable(where, argument, () => check(where, argument, given, context));
    if (absent === 'undefined') return undefined as Value;
    return check(where, argument, found(absent.default, context, where), context);
  }
}

/** The options of one function by name, in the order in which they are checked and listed. */
export type OptionTable = Readonly<Record<string, Option<unknown, never>>>;

/**
 * The table of an interface of options: an entry for each and no other, whose checked value could be given again. (Write
 * `satisfies TableOf<Interface>` behind the table.)
 */
export type TableOf<Options> = {
  readonly [Name in keyof Options]-?: Option<Options[Name] | undefined, never>;
};

type ValueOf<Entry> = Entry extends Option<infer Value, never> ? Value : never;
type Flat<Values> = { -readonly [Name in keyof Values]: Values[Name] };

/** The values of a table's options, checked and filled in; what is undefined is absent. */
export type ValuesOf<Table extends OptionTable> = Flat<
  {
    [Name in keyof Table as undefined extends ValueOf<Table[Name]> ? never : Name]: ValueOf<Table[Name]>;
  } & {
    [Name in keyof Table as undefined extends ValueOf<Table[Name]> ? Name : never]?: Exclude<
      ValueOf<Table[Name]>,
      undefined
    >;
  }
>;

type ContextOf<Entry> = Entry extends Option<unknown, infer Context> ? (context: Context) => void : never;
type Needs<Table extends OptionTable> =
  ContextOf<Table[keyof Table]> extends (context: infer Context) => void ? Context : never;

/** What the functions of a table ask for beside the options themselves. */
export type ContextBeside<Table extends OptionTable> = Omit<Needs<Table>, keyof Table>;

/**
 * Whose options: the function and, where they are not its `options`, what it calls them, what stands before their names, and
 * whether there must be an object.
 */
export type Place =
  | string
  | {
      readonly where: string;
      readonly argument: string;
      readonly prefix?: string | undefined;
      readonly required?: boolean;
    };

/**
 * Reads the options that a caller gave, each exactly once (a getter or Proxy cannot change its mind between check and use),
 * checks them in the table's order and fills in the defaults. Undefined stands for no options. A name that the table does not
 * have is an error that suggests the nearest one. Functions in the table see the other options as checked, in any order.
 */
export function resolve<Table extends OptionTable>(
  place: Place,
  given: unknown,
  table: Table,
  ...[context]: Record<never, never> extends ContextBeside<Table>
    ? [ContextBeside<Table>?]
    : [ContextBeside<Table>]
): ValuesOf<Table> {
  const {
    where,
    argument,
    prefix = '',
    required = false,
  } = typeof place === 'string' ? { where: place, argument: 'options' } : place;
  if (required && given === undefined) throw invalid(where, argument, 'be an object', given);
  const names = Object.keys(table);
  const read = checkOptions(where, argument, given, names);
  const lazy = new (lazyValuesOf(table))({ where, prefix, read }, context);
  const values: Record<string, unknown> = {};
  for (const name of names) {
    const value = lazy[name];
    if (value !== undefined) values[name] = value;
  }
  return values as ValuesOf<Table>;
}

/** The values of a table by name, each resolved when it is first asked for, and what else the call knows. */
type LazyValues = Readonly<Record<string, unknown>>;

interface Reading {
  readonly where: string;
  readonly prefix: string;
  readonly read: Readonly<Record<string, unknown>>;
}

// A class for each table, as making accessors anew in every call would take longer than all else.
const classes = new WeakMap<OptionTable, new (reading: Reading, context?: object) => LazyValues>();

function lazyValuesOf(table: OptionTable): new (reading: Reading, context?: object) => LazyValues {
  const known = classes.get(table);
  if (known !== undefined) return known;
  class Values {
    readonly #reading: Reading;
    readonly #found: Record<string, unknown> = {};
    [name: string]: unknown;

    constructor(reading: Reading, context?: object) {
      this.#reading = reading;
      Object.assign(this, context);
    }

    static value(values: Values, name: string, option: Option<unknown>): unknown {
      const found = values.#found;
      if (!(name in found)) {
        const { where, prefix, read } = values.#reading;
        found[name] = option.resolve(where, prefix + name, read[name], values);
      }
      return found[name];
    }
  }
  for (const [name, option] of Object.entries(table)) {
    Object.defineProperty(Values.prototype, name, {
      get(this: Values) {
        return Values.value(this, name, option as Option<unknown>);
      },
    });
  }
  classes.set(table, Values);
  return Values;
}

/** An integer from `least` to `most`, at most 2^53 - 1. */
export function integer<Context = unknown>(
  least: From<number, Context>,
  most: From<number, Context> = Number.MAX_SAFE_INTEGER,
): Option<number, Context> {
  const bounded = most !== Number.MAX_SAFE_INTEGER && typeof most !== 'function';
  const allowed =
    typeof least === 'function'
      ? 'integer'
      : bounded
        ? `integer from ${grouped(least)} to ${grouped(most)}`
        : `integer of at least ${grouped(least)}`;
  return new Option({
    ...plain,
    check: (where, argument, value, context: Context) =>
      checkInteger(where, argument, value, found(least, context, where), found(most, context, where)),
    allowed,
    valueName: '<n>',
    parse: numberOrText,
  });
}

/** A finite number from `least` to `most`. */
export function number(least: number, most: number): Option<number> {
  const low = least === -Number.MAX_VALUE;
  const high = most === Number.MAX_VALUE;
  const range = low || high ? {} : { range: `${short(least)} to ${short(most)}` };
  return new Option({
    ...plain,
    ...range,
    check: (where, argument, value) => checkNumber(where, argument, value, least, most),
    allowed: low
      ? 'number'
      : high
        ? `number of at least ${least}`
        : `number from ${short(least)} to ${short(most)}`,
    valueName: '<x>',
    parse: numberOrText,
  });
}

/** A number that is neither infinite nor NaN. */
export function finite(): Option<number> {
  return checked('finite number', (where, argument, value) => {
    if (typeof value !== 'number' || !Number.isFinite(value))
      throw invalid(where, argument, 'be a finite number', value);
    return value;
  });
}

/** True or false. */
export function boolean(): Option<boolean> {
  return new Option({
    ...plain,
    check: checkBoolean,
    allowed: 'true or false',
    valueName: '',
  });
}

/** One of the given words. */
export function oneOf<const Word extends string>(words: readonly Word[]): Option<Word> {
  return new Option({
    ...plain,
    check: (where, argument, value) => checkChoice(where, argument, value, words),
    allowed: words.map((word) => `'${word}'`).join(', '),
    choices: words,
    valueName: '<name>',
  });
}

/** A seed, in any of its forms, as a 64-bit number; 0 where it is left out. */
export function seed(): Option<bigint> {
  const option = new Option<bigint>({
    ...plain,
    check: resolveSeed,
    allowed: 'integer, bigint or decimal string',
    meaning: 'decides every random number',
    valueName: '<n>',
  });
  return option.or(0n);
}

/** Text; `requirement` is what is wrong with any other value ("be the name of a file"), and no text may be empty or hold a zero character. */
export function text(requirement: string): Option<string> {
  const option = checked('text', (where, argument, value) => {
    if (typeof value !== 'string' || value === '' || value.includes('\0'))
      throw invalid(where, argument, requirement, value);
    return value;
  });
  return option.flag('<text>');
}

/** Any text, also none. */
export function string(): Option<string> {
  return checked('string', (where, argument, value) => {
    if (typeof value !== 'string') throw invalid(where, argument, 'be a string', value);
    return value;
  });
}

/** A matrix of samples, a row each. */
export function rows(): Option<Matrix> {
  return checked('Matrix', checkMatrix);
}

/** Numbers in a Float64Array or a plain array. */
export function numbers(): Option<Float64Array> {
  return checked('array of numbers', toFloat64Array);
}

/** A function; its arguments and what it returns are not checked here. */
// biome-ignore lint/suspicious/noExplicitAny: whatever function the caller's type says
export function callback<Function extends (...parameters: any) => unknown>(): Option<Function> {
  return checked('function', (where, argument, value) => {
    if (!isFunction(value)) throw invalid(where, argument, 'be a function', value);
    return value as unknown as Function;
  });
}

/** An array, or a Float64Array, of at least `least` elements. */
export function list<Value, Context>(
  element: Option<Value, Context>,
  least = 0,
): Option<readonly Value[], Context> {
  const { allowed, members } = element.facts;
  return new Option({
    ...plain,
    allowed: `array of ${allowed}`,
    isList: true,
    ...(members && { members }),
    check(where, argument, value, context: Context) {
      if (!(isArray(value) || types.isFloat64Array(value)) || value.length < least) {
        const requirement = least === 0 ? 'be an array' : `be an array of at least ${least}`;
        throw invalid(where, argument, requirement, value);
      }
      // Not by map, which leaves holes unchecked.
      return Array.from<unknown, Value>(value, (entry, i) =>
        element.resolve(where, `${argument}[${i}]`, entry, context),
      );
    },
  });
}

/** Options within an option: "curves[0].dash". What their checks ask for beside them has the names `beside` here. */
export function object<Table extends OptionTable>(
  table: Table,
  ...[beside = []]: Record<never, never> extends ContextBeside<Table>
    ? []
    : [beside: readonly (keyof ContextBeside<Table>)[]]
): Option<ValuesOf<Table>, ContextBeside<Table>> {
  const resolveObject = resolve as (
    place: Place,
    given: unknown,
    table: Table,
    context: object,
  ) => ValuesOf<Table>;
  return new Option({
    ...plain,
    allowed: 'object',
    members: table,
    check: (where, argument, value, context: ContextBeside<Table>) =>
      resolveObject(
        { where, argument, prefix: `${argument}.`, required: true },
        value,
        table,
        Object.fromEntries(beside.map((name) => [name, context[name]])),
      ),
  });
}

/** Options within an option, which may all be left out: "timeLimits.fit". */
export function group<Table extends OptionTable>(
  table: Record<never, never> extends ContextBeside<Table> ? Table : never,
): Option<ValuesOf<Table>> {
  const option = object(table as OptionTable) as unknown as Option<ValuesOf<Table>>;
  return option.or(() => ({}) as ValuesOf<Table>);
}

/** Any other value: `check` returns it checked, or throws ERR_INVALID_INPUT; `allowed` says in words what it may be. */
export function checked<Value, Context = unknown>(
  allowed: string,
  check: Check<Value, Context>,
): Option<Value, Context> {
  return new Option({ ...plain, check, allowed });
}

/** A number where the text is one; other text stays, for a check to quote. */
export function numberOrText(text: string): number | string {
  const value = Number(text);
  return text.trim() === '' || Number.isNaN(value) ? text : value;
}

function found<Value, Context>(from: From<Value, Context>, context: Context, where: string): Value {
  return typeof from === 'function'
    ? (from as (context: Context, where: string) => Value)(context, where)
    : from;
}

/** 0.000001 as "1e-6". */
function short(value: unknown): string {
  const isTiny = typeof value === 'number' && value !== 0 && Math.abs(value) < 1e-4;
  return isTiny ? value.toExponential() : String(value);
}

/** 10000 as "10,000". */
function grouped(value: number): string {
  // Not by toLocaleString, whose first call takes as long as all tables together.
  return String(value).replace(/\B(?=(?:\d{3})+$)/g, ',');
}
