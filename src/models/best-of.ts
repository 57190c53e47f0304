import { checked, integer, number, resolve, type TableOf } from '../base/options.js';
import type { Matrix } from '../base/shapes.js';
import { softmaxChoices } from '../distributions/softmax-choice.js';
import { concatenateRows, pickRows } from '../engine/rows.js';
import { batchRows, type CuratedModel, checkScore, curated, type Score, scoresOf } from './curation.js';
import type { FittedModel, GenerativeModel } from './generative-model.js';

export interface BestOfOptions {
  /** Candidates for each sample: K, from 1 to 1,000,000. */
  readonly candidates: number;
  /** A number for each row: of K candidates the one with the highest is kept, of equal ones the first. */
  readonly score: Score;
  /**
   * 0: the best is kept. Above: candidate k with probability proportional to exp(score_k / temperature), 1 being the choice of
   * people by the Bradley-Terry model. Default 0.
   */
  readonly temperature?: number | undefined;
}

const bestOfOptions = {
  candidates: integer(1, 1_000_000).doc('candidates for each sample'),
  score: checked('function of a matrix', checkScore).doc('a number for each row, the more the better'),
  temperature: number(0, Number.MAX_VALUE).or(0).doc('0 keeps the best, more leaves more to chance'),
} satisfies TableOf<BestOfOptions>;

/**
 * Any model, with each sample the best of K that it draws, by a score of one's own: what people do who pick the picture
 * they like best. Above temperature 0 the choice is random, with probabilities proportional to exp(score / temperature):
 * of K candidates at temperature 1, by the generalised Bradley-Terry model. In a loop without real data, with many candidates, each
 * generation multiplies the density by exp(score / temperature). (Ferbach et al. 2024, "Self-consuming generative models with
 * curated data provably optimize human preferences", arXiv 2407.09499, section 2.)
 *
 * For a Gaussian and a linear score, samples have their mean moved by e_K standard deviations along the score and the
 * variance there multiplied by v_K, mean and variance of the largest of K standard normals: 0.564 and 0.682 for K = 2, at
 * temperature 0.
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
  const { candidates, score, temperature } = resolve(where, options, bestOfOptions);
  return curated(where, model, async (_, { count, dim, draw, stepOf }) => {
    const parts: Matrix[] = [];
    let step = count;
    for (let [left, batch] = [count, 0]; left > 0; left -= step, batch += 1) {
      step = Math.min(left, Math.max(1, Math.floor(batchRows(dim) / candidates)));
      const drawn = await draw(step * candidates, batch);
      const scores = await scoresOf(where, score, drawn, stepOf('score', batch));
      const chosen =
        temperature === 0
          ? winners(scores, candidates)
          : softmaxChoices(scores, candidates, temperature, stepOf('choice', batch).seed);
      parts.push(await pickRows(drawn, chosen));
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
