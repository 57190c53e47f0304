import { describe, expect, expectTypeOf, test } from 'vitest';
import { mustError } from '../../src/base/check.js';
import { divisorOption } from '../../src/base/divisor.js';
import {
  boolean,
  callback,
  checked,
  finite,
  group,
  integer,
  list,
  number,
  numberOrText,
  object,
  oneOf,
  resolve,
  seed,
  string,
  type TableOf,
  text,
} from '../../src/base/options.js';
import type { Seed } from '../../src/base/seed.js';
import { expectThrow } from '../support/rejection.js';

interface LoopOptions {
  /** Kept in editors and declarations. */
  readonly real: number;
  readonly initial?: number | undefined;
  readonly lambda?: number | undefined;
  readonly divisor?: 'unbiased' | 'mle' | undefined;
  readonly seed?: Seed | undefined;
  readonly series?: boolean | undefined;
  readonly title?: string | undefined;
}

const table = {
  real: integer(1).doc('real samples').flag('<n>'),
  // Before what it follows from in neither list nor reading: `initial` may come first.
  initial: integer(2).or(({ real }: { real: number }) => real, 'as many as real'),
  lambda: number(0, 1).or(1).doc('sampling bias'),
  divisor: divisorOption,
  seed: seed(),
  series: boolean().or(false),
  title: text('be text').optional('none'),
} satisfies TableOf<LoopOptions>;

const { seed: _, ...withoutSeed } = table;
// @ts-expect-error an option without an entry
withoutSeed satisfies TableOf<LoopOptions>;
// @ts-expect-error an entry without an option
({ ...withoutSeed, seed: seed(), sed: seed() }) satisfies TableOf<LoopOptions>;
// @ts-expect-error a check that lets more through than the option may be
({ ...table, lambda: text('be text').optional() }) satisfies TableOf<LoopOptions>;

const wrong = (options: unknown, message: string) =>
  expectThrow(() => resolve('f', options, table), 'ERR_INVALID_INPUT', message);

describe('a table of options', () => {
  test('fills in defaults', () => {
    expect(resolve('f', { real: 5 }, table)).toEqual({
      real: 5,
      initial: 5,
      lambda: 1,
      divisor: 'unbiased',
      seed: 0n,
      series: false,
    });
    // What has no value is absent.
    expect(Object.keys(resolve('f', { real: 5 }, table))).not.toContain('title');
  });

  test('has values of the types that its checks return', () => {
    const values = resolve('f', { real: 5 }, table);
    expectTypeOf(values.real).toEqualTypeOf<number>();
    expectTypeOf(values.initial).toEqualTypeOf<number>();
    expectTypeOf(values.divisor).toEqualTypeOf<'unbiased' | 'mle'>();
    expectTypeOf(values.seed).toEqualTypeOf<bigint>();
    expectTypeOf(values.title).toEqualTypeOf<string | undefined>();
    expectTypeOf(values).toExtend<LoopOptions>();
  });

  test('takes what is given, and its own values again', () => {
    const given = { real: 5, initial: 7, lambda: 0, divisor: 'mle', seed: '9', series: true, title: 'a' };
    const values = resolve('f', given, table);
    expect(values).toEqual({ ...given, seed: 9n });
    expect(resolve('f', values, table)).toEqual(values);
  });

  test('reads each option exactly once, own or inherited, used or not', () => {
    const reads: string[] = [];
    const options = new Proxy(
      { real: 5 },
      {
        get(target, name, receiver) {
          reads.push(String(name));
          return Reflect.get(target, name, receiver);
        },
      },
    );
    resolve('f', options, table);
    expect(reads.sort()).toEqual(Object.keys(table).sort());
  });

  test('takes a default for undefined alone', () => {
    expect(resolve('f', { real: 5, lambda: undefined }, table).lambda).toBe(1);
    wrong({ real: 5, lambda: null }, 'f: lambda must be a number from 0 to 1, got null');
  });

  test.each([
    [{ lamda: 1 }, "f: unknown option 'lamda'; did you mean 'lambda'?"],
    [{ Real: 1 }, "f: unknown option 'Real'; did you mean 'real'?"],
    [{ temperature: 1 }, "f: unknown option 'temperature'; the options are real, initial, lambda,"],
    [undefined, 'f: real must be an integer of at least 1, got undefined'],
    [null, 'f: options must be an object, got null'],
    [{ real: 1.5 }, 'f: real must be an integer of at least 1, got 1.5'],
    [{ real: 1, initial: 1 }, 'f: initial must be an integer of at least 2, got 1'],
    [{ real: 1 }, 'f: initial must be an integer of at least 2, got 1'],
    [{ real: 2, lambda: 2 }, 'f: lambda must be a number from 0 to 1, got 2'],
    [{ real: 2, divisor: 'n' }, `f: divisor must be one of 'unbiased', 'mle', got "n"`],
    [{ real: 2, series: 1 }, 'f: series must be true or false, got 1'],
    [{ real: 2, title: '' }, 'f: title must be text, got ""'],
    [{ real: 2, seed: -1 }, 'f: seed must be a safe integer, a bigint or a decimal string, from 0 to 2^64 - 1'],
  ])('refuses %j', wrong);
});

