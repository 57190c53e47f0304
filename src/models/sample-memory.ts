// Where a loop would like the samples that it asks for to lie: in its training set, so that they need not be copied there.
//
// The offer goes with the options object of one call, and only to methods of this package, called by the loop itself: no other
// code ever sees samples that share their memory with a training set.

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

type DrawMethod = (count: number, options: never) => unknown;

const takers = new WeakSet<DrawMethod>();
const offers = new WeakMap<object, MemoryOffer>();

/** Says that this method takes memory with `takeMemory`; returns it. */
export function takesMemory<Method extends DrawMethod>(method: Method): Method {
  takers.add(method);
  return method;
}

/** Offers memory to the call of `method` that will get these options, if that is one which takes it. */
export function offerMemory(method: DrawMethod, options: object, offer: MemoryOffer | undefined): void {
  if (offer !== undefined && takers.has(method)) offers.set(options, offer);
}

/** The memory offered with these options, if it is for `count` rows of `cols`. */
export function takeMemory(options: object, count: number, cols: number): Float64Array | undefined {
  const offer = offers.get(options);
  if (offer === undefined || offer.taken || offer.memory.length !== count * cols) return undefined;
  offer.taken = true;
  return offer.memory;
}
