import { checkFits } from '../base/allocate.js';
import { checkPositiveInteger, checkProduct } from '../base/check.js';

/**
 * A count of samples of `dim` values that memory can hold, before anything is drawn: else ERR_INVALID_INPUT or ERR_OUT_OF_MEMORY.
 * `Type` is the smallest that they may have.
 */
export function checkSampleCount(
  where: string,
  count: unknown,
  dim: number,
  Type: Float32ArrayConstructor | Float64ArrayConstructor = Float32Array,
): number {
  const rows = checkPositiveInteger(where, 'count', count);
  checkFits(where, 'the samples', Type, checkProduct(where, 'count x dim', rows, dim));
  return rows;
}
