import { abortable } from '../base/abortable.js';
import { checkGaussian, checkInteger, describe } from '../base/check.js';
import { type ErrorCode, MadloopError } from '../base/errors.js';
import { entryOf } from '../base/schedule.js';
import type { Gaussian, Matrix } from '../base/shapes.js';
import { moments } from '../distributions/moments.js';
import { native } from '../engine/native.js';
import { firstNonFinite } from '../engine/rows.js';
import type { FittedModel, OpenModel, RowBlock, StepOptions } from '../models/generative-model.js';
import { offerMemory } from '../models/sample-memory.js';
import type { RealSamples } from '../references/reference.js';
import type { ResolvedLoop } from './loop-options.js';
import type { MetricValue } from './metrics.js';
import { checkRealSupply } from './real-supply.js';
import { StepSeeds } from './step-seeds.js';

const loopName = 'autophagousLoop';

/** A model and the generation it was trained in. */
export interface Trained<Fitted extends FittedModel = FittedModel> {
  readonly t: number;
  readonly model: Fitted;
}

/** A training set and where its rows come from. */
export interface TrainingRows {
  readonly rows: Matrix;
  readonly blocks: readonly RowBlock[];
  readonly realCount: number;
}

/**
 * The steps of one loop, each with its own seed: calls into models, references and metrics, which are other people's
 * code. What they return is checked, what they throw is named, and an abort ends the wait for any of them at once.
 */
export class LoopSteps<Fitted extends FittedModel> {
  readonly #loop: ResolvedLoop<Fitted>;
  readonly #job: Omit<StepOptions, 'seed'>;
  readonly #seeds: StepSeeds;
  #realSamples: RealSamples | undefined;
  #openModel: OpenModel<Fitted> | undefined;

  constructor(loop: ResolvedLoop<Fitted>) {
    this.#loop = loop;
    this.#seeds = new StepSeeds(loop.seed);
    this.#job = { threads: loop.job.threads, signal: loop.job.signal };
  }

