import { derivedSeed } from '../base/derived-seed.js';

type Part = readonly (string | number)[];

/**
 * The seeds of a loop's steps. A hash takes a tenth of a millisecond where the caches are full of other things, which is what an
 * engine leaves them in; so those of the next steps can be prepared while it computes.
 */
export class StepSeeds {
  readonly #seed: bigint;
  #prepared: ReadonlyMap<string, bigint> = new Map();

  constructor(seed: bigint) {
    this.#seed = seed;
  }

  /** Prepares these, and drops what was prepared before. */
  prepare(parts: readonly Part[]): void {
    this.#prepared = new Map(parts.map((part) => [part.join('\n'), derivedSeed(this.#seed, ...part)]));
  }

  /** derivedSeed(seed, ...part). */
  of(...part: Part): bigint {
    return this.#prepared.get(part.join('\n')) ?? derivedSeed(this.#seed, ...part);
  }
}
