import { describe, expect, test } from 'vitest';
import { derivedSeed } from '../../src/base/derived-seed.js';
import { RandomIntegers } from '../../src/base/random-integers.js';

describe('RandomIntegers', () => {
  // Known answers, so that results kept by users stay reproducible: a change here is a change of every data set's order.
  test('gives the same numbers for a seed for ever', () => {
    const random = new RandomIntegers(42n);
    expect(Array.from({ length: 5 }, () => random.below(1000))).toEqual([646, 656, 29, 819, 733]);
    expect([...new RandomIntegers(7n).permutation(10)]).toEqual([8, 3, 9, 2, 0, 7, 1, 5, 6, 4]);
  });

  // chi-square with 6 degrees of freedom exceeds 35 with probability 4e-6.
  test.each([[7], [2 ** 31 + 11]])('is uniform below %i', (limit) => {
    const random = new RandomIntegers(1n);
    const draws = 70_000;
    const counts = new Array<number>(7).fill(0);
    for (let i = 0; i < draws; i += 1) counts[Math.floor((7 * random.below(limit)) / limit)]! += 1;
    const chiSquare = counts.reduce((sum, count) => sum + (count - draws / 7) ** 2 / (draws / 7), 0);
    expect(chiSquare).toBeLessThan(35);
  });

  test('below 1 is 0, and below 2^32 reaches the upper half', () => {
    const random = new RandomIntegers(3n);
    expect(random.below(1)).toBe(0);
    const draws = Array.from({ length: 100 }, () => random.below(2 ** 32));
    expect(draws.some((draw) => draw >= 2 ** 31)).toBe(true);
    expect(draws.every((draw) => draw >= 0)).toBe(true);
  });

  // 24 orders of 4; chi-square with 23 degrees of freedom exceeds 72 with probability 6e-7.
  test('every permutation is equally likely', () => {
    const random = new RandomIntegers(5n);
    const counts = new Map<string, number>();
    const draws = 24_000;
    for (let i = 0; i < draws; i += 1) {
      const order = random.permutation(4).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    expect(counts.size).toBe(24);
    expect(chiSquare).toBeLessThan(72);
  });
});

describe('derivedSeed', () => {
  test('depends on the seed and on every part of the name, and fits 64 bits', () => {
    const seeds = [
      derivedSeed(0n, 'fit', 1),
      derivedSeed(1n, 'fit', 1),
      derivedSeed(0n, 'fit', 2),
      derivedSeed(0n, 'real', 1),
      derivedSeed(0n, 'fit', 1, 1),
      derivedSeed(0n, 'fit', 11),
    ];
    expect(new Set(seeds).size).toBe(seeds.length);
    for (const seed of seeds) expect(seed >= 0n && seed < 2n ** 64n).toBe(true);
    expect(derivedSeed(0n, 'fit', 1)).toBe(seeds[0]);
  });
});