describe('what depends on other options', () => {
  test('may stand before them', () => {
    const backwards = {
      first: integer(0).or(({ second }: { second: number }) => second + 1, 'second + 1'),
      second: integer(0).or(({ third }: { third: number }) => third + 1, 'third + 1'),
      third: integer(0),
    };
    expect(resolve('f', { third: 1 }, backwards)).toEqual({ first: 3, second: 2, third: 1 });
  });

  test('sees them checked', () => {
    wrong({ real: 'ten' }, 'f: real must be an integer of at least 1, got "ten"');
  });

  test('may be a bound', () => {
    const bounded = { k: integer(1, ({ rows }: { rows: number }) => rows - 1).or(5) };
    expect(resolve('f', { k: 3 }, bounded, { rows: 4 })).toEqual({ k: 3 });
    expectThrow(
      () => resolve('f', { k: 4 }, bounded, { rows: 4 }),
      'ERR_INVALID_INPUT',
      'f: k must be an integer from 1 to 3, got 4',
    );
    // @ts-expect-error the rows are missing
    void (() => resolve('f', { k: 4 }, bounded));
  });

  test('may be a rule', () => {
    const ruled = {
      low: integer(0).or(0),
      high: integer(0)
        .or(5)
        .and((where, argument, value, { low }: { low: number }) => {
          if (value < low) throw mustError(where, argument, `be at least low = ${low}`, String(value));
        }),
    };
    expect(resolve('f', { low: 2 }, ruled)).toEqual({ low: 2, high: 5 });
    const call = () => resolve('f', { low: 6 }, ruled);
    expectThrow(call, 'ERR_INVALID_INPUT', 'f: high must be at least low = 6, got 5');
  });

  test('may be whether there is any', () => {
    const picky = {
      pool: oneOf(['latest', 'subsample']).or('latest'),
      subsample: integer(2)
        .or(7)
        .only(({ pool }: { pool: string }) => pool === 'subsample', "unless pool is 'subsample'"),
    };
    expect(resolve('f', {}, picky)).toEqual({ pool: 'latest' });
    expect(resolve('f', { pool: 'subsample' }, picky)).toEqual({ pool: 'subsample', subsample: 7 });
    expect(resolve('f', { pool: 'subsample', subsample: 3 }, picky).subsample).toBe(3);
    expectThrow(
      () => resolve('f', { subsample: 3 }, picky),
      'ERR_INVALID_INPUT',
      "f: subsample must be left out unless pool is 'subsample', got 3",
    );
    expectThrow(
      () => resolve('f', { pool: 'subsample', subsample: 1 }, picky),
      'ERR_INVALID_INPUT',
      'f: subsample must be an integer of at least 2, got 1',
    );
  });

  test('must be given where no default is found', () => {
    const found = { dim: integer(1).or(({ known }: { known?: number | undefined }) => known) };
    expect(resolve('f', {}, found, { known: 3 })).toEqual({ dim: 3 });
    expectThrow(
      () => resolve('f', {}, found, {}),
      'ERR_INVALID_INPUT',
      'f: dim must be an integer of at least 1, got undefined',
    );
  });

  test('is found once, and only where it is needed', () => {
    let calls = 0;
    const counted = {
      a: integer(0).or(() => {
        calls += 1;
        return calls;
      }),
      b: integer(0).or(({ a }: { a: number }) => a),
    };
    expect(resolve('f', {}, counted)).toEqual({ a: 1, b: 1 });
    expect(resolve('f', { a: 7 }, counted)).toEqual({ a: 7, b: 7 });
    expect(calls).toBe(1);
  });

  test('knows which function it is for', () => {
    const named = { name: text('be a name').or((_: unknown, where: string) => where) };
    expect(resolve('f', {}, named)).toEqual({ name: 'f' });
  });
});

