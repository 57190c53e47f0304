// Where a loop would like the samples that it asks for to lie: in its training set, so that they need not be copied there.
//
// The offer goes with the options object of one call, and only to methods of this package, called by the loop itself: no other
// code ever sees samples that share their memory with a training set.

type DrawMethod = (count: number, options: never) => unknown;

const takers = new WeakSet<DrawMethod>();
const offers = new WeakMap<object, Float64Array>();

/** Says that this method returns its samples in the memory of `takeMemory`; returns it. */
export function takesMemory<Method extends DrawMethod>(method: Method): Method {
  takers.add(method);
  return method;
}

/** Offers memory to the call of `method` that will get these options, if that is one which takes it. */
export function offerMemory(method: DrawMethod, options: object, memory: Float64Array | undefined): void {
  if (memory !== undefined && takers.has(method)) offers.set(options, memory);
}

/** The memory offered with these options, once, if it is for `count` rows of `cols`. A caller's arguments may be anything. */
export function takeMemory(options: object, count: number, cols: number): Float64Array | undefined {
  const memory = offers.get(options);
  if (memory === undefined || memory.length !== count * cols) return undefined;
  offers.delete(options);
  return memory;
}
