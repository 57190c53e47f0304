import { effectiveSampleSizesOf } from '../effective-sample-size/of-limit.js';
import { info } from '../info.js';
import { LimitPointCell } from '../limit-point/cell.js';
import { deterministicOutcomes } from '../limit-point/deterministic.js';
import { simulateChains } from '../limit-point/simulate-chains.js';
import type { StudyEngine } from './study-engine.js';

/** madloop's own engine, as studies use it. Errors: ERR_ADDON. */
export function nativeEngine(): StudyEngine<LimitPointCell> {
  const { version, variant } = info();
  return {
    madeBy: { madloop: version, instructionSet: variant },
    cell: (where, parameters) => new LimitPointCell(where, parameters),
    deterministicLimits: deterministicOutcomes,
    simulateChains,
    effectiveSampleSizes: effectiveSampleSizesOf,
  };
}
