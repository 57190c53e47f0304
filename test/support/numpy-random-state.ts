// numpy's legacy RandomState, as far as randn() goes: MT19937 seeded by init_genrand, 53-bit doubles, and
// Marsaglia's polar method with the second number of each pair returned first by the first call.
// (Matsumoto & Nishimura 1998; Marsaglia & Bray 1964.) Published test vectors are recipes in these numbers.

export class RandomState {
  readonly #state = new Uint32Array(624);
  #position = 624;
  #spare: number | undefined;

  constructor(seed: number) {
    this.#state[0] = seed;
    for (let i = 1; i < 624; i += 1) {
      const previous = this.#state[i - 1]!;
      this.#state[i] = Math.imul(1812433253, previous ^ (previous >>> 30)) + i;
    }
  }

  /** rows x cols standard normal numbers, row-major. */
  randn(rows: number, cols: number): Float64Array {
    return Float64Array.from({ length: rows * cols }, () => this.#normal());
  }

  #normal(): number {
    if (this.#spare !== undefined) {
      const spare = this.#spare;
      this.#spare = undefined;
      return spare;
    }
    for (;;) {
      const x = 2 * this.#double() - 1;
      const y = 2 * this.#double() - 1;
      const r = x * x + y * y;
      if (r >= 1 || r === 0) continue;
      const factor = Math.sqrt((-2 * Math.log(r)) / r);
      this.#spare = factor * x;
      return factor * y;
    }
  }

  #double(): number {
    const high = this.#word() >>> 5;
    const low = this.#word() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }

  #word(): number {
    if (this.#position === 624) this.#refill();
    let word = this.#state[this.#position]!;
    this.#position += 1;
    word ^= word >>> 11;
    word ^= (word << 7) & 0x9d2c5680;
    word ^= (word << 15) & 0xefc60000;
    return (word ^ (word >>> 18)) >>> 0;
  }

  #refill(): void {
    const state = this.#state;
    for (let i = 0; i < 624; i += 1) {
      const mixed = (state[i]! & 0x80000000) | (state[(i + 1) % 624]! & 0x7fffffff);
      state[i] = state[(i + 397) % 624]! ^ (mixed >>> 1) ^ (mixed & 1 ? 0x9908b0df : 0);
    }
    this.#position = 0;
  }
}
