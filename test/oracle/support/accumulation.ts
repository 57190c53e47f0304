// Closed forms of accumulation: n real samples once, then n synthetic samples of the latest model a generation; generation t
// is fitted to all t n of them (synthetic augmentation with n_f = n_s = n and pool 'accumulate'). Reference N(0, I).

import { logGamma } from './special-functions.js';

export interface AccumulationLoop {
  readonly dim: number;
  /** n. */
  readonly samples: number;
  readonly lambda: number;
  readonly divisor: 'unbiased' | 'mle';
}

/** E|mu_t|^2 and E tr Sigma_t in generations 1, 2, ... */
export function accumulationMoments(loop: AccumulationLoop, generations: number): { m: number; s: number }[] {
  const { dim, samples: n, lambda, divisor } = loop;
  let m = dim / n;
  let s = divisor === 'mle' ? dim * (1 - 1 / n) : dim;
  const moments = [{ m, s }];
  for (let t = 2; t <= generations; t += 1) {
    m += (lambda * s) / (n * t * t);
    s *=
      divisor === 'mle'
        ? 1 - (1 - lambda) / t - lambda / (n * t * t)
        : ((t - 1) * n - 1 + lambda * (n - 1 / t)) / (t * n - 1);
    moments.push({ m, s });
  }
  return moments;
}

/**
 * The limit of E tr Sigma_t / d at lambda = 1. Maximum likelihood: prod (1 - 1 / (n j^2)) = sin(pi / sqrt n) / (pi / sqrt n)
 * (Euler). Unbiased: Gamma(2) Gamma(2 - 1/n) / (Gamma(2 - r+) Gamma(2 - r-)), r+- = (1 +- sqrt(1 + 4 n)) / (2 n).
 */
export function limitingVariance(samples: number, divisor: 'unbiased' | 'mle'): number {
  if (divisor === 'mle') {
    const x = Math.PI / Math.sqrt(samples);
    return Math.sin(x) / x;
  }
  const root = Math.sqrt(1 + 4 * samples);
  const [plus, minus] = [(1 + root) / (2 * samples), (1 - root) / (2 * samples)];
  return Math.exp(logGamma(2 - 1 / samples) - logGamma(2 - plus) - logGamma(2 - minus));
}
