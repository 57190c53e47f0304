import { describe, expect, test } from 'vitest';
import { resolveSeed } from '../../src/base/seed.js';
import { expectThrow } from '../support/rejection.js';

describe('a seed', () => {
  test.each([
    [0, 0n],
    [Number.MAX_SAFE_INTEGER, 2n ** 53n - 1n],
    [5n, 5n],
    [2n ** 64n - 1n, 2n ** 64n - 1n],
    ['18446744073709551615', 2n ** 64n - 1n],
    ['007', 7n],
  ])('%s is taken exactly', (seed, value) => {
    expect(resolveSeed('f', 'seed', seed)).toBe(value);
  });

  test.each([
    [-1, '-1'],
    [1.5, '1.5'],
    [Number.NaN, 'NaN'],
    [2 ** 53, '9007199254740992'],
    [-1n, '-1n'],
    [2n ** 64n, '18446744073709551616n'],
    ['18446744073709551616', '"18446744073709551616"'],
    ['', '""'],
    ['0x10', '"0x10"'],
    ['1e3', '"1e3"'],
    [' 1', '" 1"'],
    [null, 'null'],
    [true, 'true'],
  ])('%s is refused', (seed, shown) => {
    expectThrow(() => resolveSeed('f', 'seed', seed), 'ERR_INVALID_INPUT', 'f: seed must be', `got ${shown}`);
  });
});
