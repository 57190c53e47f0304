import { checkChoice, checkOptions } from '../base/check.js';
import { type JobOptions, type JobSettings, jobOptionNames, resolveJobOptions } from '../engine/job.js';
import { ProgressReporter, progressOf } from '../engine/progress.js';
import { deterministicLimitPoint } from './deterministic.js';
import { LimitPointCell } from './limit-point-estimator.js';
import type { LimitPoint } from './limit-point-result.js';
import {
  type LimitPointOptions as CellOptions,
  type LimitPointParameters,
  limitPointOptionNames,
  resolveLimitPointParameters,
} from './parameters.js';
import { simulateChains } from './simulate-chains.js';

/** How a limit point can be computed. */
export const limitPointMethods = ['monte-carlo', 'deterministic'] as const;
export type LimitPointMethod = (typeof limitPointMethods)[number];

export interface LimitPointOptions extends CellOptions, JobOptions {
  /** 'deterministic': the large-d limit, in a millisecond and without a standard error. Default 'monte-carlo'. */
  readonly method?: LimitPointMethod | undefined;
}

/** Which limit point, how it is computed, and how that job is run. */
export interface LimitPointQuestion {
  readonly parameters: LimitPointParameters;
  readonly method: LimitPointMethod;
  readonly settings: JobSettings;
}

/** Checks the options of `limitPoint` and of all that is built on it, and fills in the defaults. */
export function resolveLimitPointOptions(where: string, options: unknown): LimitPointQuestion {
  const names = [...limitPointOptionNames, 'method', ...jobOptionNames] as const;
  const given = checkOptions(where, 'options', options, names);
  return {
    settings: resolveJobOptions(where, given),
    method:
      given.method === undefined
        ? 'monte-carlo'
        : checkChoice(where, 'method', given.method, limitPointMethods),
    parameters: resolveLimitPointParameters(where, given),
  };
}

// Progress goes in thousandths of the chains that are known to be wanted.
const thousand = 1_000;

/** The limit point of one cell. */
export async function estimateLimitPoint({
  parameters,
  method,
  settings,
}: LimitPointQuestion): Promise<LimitPoint> {
  if (method === 'deterministic') return deterministicLimitPoint(parameters, settings);
  const cell = new LimitPointCell(settings.where, parameters);
  const progress = new ProgressReporter(settings.onProgress);
  for (let wanted = cell.next(); wanted; wanted = cell.next()) {
    const { first, count } = wanted;
    const onProgress = progress.part((thousand * first) / (first + count), thousand, thousand);
    const [sums] = await simulateChains([{ cell, first, count }], { ...settings, onProgress });
    cell.add(first, sums!);
  }
  progress.finish(progressOf(thousand, thousand));
  return cell.result();
}
