import { LimitPointEstimator } from './limit-point-estimator.js';
import type { LimitPointParameters } from './parameters.js';

/**
 * About how many seconds of one core a limit point takes by Monte Carlo: those of its first stage of chains, with which a relative
 * error of 1e-3 is reached in most loops. A model of the engine's speed, the same on every machine. Throws as the estimator does.
 */
export function limitPointSeconds(where: string, parameters: LimitPointParameters): number {
  return new LimitPointEstimator(where, parameters).next()!.seconds;
}
