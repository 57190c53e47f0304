// Checks of what callers pass in. Each takes the names it will print: the function and the argument, so that every
// message reads "<function>: <argument> must <requirement>, got <value>". The engine trusts what passed here.

import { types } from 'node:util';
import { MadloopError } from './errors.js';
import type { Gaussian, GivenGaussian, Matrix, Moments } from './shapes.js';

/** The ERR_INVALID_INPUT error for an argument that breaks `requirement`; `got` is the value seen, in words. */
export function mustError(where: string, argument: string, requirement: string, got: string): MadloopError {
  return new MadloopError('ERR_INVALID_INPUT', `${where}: ${argument} must ${requirement}, got ${got}`);
}

/** The same, for a value that `describe` puts into words. */
export function invalid(where: string, argument: string, requirement: string, got: unknown): MadloopError {
  return mustError(where, argument, requirement, describe(got));
}

/** A value as messages show it: short, and telling apart what looks alike ("3" from 3, 3n from 3). */
export function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value);
  if (typeof value === 'bigint') return `${value}n`;
  if (Object.is(value, -0)) return '-0';
  if (typeof value === 'function') return isFunction(value) ? 'a function' : 'a revoked proxy of one';
  if (typeof value !== 'object' || value === null) return String(value);
  try {
    if (ArrayBuffer.isView(value)) {
      const length = 'length' in value ? ` of length ${String(value.length)}` : '';
      return `${Object.prototype.toString.call(value).slice(8, -1)}${length}`;
    }
    return Array.isArray(value) ? `an array of length ${value.length}` : 'an object';
  } catch {
    return 'an object'; // its getters throw
  }
}

/** Array.isArray of a caller's value, without its error for a proxy that was revoked: that is no array. */
export const isArray = ((value: unknown): boolean => {
  try {
    return Array.isArray(value);
  } catch {
    return false;
  }
}) as typeof Array.isArray;

/** Whether a caller's value can be called: not a proxy that was revoked, though that is of type 'function', too. */
export function isFunction(value: unknown): value is (...given: never) => unknown {
  try {
    return typeof value === 'function' && Reflect.isExtensible(value) !== undefined;
  } catch {
    return false;
  }
}

/**
 * What `read` reads of a caller's value. Getters, proxies and conversions of the caller's may throw anything: that is
 * ERR_INVALID_INPUT, with what they threw as its cause.
 */
export function readable<Result>(where: string, argument: string, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (error instanceof MadloopError) throw error;
    const got = error instanceof Error ? `an error: ${error.message}` : 'an exception';
    throw new MadloopError('ERR_INVALID_INPUT', `${where}: ${argument} must be readable, got ${got}`, {
      cause: error,
    });
  }
}

/** The members of an object by name, each read exactly once. */
function members<Name extends string>(
  where: string,
  argument: string,
  value: object,
  names: readonly Name[],
): { [name in Name]?: unknown } {
  return readable(where, argument, () => {
    const read: { [name in Name]?: unknown } = {};
    for (const name of names) read[name] = ownMember(value, name);
    return read;
  });
}

/** A member, unless it is one that somebody has given to all objects. */
function ownMember(value: object, name: string): unknown {
  if (Object.hasOwn(Object.prototype, name) && !Object.hasOwn(value, name)) return undefined;
  return (value as Record<string, unknown>)[name];
}

/**
 * The options in `value` by name, each read exactly once (a getter or Proxy cannot change its mind between check and
 * use). Undefined stands for no options; an unknown name is an error that suggests the nearest known one.
 */
export function checkOptions<Key extends string>(
  where: string,
  argument: string,
  value: unknown,
  known: readonly Key[],
): { [key in Key]?: unknown } {
  if (value === undefined) return {};
  if (typeof value !== 'object' || value === null || isArray(value)) {
    throw invalid(where, argument, 'be an object', value);
  }
  const allowed: readonly string[] = known;
  for (const key of readable(where, argument, () => Object.keys(value))) {
    if (!allowed.includes(key)) throw unknownOption(where, key, allowed);
  }
  return members(where, argument, value, known);
}

