import { MadloopError } from './errors.js';

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
  const aborted = () =>
    new MadloopError('ERR_ABORTED', `${where}: aborted by its signal`, { cause: signal.reason });
  if (signal.aborted) throw aborted();
  let onAbort = () => {};
  const abort = new Promise<never>((_, reject) => {
    onAbort = () => reject(aborted());
    signal.addEventListener('abort', onAbort);
  });
  try {
    return await Promise.race([work(), abort]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
