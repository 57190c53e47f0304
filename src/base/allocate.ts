import { totalmem } from 'node:os';
import { MadloopError } from './errors.js';

// Up to this many bytes the system's own answer will do. It grants more than there is, and ends the process when that is used.
const grantedBytes = 2 ** 30;

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

/** Throws ERR_OUT_OF_MEMORY for an array that is larger than the memory: what is to be made part by part is refused before. */
export function checkFits(
  where: string,
  what: string,
  { BYTES_PER_ELEMENT }: ArrayConstructor,
  length: number,
): void {
  const bytes = length * BYTES_PER_ELEMENT;
  if (bytes > grantedBytes && bytes > memoryBytes()) throw outOfMemory(where, what, length, bytes);
}

function orOutOfMemory<Result>(
  where: string,
  what: string,
  Type: ArrayConstructor,
  length: number,
  create: () => Result,
): Result {
  checkFits(where, what, Type, length);
  try {
    return create();
  } catch (error) {
    throw error instanceof RangeError
      ? outOfMemory(where, what, length, length * Type.BYTES_PER_ELEMENT)
      : error;
  }
}

function outOfMemory(where: string, what: string, length: number, bytes: number): MadloopError {
  const size = `${length} values (${(bytes / 1e9).toPrecision(3)} GB)`;
  return new MadloopError(
    'ERR_OUT_OF_MEMORY',
    `${where}: ${what} needs ${size}, more than there is memory for`,
  );
}

/** The memory of the machine, or of the control group that the process is in. */
function memoryBytes(): number {
  const granted = process.constrainedMemory?.() ?? 0;
  return granted > 0 ? Math.min(granted, totalmem()) : totalmem();
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
