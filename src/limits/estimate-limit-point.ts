import { oneOf, resolve, type TableOf } from '../base/options.js';
import { type JobOptions, type JobSettings, jobOptions } from '../engine/job.js';
import { ProgressReporter, progressOf } from '../engine/progress.js';
import { deterministicLimitPoint } from './deterministic.js';
import { LimitPointEstimator } from './limit-point-estimator.js';
import type { LimitPoint } from './limit-point-result.js';
import { type LimitPointParameters, type StationaryLoopOptions, stationaryLoopOptions } from './parameters.js';
import { simulateChains } from './simulate-chains.js';

/** How a limit point can be computed. */
const limitPointMethods = ['monte-carlo', 'deterministic'] as const;
export type LimitPointMethod = (typeof limitPointMethods)[number];

export interface LimitPointOptions extends StationaryLoopOptions, JobOptions {
  /** 'deterministic': the large-d limit, in a millisecond and without a standard error. Default 'monte-carlo'. */
  readonly method?: LimitPointMethod | undefined;
}

const { reference, seed, ...otherLoopOptions } = stationaryLoopOptions;

/** The options that say which limit point, and how it is computed. */
export const limitPointParameters = {
  ...otherLoopOptions,
  method: oneOf(limitPointMethods)
    .or('monte-carlo')
    .doc('by Monte Carlo, or by the large-d limit, without standard errors')
    .flag('<method>'),
  seed,
  reference,
};

export const limitPointOptions = {
  ...limitPointParameters,
  ...jobOptions,
} satisfies TableOf<LimitPointOptions>;

/** Which limit point, how it is computed, and how that job is run. */
export interface LimitPointRequest {
  readonly parameters: LimitPointParameters;
  readonly method: LimitPointMethod;
  readonly settings: JobSettings;
}

/** Checks the options of `limitPoint` and of all that is built on it, and fills in the defaults. */
export function resolveLimitPointOptions(where: string, options: unknown): LimitPointRequest {
  const values = resolve(where, options, limitPointOptions);
  const { method, threads, signal, onProgress, ...parameters } = values;
  return { settings: { where, threads, signal, onProgress }, method, parameters };
}

const thousand = 1_000;

// Thousandths of the way at the ends of the stages. How many more chains the precision takes is known at the end of the first
// alone; the second is mostly the last.
const stageEnds = [500, 950, 990, 999];

/** The limit point of one cell. */
export async function estimateLimitPoint({
  parameters,
  method,
  settings,
}: LimitPointRequest): Promise<LimitPoint> {
  if (method === 'deterministic') return deterministicLimitPoint(parameters, settings);
  const estimator = new LimitPointEstimator(settings.where, parameters);
  const progress = new ProgressReporter(settings.onProgress);
  let begin = 0;
  for (let wanted = estimator.next(), stage = 0; wanted; wanted = estimator.next(), stage += 1) {
    const { first, count } = wanted;
    const end = stageEnds[stage] ?? thousand;
    const onProgress = progress.part(begin, end, thousand);
    const [sums] = await simulateChains([{ estimator, first, count }], { ...settings, onProgress });
    estimator.add(first, sums!);
    begin = end;
  }
  progress.finish(progressOf(thousand, thousand));
  return estimator.result();
}
