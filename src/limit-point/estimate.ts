import type { JobSettings } from '../job.js';
import { LimitPointCell } from './cell.js';
import { deterministicLimitPoint } from './deterministic.js';
import type { LimitPoint } from './limit-point.js';
import type { LimitPointParameters } from './parameters.js';
import { simulateChains } from './simulate-chains.js';

/** How a limit point can be computed. */
export const limitPointMethods = ['monte-carlo', 'deterministic'] as const;
export type LimitPointMethod = (typeof limitPointMethods)[number];

/** The limit point of one cell. */
export async function estimateLimitPoint(
  parameters: LimitPointParameters,
  method: LimitPointMethod,
  settings: JobSettings,
): Promise<LimitPoint> {
  if (method === 'deterministic') return deterministicLimitPoint(parameters, settings);
  const cell = new LimitPointCell(settings.where, parameters);
  for (let wanted = cell.next(); wanted; wanted = cell.next()) {
    const [sums] = await simulateChains([{ cell, ...wanted }], settings);
    cell.add(wanted.first, sums!);
  }
  return cell.result();
}
