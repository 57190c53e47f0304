// Curation as sampling bias: any model, with its samples selected before anybody trains on them.

import { checkMatrix, describe, invalid, mustError, readable } from '../base/check.js';
import { derivedSeed } from '../base/derived-seed.js';
import { MadloopError } from '../base/errors.js';
import { type LambdaRange, unitRange } from '../base/lambda.js';
import type { Gaussian, Matrix } from '../base/shapes.js';
import type { JobOptions } from '../engine/job.js';
import { checkSampleOptions, type ModelSampleOptions } from './fit-options.js';
import type { FitOptions, FittedModel, GenerativeModel, OpenModel, StepOptions } from './generative-model.js';
import { checkSampleCount } from './sample-count.js';

/** What a score is told besides the samples. */
export interface ScoreOptions extends StepOptions {
  /** Decides the random choices of a noisy score: equal seeds must give equal scores. Each batch of samples has its own. */
  readonly seed: bigint;
}

/** A number for each row of `samples`: the more, the better. */
export type Score = (samples: Matrix, options: ScoreOptions) => ArrayLike<number> | Promise<ArrayLike<number>>;

/**
 * A fitted model whose samples are curated.
 *
 * `moments` and `logDensity` are those of the model itself, before curation, if it has them: curation is a bias of sampling,
 * as lambda is, so the metrics that look at moments look at what was learnt.
 */
export class CuratedModel<Fitted extends FittedModel = FittedModel> implements FittedModel {
  /** The model as it was fitted. */
  readonly model: Fitted;
  readonly moments?: Gaussian;
  readonly logDensity?: NonNullable<FittedModel['logDensity']>;
  readonly #select: Selection<Fitted>;
  readonly #dim: number;
  readonly #lambdaRange: LambdaRange;

  constructor(model: Fitted, dim: number, lambdaRange: LambdaRange, select: Selection<Fitted>) {
    this.model = model;
    this.#dim = dim;
    this.#lambdaRange = lambdaRange;
    if (model.moments !== undefined) this.moments = model.moments;
    if (model.logDensity !== undefined) this.logDensity = (x, options) => model.logDensity!(x, options);
    this.#select = select;
  }