  /** The moments that the metrics compare with. */
  referenceMoments(): Promise<Gaussian> {
    const { reference } = this.#loop;
    return this.#run(`moments of ${nameOf(reference, 'reference')}`, 'ERR_REFERENCE', async () =>
      this.#checkMoments(await reference.moments(this.#job), 'ERR_REFERENCE'),
    );
  }

  /** Begins the supply of real samples, which must last to the end of the loop if it says how many it has. */
  async openReference(): Promise<void> {
    const { reference } = this.#loop;
    const name = nameOf(reference, 'reference');
    const rows = await this.#run(`generation 1: ${name}`, 'ERR_REFERENCE', async () => {
      this.#realSamples = reference.open(this.#seeds.of('reference'));
      const { rows } = this.#realSamples;
      return rows === undefined ? undefined : checkInteger('open', 'rows', rows, 0);
    });
    if (rows === undefined) return;
    await this.#run(name, 'ERR_REFERENCE', async () => checkRealSupply(this.#loop, rows));
  }

  /** New real samples for generation t, which may lie in the memory offered; so with all that is drawn. */
  drawReal(t: number, count: number, memory?: Float64Array): Promise<Matrix> {
    const { reference } = this.#loop;
    const where = `generation ${t}: ${nameOf(reference, 'reference')}`;
    return this.#run(where, 'ERR_REFERENCE', async () => {
      const samples = this.#realSamples!;
      const options = { ...this.#job, generation: t, seed: this.#seeds.of('real', t) };
      offerMemory(samples.draw, options, memory);
      return this.#checkRows(await samples.draw(count, options), count, 'ERR_REFERENCE');
    });
  }

  /** The model of generation t; `previous` is that of the generation before. */
  fit(t: number, { rows, ...origins }: TrainingRows, previous: Fitted | undefined): Promise<Fitted> {
    const { model } = this.#loop;
    const where = `generation ${t}: fit of ${nameOf(model, 'model')} to ${rows.rows} samples`;
    return this.#run(where, 'ERR_MODEL', async () => {
      if (model.open !== undefined) this.#openModel ??= model.open();
      const options = { ...this.#job, seed: this.#seeds.of('fit', t), previous, ...origins };
      const fitting = (this.#openModel ?? model).fit(rows, options);
      this.#prepareSeeds(t + 1);
      const fitted = await fitting;
      if (typeof fitted?.sample !== 'function') {
        throw new MadloopError(
          'ERR_MODEL',
          `must return an object with a method sample, got ${describe(fitted)}`,
        );
      }
      if (fitted.moments !== undefined) this.#checkMoments(fitted.moments, 'ERR_MODEL');
      return fitted;
    });
  }

  /** Synthetic samples for generation t from an earlier generation's model. */
  sample(t: number, source: Trained<Fitted>, count: number, memory?: Float64Array): Promise<Matrix> {
    return this.#draw(t, source, count, entryOf(this.#loop.lambda, t), 'synthetic', memory);
  }

  /** All metrics of generation t's model. */
  async measure(trained: Trained<Fitted>, reference: Gaussian): Promise<Record<string, number>> {
    const { t, model } = trained;
    let fromModel: Promise<Gaussian> | undefined;
    const modelMoments = () => {
      fromModel ??= this.#momentsOf(trained);
      return fromModel;
    };
    const values: Record<string, number> = {};
    for (const [name, metric] of this.#loop.metrics) {
      await this.#run(`generation ${t}: metric ${name}`, 'ERR_METRIC', async () => {
        const sample = (count: number, lambda = 1) => this.#draw(t, trained, count, lambda, `metric ${name}`);
        const value = await metric({ t, model, reference, moments: modelMoments, sample, job: this.#job });
        for (const [key, number] of namedNumbers(name, value)) {
          if (Object.hasOwn(values, key)) throw new MadloopError('ERR_METRIC', `must not measure ${key} again`);
          values[key] = number;
        }
      });
    }
    return values;
  }

  /** Gives back what the model holds for this loop. */
  async close(): Promise<void> {
    await this.#openModel?.close();
  }

  /** Those of generation t that most loops need; of many past models' samples some at the most. */
  #prepareSeeds(t: number): void {
    if (t > this.#loop.generations) return;
    const sources = Array.from({ length: Math.min(this.#loop.memory, t - 1, 8) }, (_, i) => t - 1 - i);
    this.#seeds.prepare([
      ['real', t],
      ...sources.map((source) => ['synthetic', t, source] as const),
      ['fit', t],
    ]);
  }

  async #momentsOf(trained: Trained<Fitted>): Promise<Gaussian> {
    if (trained.model.moments !== undefined) return trained.model.moments;
    return moments(await this.#draw(trained.t, trained, this.#loop.metricSamples, 1, 'moments'), this.#job);
  }

  #draw(
    t: number,
    source: Trained<Fitted>,
    count: number,
    lambda: number,
    purpose: string,
    memory?: Float64Array,
  ): Promise<Matrix> {
    const where = `generation ${t}: ${count} samples of ${nameOf(this.#loop.model, 'model')} of generation ${source.t}`;
    return this.#run(where, 'ERR_MODEL', async () => {
      const options = { ...this.#job, lambda, seed: this.#seeds.of(purpose, t, source.t) };
      offerMemory(source.model.sample, options, memory);
      return this.#checkRows(await source.model.sample(count, options), count, 'ERR_MODEL');
    });
  }

  /**
   * Runs one step; a failure names the step and keeps its own code, but for ERR_INVALID_INPUT: what a step was given wrong is
   * not what the loop was given.
   */
  async #run<T>(where: string, code: ErrorCode, step: () => Promise<T>): Promise<T> {
    try {
      return await abortable(loopName, this.#job.signal, step);
    } catch (error) {
      if (error instanceof MadloopError && error.code === 'ERR_ABORTED') throw error;
      const reason = error instanceof Error ? error.message : String(error);
      const own = error instanceof MadloopError && error.code !== 'ERR_INVALID_INPUT' ? error.code : code;
      throw new MadloopError(own, `${loopName}: ${where}: ${reason}`, { cause: error });
    }
  }

  #checkMoments(value: unknown, code: ErrorCode): Gaussian {
    const { dim } = this.#loop.reference;
    let found: Gaussian;
    try {
      found = checkGaussian('moments', 'the result', value);
    } catch (error) {
      throw new MadloopError(code, (error as Error).message, { cause: error });
    }
    if (found.dim !== dim)
      throw new MadloopError(code, `must have moments of dimension ${dim}, got ${found.dim}`);
    for (const [name, values] of [
      ['mean', found.mean],
      ['covariance', found.covariance],
    ] as const) {
      const index = native().firstNonFinite(values);
      if (index >= 0) {
        throw new MadloopError(code, `must have finite moments, got ${values[index]} at ${name}[${index}]`);
      }
    }
    return found;
  }

  async #checkRows(x: Matrix, count: number, code: ErrorCode): Promise<Matrix> {
    const cols = this.#loop.reference.dim;
    const isMatrix = x?.data instanceof Float64Array || x?.data instanceof Float32Array;
    if (!isMatrix || x.rows !== count || x.cols !== cols || x.data.length !== count * cols) {
      const got = isMatrix ? `${x.rows} x ${x.cols} with ${x.data.length} elements` : describe(x);
      throw new MadloopError(code, `must return a ${count} x ${cols} matrix, got ${got}`);
    }
    const bad = await firstNonFinite(x);
    if (bad !== undefined) {
      throw new MadloopError(
        code,
        `must return finite numbers, got ${bad.value} at row ${bad.row}, column ${bad.col}`,
      );
    }
    return x;
  }
}

/** What a metric found, by name: its own name for a single number. */
function namedNumbers(name: string, value: MetricValue): [string, number][] {
  const numbers =
    typeof value === 'object' && value !== null ? Object.entries(value) : [[name, value] as const];
  return numbers.map(([key, number]) => {
    if (typeof number !== 'number') {
      const argument = key === name ? '' : ` as ${key}`;
      throw new MadloopError('ERR_METRIC', `must return a number${argument}, got ${describe(number)}`);
    }
    return [key, number];
  });
}

function nameOf(part: { readonly name?: string }, otherwise: string): string {
  return part.name ?? otherwise;
}
