/** What went wrong, for programs. The message says it for people: what, where, what was expected, the value seen. */
export type ErrorCode =
  /** A value that the caller gave: a length, a type, a range, NaN or Infinity in a matrix. */
  | 'ERR_INVALID_INPUT'
  /** A covariance that is not symmetric, or has a negative eigenvalue beyond rounding. */
  | 'ERR_NOT_POSITIVE_SEMIDEFINITE'
  /** The caller's `signal` stopped the call. The error's name is then `AbortError` and its `cause` the signal's reason. */
  | 'ERR_ABORTED'
  /** An iteration used up its budget. */
  | 'ERR_NO_CONVERGENCE'
  /** The quantity asked for has no finite variance at these parameters, so no standard error. */
  | 'ERR_NO_VARIANCE'
  /** A generative model broke its contract: see `GenerativeModel`. */
  | 'ERR_MODEL'
  /** A generative model took longer than its time limit. */
  | 'ERR_TIMEOUT'
  /** A reference distribution broke its contract: see `Reference`. */
  | 'ERR_REFERENCE'
  /** A metric broke its contract: see `autophagousLoop`. */
  | 'ERR_METRIC'
  /** A data set has fewer samples left than a loop asks for. */
  | 'ERR_EXHAUSTED'
  /** A file could not be read or written. */
  | 'ERR_FILE'
  /** The store of a study is corrupt, of a newer format, or of another study; the record of a loop is damaged or in use. */
  | 'ERR_STORE'
  /** The native addon could not be loaded. */
  | 'ERR_ADDON'
  /** An optional package is not installed; the message has the command that installs it. */
  | 'ERR_MISSING_PACKAGE'
  /** The system has not the memory that the call needs. */
  | 'ERR_OUT_OF_MEMORY'
  /** The system gave no thread. */
  | 'ERR_OUT_OF_THREADS'
  /** A defect of madloop: please report it. */
  | 'ERR_INTERNAL';

/** The one class of errors that madloop throws and rejects with; tell them apart by `code`. */
export class MadloopError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    // Callers of any abortable function test for this name.
    this.name = code === 'ERR_ABORTED' ? 'AbortError' : 'MadloopError';
  }
}
