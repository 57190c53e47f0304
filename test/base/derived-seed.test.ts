import { describe, expect, test } from 'vitest';
import { derivedSeed } from '../../src/base/derived-seed.js';

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
