import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** Random integers drawn before the event loop gets a turn: 1 to 2 ms. */
export const drawsPerTurn = 2 ** 16;

/**
 * Seeded random integers, for what TypeScript itself decides: which rows of a data set, which past model.
 * (Random reals come from the native engine: JavaScript's Math.log and the like may differ between machines.)
 *
 * xoshiro128** (Blackman & Vigna 2021, "Scrambled linear pseudorandom number generators"), its 128-bit state
 * taken from a hash of the seed, so that neighbouring seeds have nothing in common.
 */
export class RandomIntegers {
  readonly #state: Uint32Array;

  constructor(seed: bigint) {
    const digest = createHash('sha256').update(`madloop random integers ${seed}`).digest();
    this.#state = Uint32Array.from([0, 4, 8, 12], (offset) => digest.readUInt32LE(offset));
  }

  /** Uniform on 0 ... limit - 1, exactly. `limit` is an integer from 1 to 2^32. */
  below(limit: number): number {
    // Draws at or above the largest multiple of `limit` would favour the small results: draw again.
    const usable = 2 ** 32 - (2 ** 32 % limit);
    let bits = this.#next();
    while (bits >= usable) bits = this.#next();
    return bits % limit;
  }

  /** 0 ... count - 1 in random order, each order equally likely (Fisher & Yates). */
  permutation(count: number): Uint32Array {
    const order = identityOrder(count);
    this.shuffleTail(order, 1, count);
    return order;
  }

  /**
   * The steps of the shuffle of `order` that decide its elements begin ... end - 1, for an order whose later elements
   * are decided already: a long list can be shuffled in pieces, from its end.
   */
  shuffleTail(order: Uint32Array, begin: number, end: number): void {
    for (let i = end - 1; i >= begin; i -= 1) {
      const j = this.below(i + 1);
      const moved = order[i]!;
      order[i] = order[j]!;
      order[j] = moved;
    }
  }

  /** The same for any number of elements, with turns for the event loop. */
  async shuffleLongTail(order: Uint32Array, begin: number, end: number): Promise<void> {
    for (let last = end; last > begin; last -= drawsPerTurn) {
      if (last < end) await nextTurn();
      this.shuffleTail(order, Math.max(begin, last - drawsPerTurn), last);
    }
  }

  /** `chosen` of 0 ... count - 1, drawn without replacement, in random order. */
  async someOf(count: number, chosen: number): Promise<Uint32Array> {
    const order = identityOrder(count);
    await this.shuffleLongTail(order, count - chosen, count);
    return order.subarray(count - chosen);
  }

  /** The next 32 random bits. */
  #next(): number {
    const s = this.#state;
    const result = Math.imul(rotateLeft(Math.imul(s[1]!, 5), 7), 9) >>> 0;
    const t = s[1]! << 9;
    s[2]! ^= s[0]!;
    s[3]! ^= s[1]!;
    s[1]! ^= s[2]!;
    s[0]! ^= s[3]!;
    s[2]! ^= t;
    s[3] = rotateLeft(s[3]!, 11);
    return result;
  }
}

/** 0 ... count - 1. */
export function identityOrder(count: number): Uint32Array {
  const order = new Uint32Array(count);
  for (let i = 0; i < count; i += 1) order[i] = i;
  return order;
}

function rotateLeft(bits: number, by: number): number {
  return (bits << by) | (bits >>> (32 - by));
}
