// The options of a model's own fit and sample methods, which people also call without a loop.

import { checkNumber, checkOptions } from '../base/check.js';
import { resolveSeed, type Seed } from '../base/seed.js';
import { type JobOptions, jobOptionNames, resolveJobOptions } from '../engine/job.js';
import type { FitOptions, FittedModel, SampleOptions } from './generative-model.js';

/** Options of `fit`, all of which a model of this package can do without. */
export interface ModelFitOptions extends JobOptions {
  /** Decides every random choice of the fit. Default 0. */
  readonly seed?: Seed | undefined;
  /** The model of the generation before. */
  readonly previous?: FittedModel | undefined;
}

/** Options of `sample`. */
export interface ModelSampleOptions extends JobOptions {
  /** Sampling bias, 0 to 1. Default 1: none. */
  readonly lambda?: number | undefined;
  /** Default 0. */
  readonly seed?: Seed | undefined;
}

/** Reads the options of a model's fit. */
export function checkFitOptions(
  where: string,
  options: unknown,
): { seed: bigint; previous: unknown; job: JobOptions } {
  const names = ['seed', 'previous', ...jobOptionNames] as const;
  const { seed = 0, previous, ...job } = checkOptions(where, 'options of fit', options, names);
  return { seed: resolveSeed(where, 'seed', seed), previous, job: job as JobOptions };
}

/** Reads the options of a model's sample; lambda is checked where it is used. */
export function checkSampleOptions(
  where: string,
  options: unknown,
): { lambda: number; seed: bigint; job: JobOptions } {
  const names = ['lambda', 'seed', ...jobOptionNames] as const;
  const { lambda = 1, seed = 0, ...job } = checkOptions(where, 'options of sample', options, names);
  return { lambda: lambda as number, seed: resolveSeed(where, 'seed', seed), job: job as JobOptions };
}

/** The same options checked and filled in, as a loop gives them to the code behind a model. */
export function resolveFitOptions(where: string, options: unknown): FitOptions {
  const { seed, previous, job } = checkFitOptions(where, options);
  const { threads, signal } = resolveJobOptions(where, job);
  return { seed, previous: previous as FittedModel | undefined, threads, signal };
}

/** The same for `sample`. */
export function resolveSampleOptions(where: string, options: unknown): SampleOptions {
  const { lambda, seed, job } = checkSampleOptions(where, options);
  const { threads, signal } = resolveJobOptions(where, job);
  return { lambda: checkNumber(where, 'lambda', lambda, 0, 1), seed, threads, signal };
}
