// Where a loop would like the samples that it asks for to lie: in its training set, so that they need not be copied there.
//
// An offer goes with the options object of one call, beside what other people's code sees of it. Models and references of this
// package take it up; a second call with the same options, or one with a copy of them, has memory of its own, so that no two
// results ever share any.

/** Memory for one call's samples. */
export class MemoryOffer {
  readonly memory: Float64Array;
  taken = false;

  constructor(memory: Float64Array) {
    this.memory = memory;
  }

  /** Whether `data` is this memory, all of it. */
  holds(data: Float32Array | Float64Array): boolean {
    const { buffer, byteOffset, length } = this.memory;
    return (
      data instanceof Float64Array &&
      data.buffer === buffer &&
      data.byteOffset === byteOffset &&
      data.length === length
    );
  }
}

const offers = new WeakMap<object, MemoryOffer>();

/** Offers memory to the call that gets these options. */
export function offerMemory(options: object, offer: MemoryOffer): void {
  offers.set(options, offer);
}

/** The memory offered with these options, if it is for `count` rows of `cols` and was not taken before. */
export function takeMemory(options: object, count: number, cols: number): Float64Array | undefined {
  const offer = offers.get(options);
  if (offer === undefined || offer.taken || offer.memory.length !== count * cols) return undefined;
  offer.taken = true;
  return offer.memory;
}
