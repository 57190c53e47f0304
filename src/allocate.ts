import { MadloopError } from './errors.js';

type RealArrayConstructor = Float64ArrayConstructor | Float32ArrayConstructor;

/** A zeroed typed array, or ERR_OUT_OF_MEMORY that says what it was for and how large. */
export function allocate(
  where: string,
  what: string,
  Type: Float64ArrayConstructor,
  length: number,
): Float64Array;
export function allocate(
  where: string,
  what: string,
  Type: RealArrayConstructor,
  length: number,
): Float64Array | Float32Array;
export function allocate(
  where: string,
  what: string,
  Type: RealArrayConstructor,
  length: number,
): Float64Array | Float32Array {
  try {
    return new Type(length);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const gigabytes = ((length * Type.BYTES_PER_ELEMENT) / 1e9).toPrecision(3);
    throw new MadloopError(
      'ERR_OUT_OF_MEMORY',
      `${where}: ${what} needs ${length} values (${gigabytes} GB), more than there is memory for`,
    );
  }
}
