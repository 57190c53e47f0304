import { type Call, turn } from '../base/abortable.js';
import { allocate } from '../base/allocate.js';
import { callNative } from '../engine/job.js';
import { native } from '../engine/native.js';

// Integers drawn before the event loop gets a turn: about 1 ms, and a few where a long order is not in a cache.
const drawsPerTurn = 2 ** 16;

/**
 * Seeded random integers, for what TypeScript itself decides: which rows of a data set, in which order. They come from the
 * engine's generator, one after the other from a stream of their own, which the seed names.
 */
export class RandomIntegers {
  readonly #seed: bigint;
  #position = 0;

  constructor(seed: bigint) {
    this.#seed = seed;
  }

  /** Uniform on 0 ... limit - 1, exactly. `limit` is an integer from 1 to 2^32. */
  below(limit: number): number {
    const integers = new Uint32Array(1);
    this.#fill(integers, limit);
    return integers[0]!;
  }

  /** Fills `integers` with such numbers. */
  async fill(integers: Uint32Array, limit: number, call?: Call): Promise<void> {
    for (let begin = 0; begin < integers.length; begin += drawsPerTurn) {
      if (begin > 0) await turn(call);
      this.#fill(integers.subarray(begin, begin + drawsPerTurn), limit);
    }
  }

  /** `chosen` of 0 ... count - 1, drawn without replacement, in random order. */
  async someOf(count: number, chosen: number, call?: Call): Promise<Uint32Array> {
    const order = identityOrder(count);
    await this.shuffle(order, 0, chosen, call);
    return order.subarray(0, chosen);
  }

  /**
   * The steps of the shuffle of `order` (Fisher & Yates) that decide its elements begin ... end - 1, for an order whose earlier
   * elements are decided already: a long list can be shuffled in pieces, from its beginning.
   */
  async shuffle(order: Uint32Array, begin: number, end: number, call?: Call): Promise<void> {
    for (let first = begin; first < end; first += drawsPerTurn) {
      if (first > begin) await turn(call);
      this.#shuffle(order, first, Math.min(end, first + drawsPerTurn));
    }
  }

  #fill(integers: Uint32Array, limit: number): void {
    const request = { seed: this.#seed, position: this.#position, limit, integers };
    this.#position = callNative('randomIntegers', () => native().randomIntegers(request));
  }

  #shuffle(order: Uint32Array, begin: number, end: number): void {
    const request = { seed: this.#seed, position: this.#position, order, begin, end };
    this.#position = callNative('shuffle', () => native().shuffle(request));
  }
}

/** 0 ... count - 1. */
export function identityOrder(count: number): Uint32Array {
  const order = allocate('a random order', 'the indices', Uint32Array, count);
  for (let i = 0; i < count; i += 1) order[i] = i;
  return order;
}
