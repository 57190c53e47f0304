import { MadloopError } from '../../base/errors.js';
import { Terminated } from './interrupts.js';

/** What the process's exit status means. The same table is in docs/cli.md. */
export const exitCodes = {
  done: 0,
  failed: 1,
  /** Wrong usage or input: repeating the command as it is cannot succeed. */
  wrongInput: 2,
  /** SIGTERM, as schedulers send it, where the same command goes on from what is kept. */
  resumable: 75,
  /** Ctrl-C. */
  interrupted: 130,
} as const;

const inputErrors: ReadonlySet<string> = new Set([
  'ERR_INVALID_INPUT',
  'ERR_NOT_POSITIVE_SEMIDEFINITE',
  'ERR_EXHAUSTED',
  'ERR_NO_VARIANCE',
]);

/** The exit status that a failure ends the process with. */
export function exitCodeOf(error: unknown): number {
  if (!(error instanceof MadloopError)) return exitCodes.failed;
  if (error.code === 'ERR_ABORTED') {
    return error.cause instanceof Terminated ? exitCodes.resumable : exitCodes.interrupted;
  }
  return inputErrors.has(error.code) ? exitCodes.wrongInput : exitCodes.failed;
}
