import { checkNumber, checkOptions } from '../check.js';
import { resolveJobOptions } from '../job.js';
import { resolveSeed, type Seed } from '../seed.js';
import type { SampleOptions, StepOptions } from './generative-model.js';

/** What `fit` of a model takes when a caller calls it; a loop gives all of it. */
export interface FitCallOptions {
  /** Default 0. */
  readonly seed?: Seed | undefined;
  /** Default: all processors. */
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The same for `sample`. */
export interface SampleCallOptions extends FitCallOptions {
  /** Sampling bias, 0 to 1. Default 1: none. */
  readonly lambda?: number | undefined;
}

const stepNames = ['seed', 'threads', 'signal'] as const;

/** Checks the options of one call of `fit` and fills in the defaults. */
export function resolveFitOptions(where: string, options: unknown): StepOptions {
  return resolveStep(where, checkOptions(where, 'options', options, stepNames));
}

/** Checks the options of one call of `sample` and fills in the defaults. */
export function resolveSampleOptions(where: string, options: unknown): SampleOptions {
  const { lambda = 1, ...step } = checkOptions(where, 'options', options, ['lambda', ...stepNames]);
  return { ...resolveStep(where, step), lambda: checkNumber(where, 'lambda', lambda, 0, 1) };
}

function resolveStep(
  where: string,
  { seed = 0, ...job }: { [key in (typeof stepNames)[number]]?: unknown },
): StepOptions {
  const { threads, signal } = resolveJobOptions(where, job);
  return { seed: resolveSeed(where, 'seed', seed), threads, signal };
}
