import { describe, mustError } from './check.js';

/** A seed: a safe integer, a bigint or a decimal string, from 0 to 2^64 - 1. JSON keeps the string exactly. */
export type Seed = number | bigint | string;

/** The seed as a 64-bit number; equal seeds in any of the three forms are the same seed. */
export function resolveSeed(where: string, argument: string, value: unknown): bigint {
  const seed = toBigInt(value);
  if (seed === undefined || seed < 0n || seed >= 2n ** 64n) {
    const requirement = 'be a safe integer, a bigint or a decimal string, from 0 to 2^64 - 1';
    throw mustError(where, argument, requirement, describe(value));
  }
  return seed;
}

function toBigInt(value: unknown): bigint | undefined {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value);
  if (typeof value === 'string' && /^\d{1,20}$/.test(value)) return BigInt(value);
  return undefined;
}
