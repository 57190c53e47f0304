import { invalid, mustError } from '../base/check.js';
import { checked, resolve, type TableOf } from '../base/options.js';
import type { Matrix } from '../base/shapes.js';
import { concatenateRows, pickRows } from '../engine/rows.js';
import { batchRows, type CuratedModel, checkScore, curated, type Score, scoresOf } from './curation.js';
import type { FittedModel, GenerativeModel } from './generative-model.js';

export interface TopFractionOptions {
  /** Share of the candidates that is kept, above 0 and at most 1. */
  readonly fraction: number;
  /** What ranks the candidates: the model's own density (default), or a function that returns a number for each row. */
  readonly by?: 'density' | Score | undefined;
}

export const topFractionOptions = {
  fraction: checked('number above 0 and at most 1', (where, argument, value) => {
    if (typeof value === 'number' && value > 0 && value <= 1) return value;
    throw invalid(where, argument, 'be a number above 0 and at most 1', value);
  }).doc('share of the candidates that is kept'),
  by: checked("'density' or a function of a matrix", (where, argument, value) =>
    value === 'density' ? value : checkScore(where, argument, value),
  )
    .or('density')
    .doc("what ranks the candidates: the model's density, or a number for each row"),
} satisfies TableOf<TopFractionOptions>;

/**
 * Any model, with only the best `fraction` of its samples kept: by its own density, so that unlikely samples are thrown
 * away, or by a score of one's own. Of n / fraction candidates the best n are kept, in the order in which they were
 * drawn; equal scores are decided for the earlier one. Many candidates are judged in batches of
 * 65,536 (fewer where samples have more than 64 columns), each by itself.
 *
 * For a Gaussian and a linear score, with z the (1 - fraction) quantile of N(0, 1) and i = phi(z) / fraction, samples have
 * their mean moved by i standard deviations along the score and the variance there multiplied by 1 - i (i - z).
 *
 * `sample` rejects with ERR_INVALID_INPUT where a model has no density to rank by, or a score is not a number.
 *
 * @example
 * const model = topFraction(kernelDensity(), { fraction: 0.5 });
 */
export function topFraction<Fitted extends FittedModel>(
  model: GenerativeModel<Fitted>,
  options: TopFractionOptions,
): GenerativeModel<CuratedModel<Fitted>> {
  const where = 'topFraction';
  const { fraction, by } = resolve(where, options, topFractionOptions);
  const score = by === 'density' ? undefined : by;
  return curated(where, model, async (fitted, { count, dim, draw, stepOf, threads, signal }) => {
    if (score === undefined && fitted.logDensity === undefined) {
      const name = model.name ?? 'the model';
      throw mustError(
        where,
        'model',
        "have a method logDensity when fitted, for by: 'density'",
        `none from ${name}`,
      );
    }
    const rank: Score = score ?? ((x) => fitted.logDensity!(x, { threads, signal }));
    const parts: Matrix[] = [];
    let step = count;
    for (let [left, batch] = [count, 0]; left > 0; left -= step, batch += 1) {
      step = Math.min(left, Math.max(1, Math.floor(batchRows(dim) * fraction)));
      const candidates = await draw(Math.ceil(step / fraction), batch);
      parts.push(
        await pickRows(candidates, best(await scoresOf(where, rank, candidates, stepOf('score', batch)), step)),
      );
    }
    return concatenateRows(parts, dim);
  });
}

/** Indices of the `count` highest scores, ascending; of equal scores the first. */
function best(scores: Float64Array, count: number): Uint32Array {
  const threshold = scores.slice().sort()[scores.length - count]!;
  let equal = count; // so many of those at the threshold are in
  for (const score of scores) if (score > threshold) equal -= 1;
  const indices = new Uint32Array(count);
  let found = 0;
  for (const [i, score] of scores.entries()) {
    if (score < threshold || (score === threshold && equal === 0)) continue;
    if (score === threshold) equal -= 1;
    indices[found] = i;
    found += 1;
  }
  return indices;
}
