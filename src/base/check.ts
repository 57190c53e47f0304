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
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object' || value === null) return String(value);
  if (ArrayBuffer.isView(value)) {
    const length = 'length' in value ? ` of length ${String(value.length)}` : '';
    return `${Object.prototype.toString.call(value).slice(8, -1)}${length}`;
  }
  return Array.isArray(value) ? `an array of length ${value.length}` : 'an object';
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
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid(where, argument, 'be an object', value);
  }
  const allowed: readonly string[] = known;
  for (const key of Object.keys(value)) {
    if (!allowed.includes(key)) throw unknownOption(where, key, allowed);
  }
  const options: { [key in Key]?: unknown } = {};
  for (const key of known) options[key] = (value as { [key in Key]?: unknown })[key];
  return options;
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
    throw invalid(where, argument, `be a number from ${minimum} to ${maximum}`, value);
  }
  return value;
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
  const { data, rows, cols } = value as { [key in keyof Matrix]?: unknown };
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
  if (data.length !== length) {
    const requirement = `have length rows x cols = ${checkedRows} x ${checkedCols} = ${length}`;
    throw mustError(where, `${prefix}data`, requirement, lengthOf(data));
  }
  return { data, rows: checkedRows, cols: checkedCols };
}

/** Throws unless two samples have the same number of columns; `names` says what they are called. */
export function checkSameColumns(where: string, names: string, first: Matrix, second: Matrix): void {
  if (first.cols !== second.cols) {
    throw mustError(where, names, 'have the same number of columns', `${first.cols} and ${second.cols}`);
  }
}

/** The mean and covariance of a Gaussian, or of a sample whose count does not matter. */
export function checkGaussian(where: string, argument: string, value: unknown): Gaussian {
  return checkGaussianParts(where, argument, value, checkFloat64Array);
}

/** The same, whose covariance may be in float32, which makes it one of precision 'float32'. */
export function checkGivenGaussian(where: string, argument: string, value: unknown): GivenGaussian {
  const gaussian = checkGaussianParts(where, argument, value, checkRealArray);
  const { precision, extractor } = value as { [key in keyof GivenGaussian]?: unknown };
  const stated = checkPrecision(where, `${argument}.precision`, precision);
  return {
    ...gaussian,
    precision: gaussian.covariance instanceof Float32Array ? 'float32' : stated,
    // Objects of others may have anything of that name.
    extractor: typeof extractor === 'string' ? extractor : undefined,
  };
}

function checkGaussianParts<Numbers>(
  where: string,
  argument: string,
  value: unknown,
  checkEntries: (where: string, argument: string, value: unknown, length: number, meaning: string) => Numbers,
): { dim: number; mean: Float64Array; covariance: Numbers } {
  if (typeof value !== 'object' || value === null) {
    throw invalid(where, argument, 'be an object { dim, mean, covariance }', value);
  }
  const { dim, mean, covariance } = value as { [key in keyof Gaussian]?: unknown };
  const checkedDim = checkPositiveInteger(where, `${argument}.dim`, dim);
  const entries = checkProduct(where, `${argument}.dim x dim`, checkedDim, checkedDim);
  return {
    dim: checkedDim,
    mean: checkFloat64Array(where, `${argument}.mean`, mean, checkedDim, 'dim'),
    covariance: checkEntries(where, `${argument}.covariance`, covariance, entries, 'dim x dim'),
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
  const gaussian = checkGaussian(where, argument, value);
  const count = checkPositiveInteger(where, `${argument}.count`, (value as { count?: unknown }).count);
  return { count, ...gaussian };
}

/** Numbers from a plain array (JSON has no other) or a Float64Array. */
export function toFloat64Array(where: string, argument: string, value: unknown): Float64Array {
  if (types.isFloat64Array(value)) return value;
  if (!Array.isArray(value)) throw invalid(where, argument, 'be a Float64Array or an array of numbers', value);
  const wrong = value.findIndex((element) => typeof element !== 'number');
  if (wrong >= 0) throw invalid(where, `${argument}[${wrong}]`, 'be a number', value[wrong]);
  return Float64Array.from(value);
}

function checkFloat64Array(
  where: string,
  argument: string,
  value: unknown,
  length: number,
  meaning: string,
): Float64Array {
  if (!types.isFloat64Array(value)) throw invalid(where, argument, 'be a Float64Array', value);
  return checkLength(where, argument, value, length, meaning);
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
  return checkLength(where, argument, value, length, meaning);
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

/** The length of an array as messages tell it: 0 is mostly that of an array whose buffer was transferred away. */
function lengthOf(array: Float32Array | Float64Array): string {
  return array.length === 0 ? '0 (empty, or its buffer was transferred)' : String(array.length);
}
