import { type Call, turn } from '../base/abortable.js';
import { checkMatrix, mustError } from '../base/check.js';
import { derivedSeed } from '../base/derived-seed.js';
import { number, resolve, type TableOf } from '../base/options.js';
import { RandomIntegers } from '../distributions/random-integers.js';
import { pickRows } from '../engine/rows.js';
import { readModel } from './curation.js';
import { checkFitOptions } from './fit-options.js';
import type { FitOptions, FittedModel, GenerativeModel, OpenModel, RowBlock } from './generative-model.js';
import { blocksOfRows, isReal, rowsOf } from './row-blocks.js';

export interface FilterOptions {
  /** The probability that the detector finds a synthetic row out, 0 to 1. */
  readonly truePositiveRate: number;
  /** The probability that it takes a real row for a synthetic one, 0 to 1. */
  readonly falsePositiveRate: number;
}

export const filterOptions = {
  truePositiveRate: number(0, 1).doc('probability that a synthetic row is found out'),
  falsePositiveRate: number(0, 1).doc('probability that a real row is taken for a synthetic one'),
} satisfies TableOf<FilterOptions>;

/**
 * Any model that is trained on what a detector of synthetic rows lets through: of the synthetic rows of a training set each is
 * left out with probability `truePositiveRate`, of the real ones each with `falsePositiveRate`, in generation 1, too. Every
 * generation judges its rows anew, those of an accumulating pool as well. The loop reports the counts before the filter.
 *
 * In the Gaussian fresh data loop with n_r real and n_s synthetic samples, without sampling bias and with many more samples than
 * dimensions, the effective sample size is n_r (1 - FPR) (1 + q'), where q' = n_s (1 - TPR) / (n_s (1 - TPR) + n_r (1 - FPR)) is the share
 * of synthetic samples that is left: a perfect detector is worse than none. It pays where lambda < 1.
 *
 * `fit` rejects with ERR_INVALID_INPUT where it is not told which rows are real (as every loop does) or no row is left.
 *
 * @example
 * const model = filter(gaussian(), { truePositiveRate: 0.9, falsePositiveRate: 0.01 });
 */
export function filter<Fitted extends FittedModel>(
  model: GenerativeModel<Fitted>,
  options: FilterOptions,
): GenerativeModel<Fitted> {
  const where = 'filter';
  const inner = readModel(where, model);
  const rates = resolve(where, options, filterOptions);
  return filtered(inner, rates);
}

function filtered<Fitted extends FittedModel>(
  model: GenerativeModel<Fitted>,
  rates: FilterOptions,
): GenerativeModel<Fitted> {
  return {
    name: `filter ${model.name ?? 'model'}`,
    ...(model.lambdaRange !== undefined && { lambdaRange: model.lambdaRange }),
    async fit(data, options) {
      const where = 'filter';
      checkMatrix(where, 'training set', data);
      const { seed, previous, blocks, weights, job } = checkFitOptions(where, options, data);
      if (blocks === undefined)
        throw mustError(where, 'blocks', 'say where each row comes from, as in every loop', 'none');
      const call = { where, signal: job.signal };
      const left = await undetected(blocks, rates, derivedSeed(seed, 'detector'), call);
      if (left.length === 0) throw mustError(where, 'training set', 'have a row that is let through', 'none');
      const theirs = await blocksOfRows(blocks, left, call);
      const told: FitOptions = {
        ...{ seed, previous, threads: job.threads, signal: job.signal },
        blocks: theirs,
        realCount: rowsOf(theirs, isReal),
        ...(weights && { weights: Float64Array.from(left, (row) => weights[row]!) }),
      };
      return model.fit(await pickRows(data, left, call), told);
    },
    ...(model.open !== undefined && { open: () => openFiltered(model.open!(), rates) }),
  };
}

/** What filters for a model that holds resources holds them, too. */
function openFiltered<Fitted extends FittedModel>(
  model: OpenModel<Fitted>,
  rates: FilterOptions,
): OpenModel<Fitted> {
  return { ...filtered(model, rates), close: () => model.close() };
}

// A rate is met to 2^-32.
const resolution = 2 ** 32;
// Rows judged before the event loop gets a turn: about 1 ms.
const rowsPerTurn = 2 ** 16;

/** The rows that the detector takes for real, in their order. */
async function undetected(
  blocks: readonly RowBlock[],
  { truePositiveRate, falsePositiveRate }: FilterOptions,
  seed: bigint,
  call: Call,
): Promise<Uint32Array> {
  const random = new RandomIntegers(seed);
  const draws = new Uint32Array(rowsOf(blocks));
  await random.fill(draws, resolution, call);
  const left: number[] = [];
  let row = 0;
  for (const block of blocks) {
    const rate = block.real ? falsePositiveRate : truePositiveRate;
    for (const end = row + block.rows; row < end; row += 1) {
      if (row > 0 && row % rowsPerTurn === 0) await turn(call);
      if (draws[row]! >= rate * resolution) left.push(row);
    }
  }
  return Uint32Array.from(left);
}