  /**
   * `count` curated samples, as rows; lambda is the model's own sampling bias, which comes first.
   * Rejects as the model does, and as the curation says.
   */
  async sample(count: number, options: ModelSampleOptions = {}): Promise<Matrix> {
    const { lambda, seed, job } = checkSampleOptions('sample', options, this.#lambdaRange);
    checkSampleCount('sample', count, this.#dim);
    const { threads, signal } = job;
    const stepOf = (purpose: string, batch: number): ScoreOptions => ({
      threads,
      signal,
      seed: derivedSeed(seed, purpose, batch),
    });
    const draw = async (rows: number, batch: number): Promise<Matrix> => {
      const own = { ...stepOf('candidates', batch), lambda };
      return checkCandidates(await this.model.sample(rows, own), rows, this.#dim);
    };
    return this.#select(this.model, { count, dim: this.#dim, draw, stepOf, threads, signal });
  }
}

/** What a selection is asked for. */
export interface SelectionRequest extends Pick<JobOptions, 'threads' | 'signal'> {
  readonly count: number;
  /** Columns of the training set, and so of every sample. */
  readonly dim: number;
  /** Draws so many candidates; batches of different numbers are independent. */
  readonly draw: (rows: number, batch: number) => Promise<Matrix>;
  /** What other steps of a batch are told: each purpose has a seed of its own. */
  readonly stepOf: (purpose: string, batch: number) => ScoreOptions;
}

/** Selects `count` samples of a model from candidates that it draws. */
export type Selection<Fitted extends FittedModel> = (
  model: Fitted,
  request: SelectionRequest,
) => Promise<Matrix>;

/** The model with its samples selected. */
export function curated<Fitted extends FittedModel>(
  where: string,
  model: GenerativeModel<Fitted>,
  select: Selection<Fitted>,
): GenerativeModel<CuratedModel<Fitted>> {
  const { fit, open, name, lambdaRange } = readModel(where, model);
  return {
    name: `${where} ${name}`,
    ...(lambdaRange !== undefined && { lambdaRange }),
    async fit(data, given: FitOptions = { seed: 0n }) {
      const { previous, ...options } = readable(where, 'options of fit', () => ({ ...given }));
      const before = readable(where, 'previous', () =>
        previous instanceof CuratedModel ? previous.model : previous,
      );
      const { cols } = checkMatrix(where, 'data', data);
      const fitted = await fit(data, { ...options, previous: before });
      if (typeof fitted?.sample !== 'function')
        throw invalid(where, 'model', 'fit to an object with a method sample', fitted);
      return new CuratedModel(fitted, cols, lambdaRange ?? unitRange, select);
    },
    ...(open !== undefined && { open: () => openCurated(where, open(), select) }),
  };
}

/** The members of a model, each read once. Throws ERR_INVALID_INPUT for what is no model. */
export function readModel<Fitted extends FittedModel>(
  where: string,
  model: GenerativeModel<Fitted>,
): Omit<GenerativeModel<Fitted>, 'name'> & { readonly name: string } {
  const {
    fit,
    open,
    name = 'model',
    lambdaRange,
  } = readable(where, 'model', () => ({
    fit: model?.fit,
    open: model?.open,
    name: model?.name,
    lambdaRange: model?.lambdaRange,
  }));
  if (typeof fit !== 'function')
    throw invalid(where, 'model', 'have a method fit, as gaussian() gives it', model);
  if (typeof name !== 'string') throw invalid(where, 'model.name', 'be a text', name);
  return {
    name,
    ...(lambdaRange !== undefined && { lambdaRange }),
    fit: readable(where, 'model.fit', () => fit.bind(model)),
    ...(open !== undefined && { open: readable(where, 'model.open', () => open.bind(model)) }),
  };
}

/** What curates a model that holds resources holds them, too. */
function openCurated<Fitted extends FittedModel>(
  where: string,
  model: OpenModel<Fitted>,
  select: Selection<Fitted>,
): OpenModel<CuratedModel<Fitted>> {
  return { ...curated(where, model, select), close: () => model.close() };
}

/** Rows of candidates at a time: what they take stays near 32 MiB, and what JavaScript does with them near 10 ms. */
export function batchRows(dim: number): number {
  return Math.min(2 ** 16, Math.max(1024, Math.floor(2 ** 22 / dim)));
}

/** The score of every candidate. Throws ERR_INVALID_INPUT for anything but a number each. */
export async function scoresOf(
  where: string,
  score: Score,
  candidates: Matrix,
  options: ScoreOptions,
): Promise<Float64Array> {
  const scores = await score(candidates, options);
  if (candidates.data.length === 0)
    throw mustError(where, 'score', 'leave the samples alone', 'no buffer any more');
  const length = readable(
    where,
    'score',
    () => (scores as Partial<ArrayLike<number>> | null | undefined)?.length,
  );
  if (length !== candidates.rows) {
    throw mustError(
      where,
      'score',
      `return a number for each of ${candidates.rows} rows`,
      `${describe(length)} values`,
    );
  }
  const values = readable(where, 'score', () => Float64Array.from(scores as ArrayLike<number>));
  const wrong = values.findIndex(Number.isNaN);
  if (wrong >= 0) throw mustError(where, 'score', 'return numbers', `NaN for row ${wrong}`);
  return values;
}

export function checkScore(where: string, argument: string, value: unknown): Score {
  if (typeof value !== 'function') throw invalid(where, argument, 'be a function of a matrix', value);
  return value as Score;
}

function checkCandidates(x: Matrix, rows: number, cols: number): Matrix {
  const checked = checkMatrix('curation', "the model's samples", x);
  if (checked.rows !== rows || checked.cols !== cols) {
    throw new MadloopError(
      'ERR_MODEL',
      `curation: the model must return a ${rows} x ${cols} matrix, got ${checked.rows} x ${checked.cols}`,
    );
  }
  return checked;
}
