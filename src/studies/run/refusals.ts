// Errors that make no failure of a study: the cell has them in the place of a result, and the others are computed.

/** What the engine finds impossible in a limit point, whenever it is tried. */
export const refusals: ReadonlySet<string> = new Set(['ERR_NO_VARIANCE', 'ERR_NO_CONVERGENCE']);

/** What makes a run of a loop impossible, whenever it is tried. */
export const loopRefusals: ReadonlySet<string> = new Set([
  ...['ERR_INVALID_INPUT', 'ERR_NOT_POSITIVE_SEMIDEFINITE', 'ERR_NO_CONVERGENCE'],
  ...['ERR_MODEL', 'ERR_METRIC', 'ERR_REFERENCE', 'ERR_EXHAUSTED'],
]);

/** What may go better another time, of a model in another process: its runs wait for the next call. */
export const failures: ReadonlySet<string> = new Set(['ERR_MODEL', 'ERR_TIMEOUT']);
