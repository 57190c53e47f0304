// Closed forms of the fully synthetic loop with memory 1, pool 'latest' and reference N(0, I): generation 1 fitted to n_ini
// real samples, every later one to n samples of the one before. g = t - 1 is the number of self-consumptions, k = n - 1.

import { c4, digamma, trigamma } from './special-functions.js';

export interface FullySyntheticLoop {
  readonly dim: number;
  readonly initial: number;
  readonly synthetic: number;
  readonly lambda: number;
}

/** E tr Sigma_t = lambda^g d. */
export function expectedTrace({ dim, lambda }: FullySyntheticLoop, t: number): number {
  return dim * lambda ** (t - 1);
}

/** E|mu_t|^2 = d [1 / n_ini + (lambda / n)(1 + lambda + ... + lambda^(g - 1))]: a martingale's increments add up. */
export function expectedMeanNormSquared(
  { dim, initial, synthetic, lambda }: FullySyntheticLoop,
  t: number,
): number {
  let increments = 0;
  for (let generation = 2; generation <= t; generation += 1)
    increments += lambda ** (generation - 1) / synthetic;
  return dim * (1 / initial + increments);
}

/** The limit of E distance for lambda < 1, where Sigma_t -> 0: d [1 + 1 / n_ini + lambda / (n (1 - lambda))]. */
export function limitingDistance({ dim, initial, synthetic, lambda }: FullySyntheticLoop): number {
  return dim * (1 + 1 / initial + lambda / (synthetic * (1 - lambda)));
}

/**
 * E (tr Sigma_t)^2 and E tr Sigma_t^2. The two zonal polynomials of degree 2, (tr S)^2 + 2 tr S^2 and (tr S)^2 - tr S^2, are
 * eigenfunctions of a Wishart step (Muirhead 1982, section 7.2), with factors lambda^2 (1 + 2 / k) and lambda^2 (1 - 1 / k).
 */
export function expectedSecondMoments(loop: FullySyntheticLoop, t: number): { b: number; a: number } {
  const { dim: d, initial, synthetic, lambda } = loop;
  const k = synthetic - 1;
  const g = t - 1;
  const symmetric = (d * d + 2 * d) * (1 + 2 / (initial - 1)) * (lambda ** 2 * (1 + 2 / k)) ** g;
  const alternating = (d * d - d) * (1 - 1 / (initial - 1)) * (lambda ** 2 * (1 - 1 / k)) ** g;
  return { b: (symmetric + 2 * alternating) / 3, a: (symmetric - alternating) / 3 };
}

/**
 * Mean and variance of ln det Sigma_t, a random walk: a fit to n samples adds sum over i of ln(chi^2_(k - i + 1) / k), and
 * a bias adds d ln lambda (Bartlett 1933; E ln chi^2_v = psi(v / 2) + ln 2, Var = psi'(v / 2)). For n, n_ini > d.
 */
export function logDeterminantLaw(loop: FullySyntheticLoop, t: number): { mean: number; variance: number } {
  const fit = (samples: number) => {
    const k = samples - 1;
    let mean = loop.dim * Math.log(2 / k);
    let variance = 0;
    for (let i = 1; i <= loop.dim; i += 1) {
      mean += digamma((k - i + 1) / 2);
      variance += trigamma((k - i + 1) / 2);
    }
    return { mean, variance };
  };
  const first = fit(loop.initial);
  const later = fit(loop.synthetic);
  return {
    mean: first.mean + (t - 1) * (loop.dim * Math.log(loop.lambda) + later.mean),
    variance: first.variance + (t - 1) * later.variance,
  };
}

/** E distance_t at d = 1: standard deviations multiply, so E sigma_t = lambda^(g / 2) c4(n_ini) c4(n)^g. */
export function expectedDistanceInOneDimension(loop: FullySyntheticLoop, t: number): number {
  const { initial, synthetic, lambda } = loop;
  const sigma = lambda ** ((t - 1) / 2) * c4(initial) * c4(synthetic) ** (t - 1);
  return expectedMeanNormSquared(loop, t) + expectedTrace(loop, t) + 1 - 2 * sigma;
}
