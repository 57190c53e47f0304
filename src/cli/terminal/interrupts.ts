import { MadloopError } from '../../base/errors.js';
import { say } from './output.js';

/** Why a command stopped where a scheduler's SIGTERM told it to: what is finished is kept and the same command goes on. */
export class Terminated extends Error {}

/**
 * A signal that is aborted by Ctrl-C, as `interrupt` is, and by SIGTERM, with `Terminated` as its reason. The second of either
 * ends the process at once. `done` puts things back.
 */
export function stopOnTerm(interrupt: AbortSignal): { signal: AbortSignal; done: () => void } {
  const term = new AbortController();
  const signal = AbortSignal.any([interrupt, term.signal]);
  const onTerm = () => term.abort(new Terminated('SIGTERM'));
  process.once('SIGTERM', onTerm);
  const onAbort = () => {
    process.removeListener('SIGTERM', onTerm);
    process.removeAllListeners('SIGINT');
  };
  signal.addEventListener('abort', onAbort);
  return {
    signal,
    done: () => {
      process.removeListener('SIGTERM', onTerm);
      signal.removeEventListener('abort', onAbort);
    },
  };
}

/** Where a run of studies was stopped, says that nothing is lost. */
export function sayThatItGoesOn(command: string, error: unknown): void {
  if (!(error instanceof MadloopError) || error.code !== 'ERR_ABORTED') return;
  say(`${command}: what is finished is in the store, and the same command goes on from there`);
}