function unknownOption(where: string, key: string, known: readonly string[]): MadloopError {
  const nearest = known
    .map((candidate) => ({ candidate, distance: editDistance(key.toLowerCase(), candidate.toLowerCase()) }))
    .reduce((a, b) => (b.distance < a.distance ? b : a));
  // A third of the letters wrong is still a misspelling; more is another word.
  const suggestion =
    nearest.distance <= Math.max(1, Math.floor(key.length / 3))
      ? `did you mean '${nearest.candidate}'?`
      : `the options are ${known.join(', ')}`;
  return new MadloopError('ERR_INVALID_INPUT', `${where}: unknown option '${key}'; ${suggestion}`);
}

/** Insertions, deletions and substitutions that turn a into b (Levenshtein). */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const current = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const substitution = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(substitution, previous[j]! + 1, current[j - 1]! + 1));
    }
    previous = current;
  }
  return previous[b.length]!;
}

/** An integer in [minimum, maximum]; both at most 2^53 - 1 in size. */
export function checkInteger(
  where: string,
  argument: string,
  value: unknown,
  minimum: number,
  maximum = Number.MAX_SAFE_INTEGER,
): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < minimum || value > maximum) {
    const range =
      maximum === Number.MAX_SAFE_INTEGER ? `of at least ${minimum}` : `from ${minimum} to ${maximum}`;
    throw invalid(where, argument, `be an integer ${range}`, value);
  }
  return value;
}

/** A positive integer. */
export function checkPositiveInteger(where: string, argument: string, value: unknown): number {
  return checkInteger(where, argument, value, 1);
}

/** A finite number in [minimum, maximum]. */
export function checkNumber(
  where: string,
  argument: string,
  value: unknown,
  minimum: number,
  maximum: number,
): number {
  if (typeof value !== 'number' || !(value >= minimum && value <= maximum)) {
    throw invalid(where, argument, `be ${numberRange(minimum, maximum)}`, value);
  }
  return value;
}

function numberRange(minimum: number, maximum: number): string {
  if (maximum !== Number.MAX_VALUE) return `a number from ${minimum} to ${maximum}`;
  return minimum === -Number.MAX_VALUE ? 'a finite number' : `a number of at least ${minimum}`;
}

export function checkBoolean(where: string, argument: string, value: unknown): boolean {
  if (typeof value !== 'boolean') throw invalid(where, argument, 'be true or false', value);
  return value;
}

/** One of the given words. */
export function checkChoice<Word extends string>(
  where: string,
  argument: string,
  value: unknown,
  words: readonly Word[],
): Word {
  const found = words.find((word) => word === value);
  if (found === undefined) {
    throw invalid(where, argument, `be one of ${words.map((word) => `'${word}'`).join(', ')}`, value);
  }
  return found;
}

/** a * b where it is an exact integer, else an error that names the product. */
export function checkProduct(where: string, what: string, a: number, b: number): number {
  const product = a * b;
  if (!Number.isSafeInteger(product)) throw mustError(where, what, 'be below 2^53', `${a} x ${b}`);
  return product;
}

/** A matrix, perhaps built by hand: real typed array, positive sizes, a length that fits. Each member is read once. */
export function checkMatrix(where: string, argument: string, value: unknown): Matrix {
  if (typeof value !== 'object' || value === null) {
    throw invalid(where, argument, 'be a Matrix { data, rows, cols }', value);
  }
  const { data, rows, cols } = members(where, argument, value, ['data', 'rows', 'cols']);
  return checkMatrixParts(where, `${argument}.`, data, rows, cols);
}

