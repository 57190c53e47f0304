// Weights of training rows: one a row, or one for all real rows together.

import { mustError } from '../base/check.js';
import { number } from '../base/options.js';
import type { FitOptions, RowBlock } from './generative-model.js';
import { isReal, rowsOf } from './row-blocks.js';

/** The option of models that can weigh their rows. */
export const realWeightOption = number(0, 1)
  .optional('that of their number')
  .doc('weight of all real rows together, where there are synthetic ones, too');

/**
 * The share of each row in the weight of all; none where no weights are given. With `realWeight` w the real rows have the share w
 * together and the synthetic ones 1 - w, each kind divided by its rows' own weights. Where all rows are of one kind it is not
 * used: generation 1 is real.
 */
export function rowShares(
  where: string,
  { weights, blocks }: Pick<FitOptions, 'weights' | 'blocks'>,
  rows: number,
  realWeight: number | undefined,
): Float64Array | undefined {
  if (realWeight !== undefined && blocks === undefined) {
    const requirement = 'be left out of a fit that is not told realCount or blocks';
    throw mustError(where, 'realWeight', requirement, String(realWeight));
  }
  const real = rowsOf(blocks ?? [], isReal);
  if (realWeight === undefined || real === 0 || real === rows)
    return weights && scaled(weights, [{ rows, wanted: 1, sum: sumOf(weights) }]);
  const own = weights ?? new Float64Array(rows).fill(1);
  const kinds = { real: 0, synthetic: 0 };
  overBlocks(blocks!, (block, begin, end) => {
    kinds[kindOf(block)] += sumOf(own.subarray(begin, end));
  });
  const wanted = { real: realWeight, synthetic: 1 - realWeight };
  return scaled(
    own,
    blocks!.map((block) => {
      const kind = kindOf(block);
      if (wanted[kind] > 0 && kinds[kind] === 0)
        throw mustError(where, 'weights', `be above 0 for some ${kind} row`, 'none');
      return { rows: block.rows, wanted: wanted[kind], sum: kinds[kind] };
    }),
  );
}

const kindOf = ({ real }: RowBlock): 'real' | 'synthetic' => (real ? 'real' : 'synthetic');

function overBlocks(
  blocks: readonly RowBlock[],
  visit: (block: RowBlock, begin: number, end: number) => void,
): void {
  let begin = 0;
  for (const block of blocks) {
    visit(block, begin, begin + block.rows);
    begin += block.rows;
  }
}

function scaled(
  weights: Float64Array,
  parts: readonly { readonly rows: number; readonly wanted: number; readonly sum: number }[],
): Float64Array {
  const shares = new Float64Array(weights.length);
  let i = 0;
  for (const { rows, wanted, sum } of parts) {
    // Divided, as the reciprocal of a tiny sum is infinite. Of rows that shall weigh nothing all may weigh 0.
    for (const end = i + rows; i < end; i += 1) shares[i] = wanted === 0 ? 0 : wanted * (weights[i]! / sum);
  }
  return shares;
}

function sumOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}
