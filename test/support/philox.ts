// The engine's random integers once more, as plain as can be: Philox4x32-10 (Salmon, Moraes, Dror & Shaw 2011), the key of a
// stream, and integers below a limit.

const mask32 = 0xffff_ffffn;
const mask64 = 0xffff_ffff_ffff_ffffn;

/** The block of four 32-bit words at a counter of four words, under a key of two, all as bigints, low word first. */
export function philox(counter: readonly bigint[], key: readonly bigint[]): bigint[] {
  let [c0, c1, c2, c3] = counter as [bigint, bigint, bigint, bigint];
  let [k0, k1] = key as [bigint, bigint];
  for (let round = 0; round < 10; round += 1) {
    const a = 0xd2511f53n * c0;
    const b = 0xcd9e8d57n * c2;
    [c0, c1, c2, c3] = [(b >> 32n) ^ c1 ^ k0, b & mask32, (a >> 32n) ^ c3 ^ k1, a & mask32];
    k0 = (k0 + 0x9e3779b9n) & mask32;
    k1 = (k1 + 0xbb67ae85n) & mask32;
  }
  return [c0, c1, c2, c3];
}

/** The key of a seed's streams in a domain, a word of eight letters. */
export function streamKey(seed: bigint, domain: string): bigint {
  const golden = 0x9e3779b97f4a7c15n;
  const letters = Buffer.from(domain, 'latin1').readBigUInt64BE();
  return mix((mix((letters + golden) & mask64) + seed + golden) & mask64);
}

/** The finaliser of SplitMix64 (Stafford's variant 13). */
function mix(bits: bigint): bigint {
  let z = ((bits ^ (bits >> 30n)) * 0xbf58476d1ce4e5b9n) & mask64;
  z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & mask64;
  return z ^ (z >> 31n);
}

/** The integers that a seed gives, one after the other. */
export function plainRandomIntegers(seed: bigint): { below(limit: number): number } {
  const key = streamKey(seed, 'integers');
  let position = 0n;
  const next = (): bigint => {
    const index = position / 2n;
    const block = philox([index & mask32, index >> 32n, 0n, 0n], [key & mask32, key >> 32n]);
    const [low, high] = position % 2n === 0n ? [block[0]!, block[1]!] : [block[2]!, block[3]!];
    position += 1n;
    return (high << 32n) | low;
  };
  return {
    below(limit) {
      const usable = mask64 - (mask64 % BigInt(limit));
      let bits = next();
      while (bits >= usable) bits = next();
      return Number(bits % BigInt(limit));
    },
  };
}

/** The first `chosen` of 0 ... count - 1, shuffled from the beginning. */
export function plainSomeOf(seed: bigint, count: number, chosen: number): number[] {
  const random = plainRandomIntegers(seed);
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = 0; i < chosen; i += 1) {
    const j = i + random.below(count - i);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order.slice(0, chosen);
}