/** The three members of a matrix; `prefix` stands before their names in messages. */
export function checkMatrixParts(
  where: string,
  prefix: string,
  data: unknown,
  rows: unknown,
  cols: unknown,
): Matrix {
  if (!types.isFloat64Array(data) && !types.isFloat32Array(data)) {
    throw invalid(where, `${prefix}data`, 'be a Float64Array or Float32Array', data);
  }
  const checkedRows = checkPositiveInteger(where, `${prefix}rows`, rows);
  const checkedCols = checkPositiveInteger(where, `${prefix}cols`, cols);
  const length = checkProduct(where, `${prefix}rows x ${prefix}cols`, checkedRows, checkedCols);
  const elements = types.isFloat64Array(data) ? plainArray(data, Float64Array) : plainArray(data, Float32Array);
  if (elements.length !== length) {
    const requirement = `have length rows x cols = ${checkedRows} x ${checkedCols} = ${length}`;
    throw mustError(where, `${prefix}data`, requirement, lengthOf(elements));
  }
  return { data: elements, rows: checkedRows, cols: checkedCols };
}

/** Throws unless two samples have the same number of columns; `names` says what they are called. */
export function checkSameColumns(where: string, names: string, first: Matrix, second: Matrix): void {
  if (first.cols !== second.cols) {
    throw mustError(where, names, 'have the same number of columns', `${first.cols} and ${second.cols}`);
  }
}

/** The mean and covariance of a Gaussian, or of a sample whose count does not matter. */
export function checkGaussian(where: string, argument: string, value: unknown): Gaussian {
  const { given: _, ...gaussian } = checkGaussianWith(where, argument, value, []);
  return gaussian;
}

/** The same, with other members of the object, unchecked. */
export function checkGaussianWith<Name extends string>(
  where: string,
  argument: string,
  value: unknown,
  names: readonly Name[],
): Gaussian & Given<Name> {
  return checkGaussianParts(where, argument, value, names, checkFloat64Array);
}

/** The same for a Gaussian whose covariance may be in float32, which makes it one of precision 'float32'. */
export function checkGivenGaussian<Name extends string>(
  where: string,
  argument: string,
  value: unknown,
  names: readonly Name[],
): GivenGaussian & Given<Name> {
  const all = [...names, 'precision', 'extractor'] as const;
  const { given, ...gaussian } = checkGaussianParts(where, argument, value, all, checkRealArray);
  const { precision, extractor } = given as { precision?: unknown; extractor?: unknown };
  const stated = checkPrecision(where, `${argument}.precision`, precision);
  return {
    ...gaussian,
    precision: gaussian.covariance instanceof Float32Array ? 'float32' : stated,
    // Objects of others may have anything of that name.
    extractor: typeof extractor === 'string' ? extractor : undefined,
    given,
  };
}

interface Given<Name extends string> {
  readonly given: { readonly [name in Name]?: unknown };
}

function checkGaussianParts<Numbers, Name extends string>(
  where: string,
  argument: string,
  value: unknown,
  names: readonly Name[],
  checkEntries: (where: string, argument: string, value: unknown, length: number, meaning: string) => Numbers,
): { dim: number; mean: Float64Array; covariance: Numbers } & Given<Name> {
  if (typeof value !== 'object' || value === null) {
    throw invalid(where, argument, 'be an object { dim, mean, covariance }', value);
  }
  const given = members<string>(where, argument, value, ['dim', 'mean', 'covariance', ...names]);
  const { dim, mean, covariance } = given;
  const checkedDim = checkPositiveInteger(where, `${argument}.dim`, dim);
  const entries = checkProduct(where, `${argument}.dim x dim`, checkedDim, checkedDim);
  return {
    dim: checkedDim,
    mean: checkFloat64Array(where, `${argument}.mean`, mean, checkedDim, 'dim'),
    covariance: checkEntries(where, `${argument}.covariance`, covariance, entries, 'dim x dim'),
    given: given as Given<Name>['given'],
  };
}

/** What the numbers of a Gaussian are accurate to, where that is less than float64. */
export function checkPrecision(where: string, argument: string, value: unknown): 'float32' | undefined {
  if (value !== undefined && value !== 'float32')
    throw invalid(where, argument, "be 'float32' or left out", value);
  return value;
}

