import { checkGaussian, checkMatrix, describe } from '../base/check.js';
import { MadloopError } from '../base/errors.js';
import { type LambdaRange, lambdaRangeOption } from '../base/lambda.js';
import { callback, group, resolve, type TableOf, text } from '../base/options.js';
import type { Gaussian, Matrix } from '../base/shapes.js';
import {
  type ModelFitOptions,
  type ModelSampleOptions,
  resolveFitOptions,
  resolveSampleOptions,
} from './fit-options.js';
import type { FitOptions, FittedModel, GenerativeModel, SampleOptions } from './generative-model.js';
import { checkSampleCount } from './sample-count.js';
import { timeLimit, withinTime } from './time-limit.js';

/** A generator written in JavaScript. What `fit` returns is handed to `sample`; all three may return promises. */
export interface ExternalModelOptions<State> {
  /** What messages call it. Default 'externalModel'. */
  readonly name?: string | undefined;
  /** Learns from the rows of `data`, which it may keep but not change. Equal seeds must give equal results. */
  readonly fit: (data: Matrix, options: FitOptions) => State | Promise<State>;
  /** `count` rows, of as many columns as the data had, with sampling bias `lambda`. */
  readonly sample: (state: State, count: number, options: SampleOptions) => Matrix | Promise<Matrix>;
  /** Mean and covariance of what was learnt, where they are known: metrics then need no sample for them. */
  readonly moments?: ((state: State) => Gaussian | Promise<Gaussian>) | undefined;
  /**
   * The lambdas that `sample` takes, 1 among them: [0, 2], say, for a temperature, or [1, 1] for a generator without such a
   * knob. Default [0, 1].
   */
  readonly lambdaRange?: LambdaRange | undefined;
  /** Seconds that one call may take. Default: no limit. */
  readonly timeLimits?: ExternalTimeLimits | undefined;
}

export interface ExternalTimeLimits {
  readonly fit?: number | undefined;
  readonly sample?: number | undefined;
}

export const externalModelOptions = {
  name: text('be a name')
    .or((_: unknown, where) => where, 'externalModel')
    .doc('what messages call it'),
  fit: callback<ExternalModelOptions<unknown>['fit']>().doc('learns from the rows of a matrix'),
  sample: callback<ExternalModelOptions<unknown>['sample']>().doc('draws rows'),
  moments: callback<NonNullable<ExternalModelOptions<unknown>['moments']>>()
    .optional()
    .doc('mean and covariance of what was learnt'),
  lambdaRange: lambdaRangeOption,
  timeLimits: group({
    fit: timeLimit.doc('that a fit may take'),
    sample: timeLimit.doc('that a sample may take'),
  } satisfies TableOf<ExternalTimeLimits>),
} satisfies TableOf<ExternalModelOptions<unknown>>;

export interface ExternalModel extends GenerativeModel<FittedExternal> {
  readonly name: string;
  fit(data: Matrix, options?: ModelFitOptions): Promise<FittedExternal>;
}

export interface FittedExternal extends FittedModel {
  sample(count: number, options?: ModelSampleOptions): Promise<Matrix>;
}

/**
 * A generator of your own, in JavaScript, as a model for `autophagousLoop`.
 *
 * `lambda` means what it means in the generator's family: a latent N(0, lambda I) for flows and the like, the truncation
 * factor of a GAN, 1 / (1 + w) for a diffusion model with guidance factor w, the temperature of a language model. Which there
 * are says `lambdaRange`; others are refused before the generator is asked.
 *
 * A call that takes longer than its limit rejects with ERR_TIMEOUT, and its `signal` is aborted; JavaScript that never
 * yields to the event loop cannot be stopped (`processModel` stops anything).
 * Throws ERR_INVALID_INPUT; fit and sample reject with ERR_MODEL (a result that is no matrix of the right shape),
 * ERR_TIMEOUT, ERR_ABORTED, or what the generator throws.
 * Source of lambda: Alemohammad et al., ICLR 2024, section 2 and appendix.
 *
 * @example
 * // Draws from its training set with replacement.
 * const bootstrap = externalModel({
 *   name: 'bootstrap',
 *   fit: (data) => data,
 *   sample: (data, count, { seed }) => someRowsOf(data, count, seed),
 *   timeLimits: { sample: 10 },
 * });
 */
export function externalModel<State>(options: ExternalModelOptions<State>): ExternalModel {
  const where = 'externalModel';
  const { name, timeLimits, lambdaRange, ...generator } = resolve(where, options, externalModelOptions);

  return {
    name,
    lambdaRange,
    async fit(data, given) {
      const { cols } = checkMatrix(`${name}: fit`, 'data', data);
      const step = resolveFitOptions(`${name}: fit`, given, data);
      const fitted = await withinTime(`${name}: fit`, timeLimits.fit, step.signal, async (signal) => {
        const state = await generator.fit(data, { ...step, signal });
        const own = await generator.moments?.(state);
        return { state, ...(own !== undefined && { moments: checkGaussian(name, 'moments', own) }) };
      });
      const { state, ...known } = fitted;
      return {
        ...known,
        async sample(count, asked) {
          checkSampleCount(`${name}: sample`, count, cols);
          const draw = resolveSampleOptions(`${name}: sample`, asked, lambdaRange);
          const drawn = await withinTime(`${name}: sample`, timeLimits.sample, draw.signal, async (signal) =>
            generator.sample(state, count, { ...draw, signal }),
          );
          return checkSample(name, drawn, count, cols);
        },
      };
    },
  };
}

/** What a generator drew, or ERR_MODEL unless it is a `count` x `cols` matrix. */
export function checkSample(name: string, drawn: unknown, count: number, cols: number): Matrix {
  const wanted = `${name}: sample must return a ${count} x ${cols} matrix`;
  let found: Matrix;
  try {
    found = checkMatrix('sample', 'the result', drawn);
  } catch (error) {
    if (!(error instanceof MadloopError)) throw error;
    throw new MadloopError('ERR_MODEL', `${wanted}, got ${describe(drawn)}: ${error.message}`, {
      cause: error,
    });
  }
  if (found.rows !== count || found.cols !== cols) {
    throw new MadloopError('ERR_MODEL', `${wanted}, got ${found.rows} x ${found.cols}`);
  }
  return found;
}
