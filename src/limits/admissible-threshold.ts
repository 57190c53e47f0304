import { mustError } from '../base/check.js';
import { type Divisor, divisorOption } from '../base/divisor.js';
import { MadloopError } from '../base/errors.js';
import { integer, number, resolve, seed, type TableOf } from '../base/options.js';
import { constant } from '../base/schedule.js';
import type { Seed } from '../base/seed.js';
import { type JobOptions, type JobSettings, jobOptions, runJob } from '../engine/job.js';
import { native } from '../engine/native.js';
import { ProgressReporter, progressOf } from '../engine/progress.js';
import { whyConstant } from '../gaussian-loop/parameters.js';
import { deterministicLimitPoints } from './deterministic.js';
import { crossing, mostSynthetic } from './deterministic-threshold.js';
import { largestExactDim } from './effective-sample-size-of-limit.js';
import { estimateLimitPoint } from './estimate-limit-point.js';
import type { LimitPoint } from './limit-point-result.js';
import type { LimitPointParameters } from './parameters.js';
import { syntheticBeforeCollapse } from './stationary-variance.js';

export interface AdmissibleThresholdOptions extends JobOptions {
  /** Dimension d, 1 to 10,000. */
  readonly dim: number;
  /** n_r: real samples per generation, at least 2. */
  readonly real: number;
  /** Sampling bias, 0 to 1. */
  readonly lambda: number;
  /** Divisor of fitted covariances: N - 1 or N. Default 'unbiased'. */
  readonly divisor?: Divisor | undefined;
  /** Largest standard error, as a fraction of the threshold: 1e-5 to 0.1. Default 1e-2. */
  readonly relativeError?: number | undefined;
  /** Decides every random number. Default 0. */
  readonly seed?: Seed | undefined;
}

export const admissibleThresholdOptions = {
  dim: integer(1)
    .and((where, argument, dim) => {
      const most = largestExactDim['monte-carlo'];
      if (dim > most) throw mustError(where, argument, `be at most ${most}`, String(dim));
    })
    .allow('integer from 1 to 10,000')
    .doc('dimension d')
    .flag('<d>'),
  real: constant(integer(1), whyConstant)
    .and((where, argument, real) => {
      if (real < 2) throw mustError(where, argument, 'be at least 2', String(real));
    })
    .allow('integer of at least 2')
    .doc('real samples in each generation'),
  lambda: constant(number(0, 1), whyConstant).doc('sampling bias, 1 for none'),
  divisor: divisorOption,
  relativeError: number(1e-5, 0.1).or(1e-2).doc('largest standard error as a fraction of the threshold'),
  seed: seed(),
  ...jobOptions,
} satisfies TableOf<AdmissibleThresholdOptions>;

/** Up to how many synthetic samples a fresh data loop does no worse than its real samples alone. */
export interface AdmissibleThreshold {
  /** The n_s with n_e = n_r, as a real number: its integer part is the largest admissible count. Infinity where there is none. */
  readonly synthetic: number;
  /** Standard error of `synthetic`; 0 where it is unbounded. */
  readonly standardError: number;
  /** 95 % interval of `synthetic`. */
  readonly interval: readonly [number, number];
  /** 'unbounded': any number of synthetic samples is admissible. */
  readonly bounded: 'yes' | 'unbounded';
  /** The last limit point computed, and its n_s, from which the threshold is a small step; null where unbounded. */
  readonly nearest: { readonly synthetic: number; readonly limit: LimitPoint } | null;
  /**
   * So many synthetic samples leave a model that has not shrunk to its mean: 0.09 of the data's variance (standard deviations of 0.3), exact, as a
   * real number. Infinity without bias. Below `synthetic`, the samples between the two do no harm only because so few real ones alone are no better.
   */
  readonly beforeCollapse: number;
}

/**
 * The admissible threshold of the fresh data loop (the paper's Figures 11 and 12): the largest number of synthetic samples
 * n_s with n_e >= n_r. It solves limitPoint(n_s) = expectedDistance(n_r), from a start that the deterministic limit gives,
 * on limit points with common random numbers. The interval follows from the limit's, through the slope between two neighbouring n_s
 * where the step to the threshold is not small against the error.
 *
 * Unbounded for lambda = 1, where synthetic samples are unbiased, and where the real samples alone are worse than a model
 * that has collapsed to the mean, E[distance] >= d, which endless biased samples lead to.
 *
 * Depends on the options and the seed alone. Rejects with ERR_INVALID_INPUT, ERR_NO_VARIANCE, ERR_NO_CONVERGENCE,
 * ERR_OUT_OF_MEMORY, ERR_ABORTED.
 *
 * @example
 * const { synthetic } = await admissibleThreshold({ dim: 100, real: 250, lambda: 0.7 });
 * console.log(synthetic); // 774
 */
