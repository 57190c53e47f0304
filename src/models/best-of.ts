import { checked, integer, resolve, type TableOf } from '../base/options.js';
import type { Matrix } from '../base/shapes.js';
import { concatenateRows, pickRows } from '../engine/rows.js';
import { batchRows, type CuratedModel, checkScore, curated, type Score, scoresOf } from './curation.js';
import type { FittedModel, GenerativeModel } from './generative-model.js';

export interface BestOfOptions {
  /** Candidates for each sample: K, from 1 to 1,000,000. */
  readonly candidates: number;
  /** A number for each row: of K candidates the one with the highest is kept, of equal ones the first. */
  readonly score: Score;
}

const bestOfOptions = {
  candidates: integer(1, 1_000_000).doc('candidates for each sample'),
  score: checked('function of a matrix', checkScore).doc('a number for each row, the more the better'),
} satisfies TableOf<BestOfOptions>;

/**
 * Any model, with each sample the best of K that it draws, by a score of one's own: what people do who pick the picture
 * they like best. (Ferbach et al. 2024, "Self-consuming generative models with curated data".)
 *
 * For a Gaussian and a linear score, samples have their mean moved by e_K standard deviations along the score and the
 * variance there multiplied by v_K, mean and variance of the largest of K standard normals: 0.564 and 0.682 for K = 2.
 *
 * `sample` rejects with ERR_INVALID_INPUT where a score is not a number.
 *
 * @example
 * const model = bestOf(gaussian(), {
 *   candidates: 4,
 *   score: ({ data, rows, cols }) => Float64Array.from({ length: rows }, (_, i) => data[i * cols]), // the first coordinate
 * });
 */
export function bestOf<Fitted extends FittedModel>(
  model: GenerativeModel<Fitted>,
  options: BestOfOptions,
): GenerativeModel<CuratedModel<Fitted>> {
  const where = 'bestOf';
  const { candidates, score } = resolve(where, options, bestOfOptions);
  return curated(where, model, async (_, { count, dim, draw }) => {
    const parts: Matrix[] = [];
    let step = count;
    for (let [left, batch] = [count, 0]; left > 0; left -= step, batch += 1) {
      step = Math.min(left, Math.max(1, Math.floor(batchRows(dim) / candidates)));
      const drawn = await draw(step * candidates, batch);
      parts.push(await pickRows(drawn, winners(await scoresOf(where, score, drawn), candidates)));
    }
    return concatenateRows(parts, dim);
  });
}

/** The index of the highest score in each group of consecutive ones. */
function winners(scores: Float64Array, group: number): Uint32Array {
  const indices = new Uint32Array(scores.length / group);
  for (let i = 0; i < indices.length; i += 1) {
    let best = i * group;
    for (let j = best + 1; j < (i + 1) * group; j += 1) if (scores[j]! > scores[best]!) best = j;
    indices[i] = best;
  }
  return indices;
}
