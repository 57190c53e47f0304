import { MadloopError } from './errors.js';

// Below this, memory that was used before may be used again, which the system need not make first.
const largestUnzeroedBytes = 2 ** 30;

type ArrayConstructor = Float64ArrayConstructor | Float32ArrayConstructor | Uint32ArrayConstructor;

/** A zeroed typed array, or ERR_OUT_OF_MEMORY that says what it was for and how large. */
export function allocate<Type extends ArrayConstructor>(
  where: string,
  what: string,
  Type: Type,
  length: number,
): InstanceType<Type> {
  return orOutOfMemory(where, what, Type, length, () => new Type(length) as InstanceType<Type>);
}

/** The same in a SharedArrayBuffer: the engine reads it in place (src/engine/snapshot.ts), and workers get it without a copy. */
export function allocateShared<Type extends ArrayConstructor>(
  where: string,
  what: string,
  Type: Type,
  length: number,
): InstanceType<Type> {
  return orOutOfMemory(where, what, Type, length, () => {
    const buffer = new SharedArrayBuffer(length * Type.BYTES_PER_ELEMENT);
    return new Type(buffer as unknown as ArrayBuffer) as InstanceType<Type>; // the union's overloads lack it
  });
}

function orOutOfMemory<Result>(
  where: string,
  what: string,
  { BYTES_PER_ELEMENT }: ArrayConstructor,
  length: number,
  create: () => Result,
): Result {
  try {
    return create();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const gigabytes = ((length * BYTES_PER_ELEMENT) / 1e9).toPrecision(3);
    throw new MadloopError(
      'ERR_OUT_OF_MEMORY',
      `${where}: ${what} needs ${length} values (${gigabytes} GB), more than there is memory for`,
    );
  }
}

/**
 * The same for an array whose every element the caller writes before anybody reads one: it is not zeroed, which for
 * megabytes takes as long as to fill it.
 */
export function allocateUnzeroed<Type extends Float64ArrayConstructor | Float32ArrayConstructor>(
  where: string,
  what: string,
  Type: Type,
  length: number,
): InstanceType<Type> {
  const bytes = length * Type.BYTES_PER_ELEMENT;
  if (bytes > largestUnzeroedBytes) return allocate(where, what, Type, length);
  return new Type(Buffer.allocUnsafeSlow(bytes).buffer, 0, length) as InstanceType<Type>;
}
