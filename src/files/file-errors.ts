import { MadloopError } from '../base/errors.js';

/** A file that holds something else than expected. `what` goes on after its name: "x.npy has ..., expected ...". */
export function malformed(name: string, what: string): MadloopError {
  return new MadloopError('ERR_INVALID_INPUT', `${name} ${what}`);
}

/** A file that the system does not let us read. */
export function cannotRead(name: string, cause: unknown): MadloopError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new MadloopError('ERR_FILE', `cannot read ${name}: ${reason}`, { cause });
}