/** Moments of a sample, perhaps built by hand. */
export function checkMoments(where: string, argument: string, value: unknown): Moments {
  const { given, ...gaussian } = checkGaussianWith(where, argument, value, ['count']);
  return { count: checkPositiveInteger(where, `${argument}.count`, given.count), ...gaussian };
}

/** Numbers from a plain array (JSON has no other) or a Float64Array. */
export function toFloat64Array(where: string, argument: string, value: unknown): Float64Array {
  if (types.isFloat64Array(value)) return plainArray(value, Float64Array);
  const numbers = checkList(
    where,
    argument,
    'be a Float64Array or an array of numbers',
    value,
    (element, index) => {
      if (typeof element !== 'number') throw invalid(where, `${argument}[${index}]`, 'be a number', element);
      return element;
    },
  );
  return Float64Array.from(numbers);
}

/**
 * What `check` makes of the elements of an array, each read once; a hole, such as the billions of `new Array(2 ** 32 - 1)`, is
 * undefined, and the first one that it throws at is the last.
 */
export function checkList<Element>(
  where: string,
  argument: string,
  requirement: string,
  value: unknown,
  check: (element: unknown, index: number) => Element,
): Element[] {
  return readable(where, argument, () => {
    if (!isArray(value)) throw invalid(where, argument, requirement, value);
    const list: Element[] = [];
    for (let i = 0; i < value.length; i += 1) list.push(check(value[i], i));
    return list;
  });
}

/** The path of a file. */
export function checkPath(where: string, argument: string, value: unknown): string {
  if (typeof value !== 'string' || value === '' || value.includes('\0'))
    throw invalid(where, argument, 'be the path of a file', value);
  return value;
}

function checkFloat64Array(
  where: string,
  argument: string,
  value: unknown,
  length: number,
  meaning: string,
): Float64Array {
  if (!types.isFloat64Array(value)) throw invalid(where, argument, 'be a Float64Array', value);
  return checkLength(where, argument, plainArray(value, Float64Array), length, meaning);
}

function checkRealArray(
  where: string,
  argument: string,
  value: unknown,
  length: number,
  meaning: string,
): Float64Array | Float32Array {
  if (!types.isFloat64Array(value) && !types.isFloat32Array(value)) {
    throw invalid(where, argument, 'be a Float64Array or Float32Array', value);
  }
  const elements = types.isFloat64Array(value)
    ? plainArray(value, Float64Array)
    : plainArray(value, Float32Array);
  return checkLength(where, argument, elements, length, meaning);
}

function checkLength<Numbers extends Float64Array | Float32Array>(
  where: string,
  argument: string,
  value: Numbers,
  length: number,
  meaning: string,
): Numbers {
  if (value.length !== length) {
    throw mustError(where, argument, `have length ${meaning} = ${length}`, lengthOf(value));
  }
  return value;
}

const typedArray = Object.getPrototypeOf(Float64Array.prototype) as object;
const getter = (name: string) => Object.getOwnPropertyDescriptor(typedArray, name)!.get!;
const [bufferOf, byteOffsetOf, elementsOf] = [getter('buffer'), getter('byteOffset'), getter('length')];

/**
 * The array itself if it is like any other, else one on the same memory: a subclass, another realm or members of its own may make
 * its length, its buffer and its methods something else.
 */
function plainArray<Elements extends Float64Array | Float32Array>(
  array: Elements,
  Type: { prototype: Elements; new (buffer: ArrayBufferLike, byteOffset: number, length: number): Elements },
): Elements {
  const own = ['buffer', 'byteOffset', 'byteLength', 'length', 'set', 'subarray', 'constructor'];
  if (Object.getPrototypeOf(array) === Type.prototype && !own.some((name) => Object.hasOwn(array, name))) {
    return array;
  }
  return new Type(bufferOf.call(array), byteOffsetOf.call(array), elementsOf.call(array));
}

/** The length of an array as messages tell it: 0 is mostly that of an array whose buffer was transferred away. */
function lengthOf(array: Float32Array | Float64Array): string {
  return array.length === 0 ? '0 (empty, or its buffer was transferred)' : String(array.length);
}