export async function admissibleThreshold(options: AdmissibleThresholdOptions): Promise<AdmissibleThreshold> {
  const where = 'admissibleThreshold';
  const { threads, signal, onProgress, ...parameters } = resolve(where, options, admissibleThresholdOptions);
  const settings = { where, threads, signal, onProgress };
  const { dim, real, lambda, divisor } = parameters;
  const quiet = { ...settings, onProgress: undefined };
  const target = await runJob(quiet, async () =>
    native().startExpectedDistance({ threads, dim, samples: real, divisor }),
  );
  const beforeCollapse = syntheticBeforeCollapse({
    ...{ variant: 'fresh-data', synthetic: 0, memory: 1 },
    ...parameters,
  });
  if (lambda === 1 || target >= dim) return { ...unbounded, beforeCollapse };
  const search = new ThresholdSearch(parameters, target, settings);
  return { ...(await search.run()), beforeCollapse };
}

/** What Monte Carlo says of a threshold. */
type FoundThreshold = Omit<AdmissibleThreshold, 'beforeCollapse'>;

type LimitAt = NonNullable<AdmissibleThreshold['nearest']>;

const unbounded: FoundThreshold = {
  synthetic: Number.POSITIVE_INFINITY,
  standardError: 0,
  interval: [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
  bounded: 'unbounded',
  nearest: null,
};

type ThresholdParameters = Pick<
  LimitPointParameters,
  'dim' | 'real' | 'lambda' | 'divisor' | 'relativeError' | 'seed'
>;

/** A step to the threshold of so many standard errors may be made with the deterministic limit's slope: it is a fifth off at most. */
const negligibleStep = 0.5;

const mostLimitPoints = 20;

// Progress goes in thousandths.
const thousand = 1_000;

/** The least relative error of a limit point. */
const mostPrecise = 1e-6;

class ThresholdSearch {
  readonly #parameters: ThresholdParameters;
  readonly #target: number;
  readonly #settings: JobSettings;
  readonly #quiet: JobSettings;

  constructor(parameters: ThresholdParameters, target: number, settings: JobSettings) {
    this.#parameters = parameters;
    this.#target = target;
    this.#settings = settings;
    this.#quiet = { ...settings, onProgress: undefined };
  }

  async run(): Promise<FoundThreshold> {
    const start = Math.max(1, Math.round(await this.#start()));
    let synthetic = start;
    let low = 0; // admissible
    let high = mostSynthetic; // not
    let share = 0.95; // of the error wanted
    const progress = new ProgressReporter(this.#settings.onProgress);
    for (let count = 0; count < mostLimitPoints; count += 1) {
      // d log(limit) / d log(n_s)
      const elasticity = await this.#elasticity(synthetic);
      // Mostly it takes one or two.
      const onProgress = progress.part(
        thousand * (1 - 0.5 ** count),
        thousand * (1 - 0.5 ** (count + 1)),
        thousand,
      );
      const wanted = share * elasticity * this.#parameters.relativeError;
      // Near the deterministic start, the precision that will be wanted is known before any chain runs.
      const beyondReach = wanted > 0 && wanted < mostPrecise;
      if (beyondReach && synthetic === start && start > 1) throw this.#tooPrecise(synthetic, wanted);
      // Where the limit falls, only the side matters.
      const relativeError = elasticity > 0 ? Math.min(Math.max(wanted, mostPrecise), 0.1) : 1e-3;
      const limit = await this.#limitPoint(synthetic, relativeError, onProgress);
      const at = (distance: number): number => synthetic * (1 - (distance / this.#target - 1) / elasticity);
      const next = at(limit.distance);
      const step = Math.abs(next - synthetic);
      const standardError = ((limit.standardError / this.#target) * synthetic) / elasticity;
      const precise = elasticity > 0 && standardError <= this.#parameters.relativeError * next;
      let threshold: FoundThreshold | undefined;
      if (precise && step <= Math.max(1, standardError)) {
        const nearest = { synthetic, limit };
        const beyond = synthetic + Math.sign(next - synthetic) * Math.max(1, Math.round(standardError));
        if (step <= negligibleStep * standardError || beyond < 1) {
          const [lower, upper] = limit.interval;
          const interval = [Math.max(0, at(upper)), Math.max(0, at(lower))] as const;
          threshold = { synthetic: next, standardError, interval, bounded: 'yes', nearest };
        } else {
          // Hardly a whole number is nearer. Between two no slope is needed but theirs.
          const other = { synthetic: beyond, limit: await this.#limitPoint(beyond, relativeError) };
          threshold = between(nearest, other, this.#target);
        }
      }
      if (threshold) {
        progress.finish(progressOf(thousand, thousand));
        return threshold;
      }
      const near = step <= Math.max(0.5, Math.min(2 * this.#parameters.relativeError, 0.03) * synthetic);
      if (near && beyondReach) throw this.#tooPrecise(synthetic, wanted);
      if (near && !precise) share /= 2;
      if (limit.distance <= this.#target) low = synthetic;
      else high = synthetic;
      const inside =
        elasticity > 0 && next > low && next < high && next < 2 * synthetic && next > synthetic / 2;
      synthetic = Math.max(1, Math.round(inside ? next : bisected(low, high, synthetic)));
    }
    throw new MadloopError(
      'ERR_NO_CONVERGENCE',
      `${this.#settings.where}: no threshold after ${mostLimitPoints} limit points, between ${low} and ${high}`,
    );
  }

  #tooPrecise(synthetic: number, wanted: number): MadloopError {
    const { where } = this.#settings;
    return new MadloopError(
      'ERR_NO_CONVERGENCE',
      `${where}: relativeError asks for a limit point to ${wanted.toExponential(1)}, beyond ${mostPrecise}: it hardly depends on n_s near ${synthetic}`,
    );
  }

  /**
   * Where the deterministic limit last crosses its own value without synthetic samples. In few dimensions that can be above d,
   * which endless samples lead to; the exact one is below.
   */
  async #start(): Promise<number> {
    const [own] = await this.#deterministic([0]);
    const bound = own! < this.#parameters.dim ? own! : this.#target;
    const last = await crossing('last', this.#cell(0), bound, this.#quiet);
    return last === 'none' ? 1 : last === 'unbounded' ? mostSynthetic : last.from;
  }

  /** d log(limit) / d log(n_s), by the deterministic limit. */
  async #elasticity(synthetic: number): Promise<number> {
    const [below, above] = await this.#deterministic([0.98 * synthetic, 1.02 * synthetic]);
    return (above! - below!) / (0.02 * (above! + below!));
  }

  async #deterministic(counts: readonly number[]): Promise<number[]> {
    const cells = counts.map((synthetic) => this.#cell(synthetic));
    return (await deterministicLimitPoints(cells, this.#quiet)).map(({ distance }) => distance);
  }

  async #limitPoint(
    synthetic: number,
    relativeError: number,
    onProgress?: JobSettings['onProgress'],
  ): Promise<LimitPoint> {
    const parameters = { ...this.#cell(synthetic), relativeError };
    const settings = { ...this.#settings, onProgress };
    return estimateLimitPoint({ parameters, method: 'monte-carlo', settings });
  }

  #cell(synthetic: number): LimitPointParameters {
    return { ...this.#parameters, variant: 'fresh-data', synthetic, memory: 1, commonRandomNumbers: true };
  }
}

/**
 * Where the line through two limit points, of nearby n_s, meets the target; undefined where it does not rise, or meets it elsewhere. The
 * errors are taken as fully correlated, as common random numbers may make them: no larger ones can be.
 */
function between(one: LimitAt, two: LimitAt, target: number): FoundThreshold | undefined {
  const [low, high] = one.synthetic < two.synthetic ? [one, two] : [two, one];
  const slope = (high.limit.distance - low.limit.distance) / (high.synthetic - low.synthetic);
  const share = (target - low.limit.distance) / (high.limit.distance - low.limit.distance);
  if (!(slope > 0 && share > -1 && share < 2)) return undefined;
  const mixed = (of: (limit: LimitPoint) => number) =>
    Math.abs(1 - share) * of(low.limit) + Math.abs(share) * of(high.limit);
  const synthetic = low.synthetic + share * (high.synthetic - low.synthetic);
  const below = mixed(({ distance, interval }) => interval[1] - distance) / slope;
  const above = mixed(({ distance, interval }) => distance - interval[0]) / slope;
  return {
    synthetic,
    standardError: mixed(({ standardError }) => standardError) / slope,
    interval: [Math.max(0, synthetic - below), synthetic + above],
    bounded: 'yes',
    nearest: share < 0.5 ? low : high,
  };
}

/** Between the two; a factor of 2 away from `from` where nothing nearer is known. */
function bisected(low: number, high: number, from: number): number {
  const middle = Math.sqrt(Math.max(low, 0.5) * high);
  return Math.min(Math.max(middle, from / 2), 2 * from);
}
