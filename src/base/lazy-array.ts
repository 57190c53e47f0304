/**
 * A read-only array whose elements are made when they are read: it holds none, so a million of them cost nothing
 * until then. It reads as any array does (index, length, iteration, `map`, `at`, `JSON.stringify`, spreading), but an
 * element read twice is two equal objects, and `structuredClone` and `postMessage` take copies (`[...array]`) alone.
 */
export function lazyArray<T>(length: number, make: (index: number) => T): readonly T[] {
  const target: T[] = [];
  target.length = length;
  const refuse = () => false;
  return new Proxy(target, {
    get(array, key, receiver) {
      const index = elementIndex(key, length);
      return index === undefined ? Reflect.get(array, key, receiver) : make(index);
    },
    has: (array, key) => elementIndex(key, length) !== undefined || Reflect.has(array, key),
    ownKeys: () => [...Array.from({ length }, (_, index) => String(index)), 'length'],
    getOwnPropertyDescriptor(array, key) {
      const index = elementIndex(key, length);
      if (index === undefined) return Reflect.getOwnPropertyDescriptor(array, key);
      return { value: make(index), enumerable: true, configurable: true, writable: false };
    },
    set: refuse,
    defineProperty: refuse,
    deleteProperty: refuse,
    setPrototypeOf: refuse,
    preventExtensions: refuse,
  });
}

function elementIndex(key: string | symbol, length: number): number | undefined {
  if (typeof key === 'symbol') return undefined;
  const index = Number(key);
  return index >= 0 && index < length && String(index) === key ? index : undefined;
}
