import { abortable } from '../base/abortable.js';
import { MadloopError } from '../base/errors.js';
import { number, Option } from '../base/options.js';

// What a timer of Node can wait for is 2^31 milliseconds.
const longestSeconds = 2_000_000;

/** The option of a time limit. */
export const timeLimit = new Option({
  ...number(Number.MIN_VALUE, longestSeconds).facts,
  range: 'up to 2,000,000',
})
  .optional('no limit')
  .allow('number above 0, up to 2,000,000')
  .in('seconds');

/**
 * Waits for `work` at most `seconds`, or until the signal is aborted: then rejects at once, with ERR_TIMEOUT or
 * ERR_ABORTED, and aborts the signal that the work was given.
 */
export async function withinTime<Result>(
  where: string,
  seconds: number | undefined,
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal | undefined) => Promise<Result>,
): Promise<Result> {
  if (seconds === undefined) return abortable(where, signal, () => work(signal));
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), 1000 * seconds);
  const either = signal === undefined ? limit.signal : AbortSignal.any([signal, limit.signal]);
  try {
    return await abortable(where, either, () => work(either));
  } catch (error) {
    if (!limit.signal.aborted) throw error;
    throw new MadloopError('ERR_TIMEOUT', `${where}: took longer than its time limit of ${seconds} s`, {
      cause: error,
    });
  } finally {
    clearTimeout(timer);
  }
}
