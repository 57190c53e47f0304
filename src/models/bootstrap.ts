import { type Call, turn } from '../base/abortable.js';
import { allocate } from '../base/allocate.js';
import { checkMatrix } from '../base/check.js';
import { resolve, type TableOf } from '../base/options.js';
import type { Gaussian, Matrix } from '../base/shapes.js';
import { type MixtureParameters, sampleMixture } from '../distributions/mixture.js';
import { weightedMoments } from '../distributions/weighted-moments.js';
import { pickRows } from '../engine/rows.js';
import {
  checkFitOptions,
  checkSampleOptions,
  type ModelFitOptions,
  type ModelSampleOptions,
} from './fit-options.js';
import type { FittedModel, GenerativeModel } from './generative-model.js';
import { realWeightOption, rowShares } from './row-weights.js';
import { checkSampleCount } from './sample-count.js';
import { takeMemory, takesMemory } from './sample-memory.js';

export interface BootstrapOptions {
  /** Probability of all real rows together, 0 to 1, where there are synthetic rows, too. Default: rows are drawn alike. */
  readonly realWeight?: number | undefined;
}

export const bootstrapOptions = { realWeight: realWeightOption } satisfies TableOf<BootstrapOptions>;

/** The bootstrap as a generative model. */
export interface BootstrapModel extends GenerativeModel<FittedBootstrap> {
  /**
   * Keeps the rows of `data` without a copy: leave them alone. No choice here is random.
   * Rejects with ERR_INVALID_INPUT, ERR_OUT_OF_MEMORY, ERR_ABORTED.
   */
  fit(data: Matrix, options?: ModelFitOptions): Promise<FittedBootstrap>;
}

/** The empirical distribution of a training set. */
export class FittedBootstrap implements FittedModel {
  /** The rows of the training set. */
  readonly rows: Matrix;
  /** Mean and covariance of the empirical distribution: divisor n. */
  readonly moments: Gaussian;
  readonly #weights: Float64Array | undefined; // none: all alike
  #values: MixtureParameters | undefined; // the different rows with their probabilities

  constructor(rows: Matrix, weights: Float64Array | undefined, moments: Gaussian) {
    this.rows = rows;
    this.#weights = weights;
    this.moments = moments;
  }

  /**
   * `count` independent draws from the training set, with replacement, as rows. Below lambda 1 a row that occurs m times, or
   * whose occurrences have the weight m together, is drawn with probability proportional to m^(1/lambda), the temperature of a
   * categorical distribution; at lambda 0 the most frequent rows alone. Rejects with ERR_INVALID_INPUT, ERR_OUT_OF_MEMORY, ERR_ABORTED.
   */
  async sample(count: number, options: ModelSampleOptions = {}): Promise<Matrix> {
    const { lambda, seed, job } = checkSampleOptions('sample', options);
    checkSampleCount('sample', count, this.rows.cols, Float64Array);
    const memory = takeMemory(options, count, this.rows.cols);
    if (!(lambda < 1)) {
      const { rows } = this;
      const weights =
        this.#weights ?? allocate('bootstrap', 'the weights', Float64Array, rows.rows).fill(1 / rows.rows);
      return sampleMixture(points(rows, weights), count, { lambda, seed, bias: { kind: 'none' } }, job, memory);
    }
    this.#values ??= await differentRows(this.rows, this.#weights, { where: 'sample', signal: job.signal });
    return sampleMixture(this.#values, count, { lambda, seed, bias: { kind: 'weights' } }, job, memory);
  }
}
takesMemory(FittedBootstrap.prototype.sample);

/**
 * Resampling with replacement as a model: it learns its training set by heart and invents nothing.
 *
 * @example
 * const model = bootstrap({ realWeight: 0.9 }); // nine of ten samples are real ones again, however few there are
 */
export function bootstrap(options: BootstrapOptions = {}): BootstrapModel {
  const where = 'bootstrap';
  const { realWeight } = resolve(where, options, bootstrapOptions);
  return {
    name: where,
    async fit(data, options) {
      const { job, ...told } = checkFitOptions(where, options, data);
      const { data: values, rows, cols } = checkMatrix(where, 'training set', data);
      const weights = rowShares(where, told, rows, realWeight);
      const { dim, mean, covariance } = await weightedMoments(where, data, weights, 'mle', job);
      return new FittedBootstrap({ data: values, rows, cols }, weights, { dim, mean, covariance });
    },
  };
}

function points(means: Matrix, weights: Float64Array): MixtureParameters {
  return { weights, means, covariance: 'spherical', covariances: new Float64Array(means.rows) };
}

// Rows looked up before the event loop gets a turn: a few milliseconds.
const rowsPerTurn = 4096;

/** Each row that occurs, once, in order of first occurrence, with its probability. */
async function differentRows(
  x: Matrix,
  weights: Float64Array | undefined,
  call: Call,
): Promise<MixtureParameters> {
  const indexOf = new Map<string, number>();
  const firsts: number[] = [];
  const counts: number[] = []; // or weights
  for (let i = 0; i < x.rows; i += 1) {
    if (i > 0 && i % rowsPerTurn === 0) await turn(call);
    const key = keyOf(x.data.slice(i * x.cols, (i + 1) * x.cols));
    const index = indexOf.get(key);
    if (index === undefined) {
      indexOf.set(key, counts.length);
      firsts.push(i);
      counts.push(weights?.[i] ?? 1);
    } else {
      counts[index]! += weights?.[i] ?? 1;
    }
  }
  const total = weights === undefined ? x.rows : 1;
  const probabilities = Float64Array.from(counts, (count) => count / total);
  return points(await pickRows(x, Uint32Array.from(firsts)), probabilities);
}

/** The row's bytes as text, equal for equal rows. */
function keyOf(row: Float32Array | Float64Array): string {
  for (let j = 0; j < row.length; j += 1) row[j]! += 0; // -0 becomes 0
  return Buffer.from(row.buffer, row.byteOffset, row.byteLength).toString('latin1');
}
