import { info } from '../../engine/info.js';
import { deterministicLimitPointsOrErrors } from '../../limits/deterministic.js';
import { effectiveSampleSizesOf } from '../../limits/effective-sample-size-of-limit.js';
import { LimitPointEstimator } from '../../limits/limit-point-estimator.js';
import { simulateChains } from '../../limits/simulate-chains.js';
import type { StudyEngine } from './study-engine.js';

/** madloop's own engine, as studies use it. Errors: ERR_ADDON. */
export function nativeEngine(): StudyEngine<LimitPointEstimator> {
  const { version, variant } = info();
  return {
    madeBy: { madloop: version, instructionSet: variant },
    estimator: (where, parameters) => new LimitPointEstimator(where, parameters),
    deterministicLimits: deterministicLimitPointsOrErrors,
    simulateChains,
    effectiveSampleSizes: effectiveSampleSizesOf,
  };
}
