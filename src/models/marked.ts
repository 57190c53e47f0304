import { type Call, turn } from '../base/abortable.js';
import { allocateUnzeroed } from '../base/allocate.js';
import { invalid, mustError } from '../base/check.js';
import { number, numbers, resolve, type TableOf } from '../base/options.js';
import type { Matrix } from '../base/shapes.js';
import { mustBeLeftAlone } from '../engine/snapshot.js';
import { type CuratedModel, curated } from './curation.js';
import type { FittedModel, GenerativeModel } from './generative-model.js';

export interface MarkedOptions {
  /** Along which samples are moved: d numbers, not all 0. Its length does not matter. */
  readonly direction: Float64Array | readonly number[];
  /** How far, in the units of the data. */
  readonly strength: number;
}

export const markedOptions = {
  direction: numbers()
    .and((where, argument, direction) => {
      const wrong = direction.findIndex((element) => !Number.isFinite(element));
      if (wrong >= 0) throw invalid(where, `${argument}[${wrong}]`, 'be a finite number', direction[wrong]);
      if (!direction.some((element) => element !== 0))
        throw mustError(where, argument, 'have an element that is not 0', `${direction.length} elements`);
    })
    .doc('along which samples are moved'),
  strength: number(-Number.MAX_VALUE, Number.MAX_VALUE).in('units of the data').doc('how far'),
} satisfies TableOf<MarkedOptions>;

/**
 * Any model whose samples carry a mark: each is moved by `strength` along `direction`, as a watermark or an artefact of the
 * architecture does. `moments` and `logDensity` stay those of the model itself, so that metrics see what it learnt: the
 * mark of the generations before.
 *
 * A loop amplifies it. With u the direction and q the share of synthetic samples, the mean of a Gaussian model (of any that learns
 * the mean of its training set) is in expectation strength x (q + q^2 + ... + q^(t-1)) u in generation t: it grows without bound where
 * there are no real samples, and to strength x q / (1 - q) with fresh ones.
 * Source of the question: Alemohammad et al., ICLR 2024, section 3 (fingerprints that StyleGAN2's loop amplifies).
 *
 * `sample` rejects with ERR_INVALID_INPUT where the direction has another length than a row.
 *
 * @example
 * const model = marked(gaussian(), { direction: [1, 0], strength: 0.1 });
 */
export function marked<Fitted extends FittedModel>(
  model: GenerativeModel<Fitted>,
  options: MarkedOptions,
): GenerativeModel<CuratedModel<Fitted>> {
  const where = 'marked';
  const { direction, strength } = resolve(where, options, markedOptions);
  const mark = markOf(direction, strength);
  return curated(where, model, async (_, { count, dim, draw, signal }) => {
    if (mark.length !== dim)
      throw mustError(where, 'direction', `have as many elements as a row, ${dim}`, String(mark.length));
    return moved(await draw(count, 0), mark, { where, signal });
  });
}

/** So long a vector along `direction`. */
function markOf(direction: Float64Array, strength: number): Float64Array {
  const largest = direction.reduce((most, element) => Math.max(most, Math.abs(element)), 0);
  const unit = direction.map((element) => element / largest); // its square cannot overflow
  const length = Math.sqrt(unit.reduce((sum, element) => sum + element * element, 0));
  return unit.map((element) => (strength * element) / length);
}

// Elements moved before the event loop gets a turn: about 1 ms.
const elementsPerTurn = 2 ** 19;

/** A copy, as the rows may still be the model's own, with the vector added to every row. */
async function moved({ data, rows, cols }: Matrix, by: Float64Array, call: Call): Promise<Matrix> {
  const kind = data instanceof Float32Array ? Float32Array : Float64Array;
  const out = allocateUnzeroed('marked', 'the samples', kind, rows * cols);
  const rowsPerTurn = Math.max(1, Math.floor(elementsPerTurn / cols));
  for (let begin = 0; begin < rows; begin += rowsPerTurn) {
    if (begin > 0) await turn(call);
    if (data.length !== rows * cols) throw mustBeLeftAlone('marked', "the model's samples");
    const end = Math.min(rows, begin + rowsPerTurn) * cols;
    for (let i = begin * cols; i < end; i += 1) out[i] = data[i]! + by[i % cols]!;
  }
  return { data: out, rows, cols };
}
