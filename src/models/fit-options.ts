// The options of a model's own fit and sample methods, which people also call without a loop.

import { checked, number, resolve, seed, type TableOf } from '../base/options.js';
import type { Seed } from '../base/seed.js';
import { type JobOptions, jobOptions } from '../engine/job.js';
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
  /** Decides every random number. Default 0. */
  readonly seed?: Seed | undefined;
}

const modelFitOptions = {
  seed: seed().doc('decides every random choice of the fit'),
  previous: checked('model', (_, __, value) => value as FittedModel)
    .optional()
    .doc('the model of the generation before'),
  ...jobOptions,
} satisfies TableOf<ModelFitOptions>;

const modelSampleOptions = {
  lambda: number(0, 1).or(1).doc('sampling bias, 1 for none'),
  seed: seed(),
  ...jobOptions,
} satisfies TableOf<ModelSampleOptions>;

/** Reads the options of a model's fit; `job` is for what it calls. */
export function checkFitOptions(
  where: string,
  options: unknown,
): { seed: bigint; previous: FittedModel | undefined; job: JobOptions } {
  const place = { where, argument: 'options of fit' };
  const { seed, previous, ...job } = resolve(place, options, modelFitOptions);
  return { seed, previous, job };
}

/** Reads the options of a model's sample; `job` is for what it calls. */
export function checkSampleOptions(
  where: string,
  options: unknown,
): { lambda: number; seed: bigint; job: JobOptions } {
  const place = { where, argument: 'options of sample' };
  const { lambda, seed, ...job } = resolve(place, options, modelSampleOptions);
  return { lambda, seed, job };
}

/** The same options as a loop gives them to the code behind a model. */
export function resolveFitOptions(where: string, options: unknown): FitOptions {
  const { seed, previous, job } = checkFitOptions(where, options);
  return { seed, previous, threads: job.threads, signal: job.signal };
}

/** The same for `sample`. */
export function resolveSampleOptions(where: string, options: unknown): SampleOptions {
  const { lambda, seed, job } = checkSampleOptions(where, options);
  return { lambda, seed, threads: job.threads, signal: job.signal };
}
