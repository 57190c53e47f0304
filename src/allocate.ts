import { MadloopError } from './errors.js';

type ArrayConstructor = Float64ArrayConstructor | Float32ArrayConstructor | Uint32ArrayConstructor;

/** A zeroed typed array, or ERR_OUT_OF_MEMORY that says what it was for and how large. */
export function allocate<Type extends ArrayConstructor>(
  where: string,
  what: string,
  Type: Type,
  length: number,
): InstanceType<Type> {
  try {
    return new Type(length) as InstanceType<Type>;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const gigabytes = ((length * Type.BYTES_PER_ELEMENT) / 1e9).toPrecision(3);
    throw new MadloopError(
      'ERR_OUT_OF_MEMORY',
      `${where}: ${what} needs ${length} values (${gigabytes} GB), more than there is memory for`,
    );
  }
}
