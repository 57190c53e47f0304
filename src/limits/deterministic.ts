import { mustError } from '../base/check.js';
import { MadloopError } from '../base/errors.js';
import { type JobSettings, runJob } from '../engine/job.js';
import { native } from '../engine/native.js';
import type { DeterministicAccuracy, LimitPoint } from './limit-point-result.js';
import type { LimitPointParameters } from './parameters.js';
import { referenceScale } from './reference-scale.js';

/** The limit point of one cell by the deterministic method; see `deterministicLimitPoints`. */
export async function deterministicLimitPoint(
  parameters: LimitPointParameters,
  settings: JobSettings,
): Promise<LimitPoint> {
  const [limit] = await deterministicLimitPoints([parameters], settings);
  return limit!;
}

/** As `deterministicLimitPointsOrErrors`; rejects with the first error of a cell. */
export async function deterministicLimitPoints(
  cells: readonly LimitPointParameters[],
  settings: JobSettings,
): Promise<LimitPoint[]> {
  return (await deterministicLimitPointsOrErrors(cells, settings)).map((limit) => {
    if (limit instanceof MadloopError) throw limit;
    return limit;
  });
}

/**
 * Their distances, for searches; Infinity where E[tr Sigma^2] diverges (n_r next to 1). The limit is finite there, at most d (m + sigma + 1) by
 * first moments, but no estimate of it has an error: such a loop counts as harmful. Infinity also for fewer than two samples, to which nothing can be fitted.
 */
export async function deterministicDistances(
  cells: readonly LimitPointParameters[],
  settings: JobSettings,
): Promise<number[]> {
  const isModel = ({ real, synthetic }: LimitPointParameters): boolean => real + synthetic >= 2;
  const limits = await deterministicLimitPointsOrErrors(cells.filter(isModel), settings);
  let next = 0;
  return cells.map((cell) => {
    const limit = isModel(cell) ? limits[next++] : undefined;
    return limit === undefined || limit instanceof MadloopError ? Number.POSITIVE_INFINITY : limit.distance;
  });
}

/**
 * The limit points of many cells by the large-d limit, without Monte Carlo, as one native job: the leading order in 1/d at
 * fixed d/n_r and d/n_s, with the exact first and second moments of the finite loop put back. Below a millisecond a cell,
 * whatever the dimension and counts.
 *
 * For the fresh data loop with memory 1 and a reference whose covariance is a multiple of the identity; anything else
 * rejects with ERR_INVALID_INPUT. In the place of a limit point is ERR_NO_VARIANCE where E[tr Sigma^2] diverges (lambda
 * next to 1 and n_r of a few samples).
 */
export async function deterministicLimitPointsOrErrors(
  cells: readonly LimitPointParameters[],
  settings: JobSettings,
): Promise<(LimitPoint | MadloopError)[]> {
  const { where } = settings;
  const scales = cells.map((parameters) => checkDeterministic(where, parameters));
  const column = (value: (parameters: LimitPointParameters) => number): Float64Array =>
    Float64Array.from(cells, value);
  const distance = new Float64Array(cells.length);
  const dispersion = new Float64Array(cells.length);
  const relaxationTime = new Float64Array(cells.length);
  await runJob(settings, async () =>
    native().startDeterministicLimits({
      threads: settings.threads,
      count: cells.length,
      dim: column(({ dim }) => dim),
      real: column(({ real }) => real),
      synthetic: column(({ synthetic }) => synthetic),
      lambda: column(({ lambda }) => lambda),
      mle: column(({ divisor }) => Number(divisor === 'mle')),
      distance,
      dispersion,
      relaxationTime,
    }),
  );
  return cells.map((parameters, i) =>
    limitPointOrError(where, parameters, distance[i]! * scales[i]!, dispersion[i]!, relaxationTime[i]!),
  );
}

/** Throws ERR_INVALID_INPUT unless the formula covers the cell; returns the scale of its reference. */
export function checkDeterministic(
  where: string,
  { variant, memory, reference }: LimitPointParameters,
): number {
  const method = "for method 'deterministic'";
  if (variant !== 'fresh-data') throw mustError(where, 'variant', `be 'fresh-data' ${method}`, `'${variant}'`);
  if (memory !== 1) throw mustError(where, 'memory', `be 1 ${method}`, String(memory));
  return referenceScale(where, reference, "method 'deterministic'");
}

/** A bound on the errors that docs/effective-sample-size.md tabulates, the largest of which it just holds. */
function statedAccuracy(dim: number, dispersion: number): DeterministicAccuracy {
  return {
    relativeError: (0.3 * dispersion) / dim,
    dispersion,
    measured: dispersion <= 1 && dim >= 10,
  };
}

function limitPointOrError(
  where: string,
  parameters: LimitPointParameters,
  distance: number,
  dispersion: number,
  relaxationTime: number,
): LimitPoint | MadloopError {
  if (dispersion === Number.POSITIVE_INFINITY) {
    const { real, synthetic, lambda } = parameters;
    return new MadloopError(
      'ERR_NO_VARIANCE',
      `${where}: the distance must have a finite variance, got real = ${real}, synthetic = ${synthetic}, lambda = ${lambda}: more real samples, or a smaller lambda, give it one`,
    );
  }
  return {
    distance,
    standardError: Number.NaN,
    interval: [Number.NaN, Number.NaN],
    generations: 0,
    chains: 0,
    burnIn: 0,
    relaxationTime,
    controls: 0,
    varianceReduction: Number.NaN,
    heavyTails: false,
    method: 'deterministic',
    accuracy: statedAccuracy(parameters.dim, dispersion),
  };
}
