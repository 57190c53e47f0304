import { allocate } from '../base/allocate.js';
import { checkProduct, invalid, mustError } from '../base/check.js';
import { MadloopError } from '../base/errors.js';
import { checked, resolve, type TableOf } from '../base/options.js';
import type { Matrix } from '../base/shapes.js';
import { mustBeLeftAlone } from '../engine/snapshot.js';
import { batchRows, type CuratedModel, curated } from './curation.js';
import { FittedGaussian } from './fitted-gaussian.js';
import type { FittedModel, GenerativeModel } from './generative-model.js';

export interface TruncatedOptions {
  /** Samples farther from the model's mean are rejected, in Mahalanobis distance by the model's covariance. */
  readonly radius: number;
}

const truncatedOptions = {
  radius: checked('positive number', (where, argument, value) => {
    if (typeof value === 'number' && value > 0) return value;
    throw invalid(where, argument, 'be a positive number', value);
  }).doc("largest Mahalanobis distance from the model's mean"),
} satisfies TableOf<TruncatedOptions>;

// Curation that throws away more than 999 of 1,000 is given up, once so many candidates have shown it.
const leastRate = 1e-3;
const candidatesToTell = 100_000;

/**
 * Any model with `moments` (mean m, covariance S), its samples x kept only where (x - m)^T S^-1 (x - m) <= radius^2: the
 * truncation trick. Where S is singular, the distance is that within its range.
 *
 * For a Gaussian in d dimensions this is a sampling bias of lambda = F_{d+2}(radius^2) / F_d(radius^2), F_k the chi-square
 * distribution function with k degrees of freedom, and F_d(radius^2) of the candidates are kept. The model's own
 * lambda does not shrink the radius.
 *
 * `sample` draws candidates until it has enough, and rejects with ERR_NO_CONVERGENCE when of 100,000 candidates or more
 * fewer than 1 in 1,000 were kept; its message says how many. ERR_INVALID_INPUT where the model has no `moments`.
 *
 * @example
 * const model = truncated(gaussian(), { radius: 2 });
 */
export function truncated<Fitted extends FittedModel>(
  model: GenerativeModel<Fitted>,
  options: TruncatedOptions,
): GenerativeModel<CuratedModel<Fitted>> {
  const where = 'truncated';
  const { radius } = resolve(where, options, truncatedOptions);
  return curated(where, model, async ({ moments }, { count, draw, threads, signal }) => {
    if (moments === undefined) {
      const name = model.name ?? 'the model';
      throw mustError(where, 'model', 'have moments when fitted', `none from ${name}`);
    }
    const { dim } = moments;
    const distribution = new FittedGaussian(moments);
    const entries = checkProduct(where, 'count x dim', count, dim);
    const kept = allocate(where, 'the samples', Float64Array, entries);
    let accepted = 0;
    let drawn = 0;
    for (let batch = 0; accepted < count; batch += 1) {
      if (drawn >= candidatesToTell && accepted < leastRate * drawn) throw hopeless(radius, accepted, drawn);
      const rate = Math.max(leastRate, drawn === 0 ? 1 : accepted / drawn);
      const wanted = Math.ceil((1.1 * (count - accepted)) / rate) + 16;
      const candidates = await draw(Math.min(batchRows(dim), wanted), batch);
      const inside = await withinRadius(distribution, candidates, radius, { threads, signal });
      if (candidates.data.length !== candidates.rows * dim) throw mustBeLeftAlone(where, "the model's samples");
      for (let i = 0; i < candidates.rows && accepted < count; i += 1) {
        if (!inside(i)) continue;
        kept.set(candidates.data.subarray(i * dim, (i + 1) * dim), accepted * dim);
        accepted += 1;
      }
      drawn += candidates.rows;
    }
    return { data: kept, rows: count, cols: dim };
  });
}

/** Which rows are within the radius: where the log-density is at most radius^2 / 2 below that at the mean. */
async function withinRadius(
  distribution: FittedGaussian,
  x: Matrix,
  radius: number,
  job: { readonly threads?: number | undefined; readonly signal?: AbortSignal | undefined },
): Promise<(i: number) => boolean> {
  const { mean, dim } = distribution.moments;
  const [atMean] = await distribution.logDensity({ data: mean, rows: 1, cols: dim }, job);
  const logDensities = await distribution.logDensity(x, job);
  const least = atMean! - radius ** 2 / 2;
  return (i) => logDensities[i]! >= least;
}

function hopeless(radius: number, accepted: number, drawn: number): MadloopError {
  const rate = ((100 * accepted) / drawn).toPrecision(2);
  return new MadloopError(
    'ERR_NO_CONVERGENCE',
    `truncated: radius must let at least 1 in 1,000 samples through, got ${radius}: ` +
      `${accepted} of ${drawn} candidates were inside (${rate} %)`,
  );
}
