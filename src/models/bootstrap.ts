import { setImmediate as nextTurn } from 'node:timers/promises';
import { allocate } from '../base/allocate.js';
import type { Gaussian, Matrix, Moments } from '../base/shapes.js';
import { type MixtureParameters, sampleMixture } from '../distributions/mixture.js';
import { moments } from '../distributions/moments.js';
import { pickRows } from '../engine/rows.js';
import {
  checkFitOptions,
  checkSampleOptions,
  type ModelFitOptions,
  type ModelSampleOptions,
} from './fit-options.js';
import type { FittedModel, GenerativeModel } from './generative-model.js';
import { takeMemory, takesMemory } from './sample-memory.js';

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
  #values: MixtureParameters | undefined; // the different rows with their frequencies

  constructor(rows: Matrix, { count, dim, mean, covariance }: Moments) {
    this.rows = rows;
    this.moments = { dim, mean, covariance: covariance.map((element) => ((count - 1) / count) * element) };
  }

  /**
   * `count` independent draws from the training set, with replacement, as rows. Below lambda 1 a row that occurs m times is
   * drawn with probability proportional to m^(1/lambda), the temperature of a categorical distribution; at lambda 0 the most
   * frequent rows alone. Rejects with ERR_INVALID_INPUT, ERR_OUT_OF_MEMORY, ERR_ABORTED.
   */
  async sample(count: number, options: ModelSampleOptions = {}): Promise<Matrix> {
    const { lambda, seed, job } = checkSampleOptions('sample', options);
    const memory = takeMemory(options, count, this.rows.cols);
    if (!(lambda < 1)) {
      const { rows } = this;
      const weights = allocate('bootstrap', 'the weights', Float64Array, rows.rows).fill(1 / rows.rows);
      return sampleMixture(points(rows, weights), count, { lambda, seed, bias: { kind: 'none' } }, job, memory);
    }
    this.#values ??= await differentRows(this.rows);
    return sampleMixture(this.#values, count, { lambda, seed, bias: { kind: 'weights' } }, job, memory);
  }
}
takesMemory(FittedBootstrap.prototype.sample);

/** Resampling with replacement as a model: it learns its training set by heart and invents nothing. */
export function bootstrap(): BootstrapModel {
  return {
    name: 'bootstrap',
    async fit(data, options) {
      const { job } = checkFitOptions('bootstrap', options, data);
      const ofData = await moments(data, job);
      const { data: values, rows, cols } = data;
      return new FittedBootstrap({ data: values, rows, cols }, ofData);
    },
  };
}

function points(means: Matrix, weights: Float64Array): MixtureParameters {
  return { weights, means, covariance: 'spherical', covariances: new Float64Array(means.rows) };
}

// Rows looked up before the event loop gets a turn: a few milliseconds.
const rowsPerTurn = 4096;

/** Each row that occurs, once, in order of first occurrence, with its relative frequency. */
async function differentRows(x: Matrix): Promise<MixtureParameters> {
  const indexOf = new Map<string, number>();
  const firsts: number[] = [];
  const counts: number[] = [];
  for (let i = 0; i < x.rows; i += 1) {
    if (i > 0 && i % rowsPerTurn === 0) await nextTurn();
    const key = keyOf(x.data.slice(i * x.cols, (i + 1) * x.cols));
    const index = indexOf.get(key);
    if (index === undefined) {
      indexOf.set(key, counts.length);
      firsts.push(i);
      counts.push(1);
    } else {
      counts[index]! += 1;
    }
  }
  const weights = Float64Array.from(counts, (count) => count / x.rows);
  return points(await pickRows(x, Uint32Array.from(firsts)), weights);
}

/** The row's bytes as text, equal for equal rows. */
function keyOf(row: Float32Array | Float64Array): string {
  for (let j = 0; j < row.length; j += 1) row[j]! += 0; // -0 becomes 0
  return Buffer.from(row.buffer, row.byteOffset, row.byteLength).toString('latin1');
}
