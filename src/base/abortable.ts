import { setImmediate } from 'node:timers/promises';
import { MadloopError } from './errors.js';

/** The error of a call that its signal stopped; `where` is its name. */
export function abortError({ where, signal }: Call): MadloopError {
  return new MadloopError('ERR_ABORTED', `${where}: aborted by its signal`, { cause: signal?.reason });
}

/** A call that can be stopped. */
export interface Call {
  readonly where: string;
  readonly signal?: AbortSignal | undefined;
}

/** Gives the event loop a turn; ERR_ABORTED if the call was stopped by then. */
export async function turn(call?: Call): Promise<void> {
  await setImmediate();
  if (call?.signal?.aborted) throw abortError(call);
}

/**
 * Waits for `work` until the signal is aborted: then rejects at once with ERR_ABORTED, whether or not the work listens to
 * the signal itself. What becomes of the work after that is dropped.
 */
export async function abortable<Result>(
  where: string,
  signal: AbortSignal | undefined,
  work: () => Promise<Result>,
): Promise<Result> {
  if (signal === undefined) return work();
  if (signal.aborted) throw abortError({ where, signal });
  let onAbort = () => {};
  const abort = new Promise<never>((_, reject) => {
    onAbort = () => reject(abortError({ where, signal }));
    signal.addEventListener('abort', onAbort);
  });
  try {
    return await Promise.race([work(), abort]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
