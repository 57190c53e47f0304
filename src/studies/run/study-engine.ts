// What a study asks of the engine. Tests give one of their own, whose results are quick and known.

import type { MadloopError } from '../../base/errors.js';
import type { JobSettings } from '../../engine/job.js';
import type { LimitPointEstimator } from '../../limits/limit-point-estimator.js';
import type { LimitPoint } from '../../limits/limit-point-result.js';
import type { LimitPointParameters } from '../../limits/parameters.js';
import type { MadeBy } from '../definition/study-identity.js';

/** The estimate of one limit point in progress. */
export type CellEstimator = Pick<LimitPointEstimator, 'width' | 'relativeError' | 'next' | 'add' | 'result'>;

/** Chains of a cell to be simulated. */
export interface ChainWork<Estimator extends CellEstimator = CellEstimator> {
  readonly estimator: Estimator;
  readonly first: number;
  readonly count: number;
}

/** n_e of a limit point: see EffectiveSampleSize. */
export interface SampleSize {
  readonly effectiveSampleSize: number;
  readonly interval: readonly [number, number];
  readonly ratio: number;
  readonly ratioInterval: readonly [number, number];
  readonly admissible: boolean | 'undecided';
  readonly bounded: 'yes' | 'below-2' | 'unbounded';
}

export interface StudyEngine<Estimator extends CellEstimator = CellEstimator> {
  readonly madeBy: MadeBy;
  /** Errors: ERR_NO_VARIANCE, ERR_NO_CONVERGENCE. */
  estimator(where: string, parameters: LimitPointParameters): Estimator;
  /** The limit points of cells that a plan of method 'deterministic' may have, or ERR_NO_VARIANCE in the place of one. */
  deterministicLimits(
    cells: readonly LimitPointParameters[],
    settings: JobSettings,
  ): Promise<(LimitPoint | MadloopError)[]>;
  simulateChains(work: readonly ChainWork<Estimator>[], settings: JobSettings): Promise<Float64Array[]>;
  effectiveSampleSizes(
    limits: readonly { readonly limit: LimitPoint; readonly parameters: LimitPointParameters }[],
    settings: JobSettings,
  ): Promise<SampleSize[]>;
}
