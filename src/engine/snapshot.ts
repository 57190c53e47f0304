// Private copies of callers' arrays for the engine's threads.
//
// A caller may transfer its ArrayBuffer away (postMessage, structuredClone) while a job runs; its memory would be freed
// under the reading thread, whatever references we hold. So a plain buffer is copied first: at once if small, else
// in slices with turns of the event loop between them, since touching fresh memory is slow (a copy of 400 MB in one go
// blocks for about a second). A SharedArrayBuffer cannot be detached and is read in place.

import { types } from 'node:util';
import { turn } from '../base/abortable.js';
import { allocate } from '../base/allocate.js';
import { mustError } from '../base/check.js';
import type { MadloopError } from '../base/errors.js';
import type { Matrix } from '../base/shapes.js';
import { native } from './native.js';

const copiedAtOnceBytes = 8 * 2 ** 20;
const sliceBytes = 4 * 2 ** 20;

/**
 * The array itself if shared, else a copy. Between slices `throwIfSettled` may end the work; an array that was
 * detached or resized meanwhile is ERR_INVALID_INPUT.
 */
export async function snapshot<Source extends Float32Array | Float64Array>(
  where: string,
  argument: string,
  source: Source,
  throwIfSettled: () => void = () => {},
): Promise<Source> {
  if (types.isSharedArrayBuffer(source.buffer)) return source;
  const { length } = source;
  // It has passed the checks, so it had elements.
  if (length === 0) throw mustBeLeftAlone(where, argument);
  const copy = allocate(
    where,
    argument,
    source instanceof Float32Array ? Float32Array : Float64Array,
    length,
  ) as Source;
  const copyFrom = (begin: number, end: number) => {
    try {
      copy.set(source.subarray(begin, end), begin);
    } catch {
      throw mustBeLeftAlone(where, argument);
    }
  };
  if (source.byteLength <= copiedAtOnceBytes) {
    copyFrom(0, length);
    return copy;
  }
  native().preferLargePages(copy);
  const step = sliceBytes / source.BYTES_PER_ELEMENT;
  for (let begin = 0; begin < length; begin += step) {
    if (begin > 0) await turn();
    throwIfSettled();
    if (source.length !== length) throw mustBeLeftAlone(where, argument);
    copyFrom(begin, Math.min(begin + step, length));
  }
  return copy;
}

/** The error for an array whose memory went while it was used. */
export function mustBeLeftAlone(where: string, argument: string): MadloopError {
  const got = 'a buffer transferred or resized in mid-call';
  return mustError(where, argument, 'be left alone until the call settles', got);
}

/** The matrix with its data as `snapshot` gives them. */
export async function snapshotMatrix(
  where: string,
  argument: string,
  { data, rows, cols }: Matrix,
  throwIfSettled: () => void,
): Promise<Matrix> {
  return { data: await snapshot(where, `${argument}.data`, data, throwIfSettled), rows, cols };
}
