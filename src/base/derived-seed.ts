import { hash } from 'node:crypto';

/**
 * A 64-bit seed for one part of a seeded computation: a hash of the seed and of what the part is called, for
 * instance derivedSeed(seed, 'fit', generation). Parts that have different names share no random numbers, and a part's numbers
 * do not depend on which other parts there are.
 */
export function derivedSeed(seed: bigint, ...part: readonly (string | number)[]): bigint {
  const name = ['madloop', seed, ...part].join('\n');
  return hash('sha256', name, 'buffer').readBigUInt64LE(0);
}
