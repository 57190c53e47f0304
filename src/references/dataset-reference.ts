import { allocate } from '../base/allocate.js';
import { checkInteger, checkMatrix, invalid } from '../base/check.js';
import { MadloopError } from '../base/errors.js';
import { boolean, resolve, rows, type TableOf } from '../base/options.js';
import type { Matrix } from '../base/shapes.js';
import { moments } from '../distributions/moments.js';
import { identityOrder, RandomIntegers } from '../distributions/random-integers.js';
import { checkFinite, pickRows } from '../engine/rows.js';
import { checkDrawOptions, type RealSamples, type Reference } from './reference.js';

export interface DatasetReferenceOptions {
  /** Rows that the metrics compare with and that are never drawn for training. Default: the data set itself. */
  readonly heldOut?: Matrix;
  /** Draw every row independently from the whole data set instead of without replacement. Default false. */
  readonly replace?: boolean;
}

export const datasetReferenceOptions = {
  heldOut: rows().optional('the data set itself').doc('rows that the metrics compare with'),
  replace: boolean().or(false).doc('draw rows independently instead of without replacement'),
} satisfies TableOf<DatasetReferenceOptions>;

/**
 * A data set as the real distribution: real samples are its rows, in an order that depends on the loop's seed alone.
 *
 * Rows are drawn without replacement over the whole loop, so that data called fresh is fresh. A loop that needs more
 * rows than there are is refused with ERR_EXHAUSTED before anything is trained; the message names the generation, how many rows
 * it wants and how many are left for it. With `replace: true` no loop is. The data set is not copied: leave it alone while loops use it.
 *
 * NaN and infinities in it, or in `heldOut`, are found before anything is drawn, wherever they are: the loop rejects with
 * ERR_REFERENCE, which names the row and the column in that matrix.
 */
export function datasetReference(data: Matrix, options: DatasetReferenceOptions = {}): Reference {
  const where = 'datasetReference';
  const all = checkMatrix(where, 'data', data);
  const { heldOut = all, replace } = resolve(where, options, datasetReferenceOptions);
  if (heldOut.cols !== all.cols)
    throw invalid(where, 'heldOut.cols', `equal data.cols = ${all.cols}`, heldOut.cols);
  if (heldOut.rows < 2) throw invalid(where, 'rows to compare with', 'be at least 2', heldOut.rows);
  // Once, for all loops: a row that is drawn has another number than the caller's.
  let checks: Promise<void> | undefined;
  const checked = () => {
    checks ??= checkFinite(where, 'data', all).then(() =>
      heldOut === all ? undefined : checkFinite(where, 'heldOut', heldOut),
    );
    return checks;
  };
  return {
    name: where,
    dim: all.cols,
    async moments(job) {
      await checked();
      return moments(heldOut, job);
    },
    open(seed) {
      const { draw } = replace ? drawWithReplacement(all) : drawWithoutReplacement(all, seed);
      return {
        ...(!replace && { rows: all.rows }),
        async draw(count, options) {
          const rows = checkInteger(where, 'count', count, 1);
          const { generation, seed, job } = checkDrawOptions(where, options);
          await checked();
          return draw(rows, { generation, seed, ...job });
        },
      };
    },
  };
}

interface Shortage {
  readonly generation: number;
  readonly wanted: number;
  readonly left: number;
  readonly rows: number;
}

/** The error of a loop that wants more rows of a data set than there are. */
export function exhausted({ generation, wanted, left, rows }: Shortage): MadloopError {
  const fewer = generation === 1 ? '' : `at most ${generation - 1} generations, `;
  return new MadloopError(
    'ERR_EXHAUSTED',
    `generation ${generation} wants ${wanted} real rows, but ${left} of ${rows} are left. ` +
      `Take ${fewer}fewer real samples, or { replace: true }`,
  );
}

function drawWithoutReplacement(data: Matrix, seed: bigint): RealSamples {
  const random = new RandomIntegers(seed);
  const order = identityOrder(data.rows); // the first `drawn` rows are used up
  let drawn = 0;
  return {
    async draw(count, { generation, signal }) {
      if (count > data.rows - drawn) {
        throw exhausted({ generation, wanted: count, left: data.rows - drawn, rows: data.rows });
      }
      const begin = drawn;
      drawn += count;
      const call = { where: 'datasetReference', signal };
      await random.shuffle(order, begin, drawn, call);
      return pickRows(data, order.subarray(begin, drawn), call);
    },
  };
}

function drawWithReplacement(data: Matrix): RealSamples {
  return {
    async draw(count, { seed, signal }) {
      const indices = allocate('datasetReference', 'the drawn rows', Uint32Array, count);
      const call = { where: 'datasetReference', signal };
      await new RandomIntegers(seed).fill(indices, data.rows, call);
      return pickRows(data, indices, call);
    },
  };
}