describe('other kinds', () => {
  test('groups name their options in full', () => {
    const grouped = { limits: group({ fit: number(0, 10).optional(), start: number(0, 10).or(6) }) };
    expect(resolve('f', {}, grouped)).toEqual({ limits: { start: 6 } });
    expect(resolve('f', { limits: { fit: 2 } }, grouped)).toEqual({ limits: { fit: 2, start: 6 } });
    const refused = (limits: unknown, message: string) =>
      expectThrow(() => resolve('f', { limits }, grouped), 'ERR_INVALID_INPUT', message);
    refused({ fit: 11 }, 'f: limits.fit must be a number from 0 to 10, got 11');
    refused(3, 'f: limits must be an object, got 3');
    refused({ fitt: 3 }, "f: unknown option 'fitt'; did you mean 'fit'?");
  });

  test('functions and values of any kind', () => {
    const any = {
      onProgress: callback<(done: number) => void>().optional(),
      even: checked('even number', (where, argument, value) => {
        if (value !== 2) throw new RangeError(`${where} ${argument} ${String(value)}`);
        return value;
      }),
    };
    const onProgress = () => {};
    expect(resolve('f', { onProgress, even: 2 }, any)).toEqual({ onProgress, even: 2 });
    expect(() => resolve('f', { even: 3 }, any)).toThrow('f even 3');
    expectThrow(
      () => resolve('f', { onProgress: 3, even: 2 }, any),
      'ERR_INVALID_INPUT',
      'f: onProgress must be a function, got 3',
    );
  });

  test('options of other names are named so', () => {
    expectThrow(
      () => resolve({ where: 'f', argument: 'definition' }, 3, table),
      'ERR_INVALID_INPUT',
      'f: definition must be an object, got 3',
    );
  });
});

describe('lists of objects', () => {
  const item = {
    at: finite().and((where, argument, at, { most }: { readonly most: number }) => {
      if (at > most) throw mustError(where, argument, `be at most ${most}`, String(at));
    }),
    label: string().or(''),
  };
  const table = { most: finite().or(9), items: list(object(item, ['most']), 1) };
  const read = (given: unknown) => resolve({ where: 'f', argument: 'chart', required: true }, given, table);

  test('are read element by element, with what stands beside the list', () => {
    expect(read({ items: [{ at: 1 }, { at: 9, label: 'a' }] })).toEqual({
      most: 9,
      items: [
        { at: 1, label: '' },
        { at: 9, label: 'a' },
      ],
    });
    expectTypeOf<ReturnType<typeof read>['items']>().toEqualTypeOf<readonly { at: number; label: string }[]>();
  });

  test.each<[string, unknown, string]>([
    ['nothing', undefined, 'f: chart must be an object, got undefined'],
    ['no list', { items: {} }, 'f: items must be an array of at least 1, got an object'],
    ['too few', { items: [] }, 'f: items must be an array of at least 1, got an array of length 0'],
    ['no object', { items: [{ at: 1 }, undefined] }, 'f: items[1] must be an object, got undefined'],
    ['a hole', { items: Object.assign([], { 1: { at: 1 } }) }, 'f: items[0] must be an object, got undefined'],
    [
      'a wrong member',
      { items: [{ at: 1 }, { at: Number.NaN }] },
      'f: items[1].at must be a finite number, got NaN',
    ],
    ['a broken rule', { most: 3, items: [{ at: 4 }] }, 'f: items[0].at must be at most 3, got 4'],
    [
      'an unknown member',
      { items: [{ at: 1, labell: 'a' }] },
      "f: unknown option 'labell'; did you mean 'label'?",
    ],
  ])('refuse %s', (_, given, message) => expectThrow(() => read(given), 'ERR_INVALID_INPUT', message));

  test('take numbers as Float64Array', () => {
    expect(resolve('f', { x: Float64Array.of(1, 2) }, { x: list(finite()) })).toEqual({ x: [1, 2] });
    expectThrow(
      () => resolve('f', { x: Float64Array.of(1, 1 / 0) }, { x: list(finite()) }),
      'ERR_INVALID_INPUT',
      'f: x[1] must be a finite number, got Infinity',
    );
  });
});

test('an option tells readers what it is', () => {
  expect(table.lambda.in('parts').flag('<share>').facts).toMatchObject({
    allowed: 'number from 0 to 1',
    defaultInWords: '1',
    meaning: 'sampling bias',
    unit: 'parts',
    valueName: '<share>',
  });
  expect(table.real.facts).toMatchObject({ absent: 'error', defaultInWords: '' });
  expect(table.initial.facts.defaultInWords).toBe('as many as real');
  expect(table.title.facts).toMatchObject({ absent: 'undefined', defaultInWords: 'none' });
  expect(oneOf(['a', 'b']).facts).toMatchObject({ allowed: "'a', 'b'", choices: ['a', 'b'] });
  expect(integer(1, 1024).facts.allowed).toBe('integer from 1 to 1,024');
  expect(integer(1, 9).allow('1 to the rows').facts.allowed).toBe('1 to the rows');
});

test.each([
  ['3', 3],
  ['1e-3', 0.001],
  ['', ''],
  [' ', ' '],
  ['ten', 'ten'],
  ['NaN', 'NaN'],
])('numberOrText takes %j for %j', (given, value) => {
  expect(numberOrText(given)).toBe(value);
  expect(integer(1).facts.parse(given)).toBe(value);
});
