// Closed forms of accumulate-and-subsample: n real samples once, n synthetic samples of the latest model a generation; generation
// t is fitted to n drawn without replacement from all t n of them (Kazdan et al. 2024). Reference N(0, I).

export interface SubsamplingLoop {
  readonly dim: number;
  /** n. */
  readonly samples: number;
  readonly lambda: number;
  readonly divisor: 'unbiased' | 'mle';
}

/** E tr Sigma_t in generations 1, 2, ...: c_d E tr P_t, P_t the covariance of the pool with divisor t n - 1. */
export function subsamplingTraces(loop: SubsamplingLoop, generations: number): number[] {
  const { dim, samples: n, lambda, divisor } = loop;
  const shrinkage = divisor === 'mle' ? 1 - 1 / n : 1;
  const c = lambda * shrinkage;
  const pool = [dim];
  for (let t = 1; t < generations; t += 1) {
    const factor = (t * n - 1 + c * (n - 1) + (t - 1 + c * t) / (t + 1)) / ((t + 1) * n - 1);
    pool.push(factor * pool.at(-1)!);
  }
  return pool.map((value) => shrinkage * value);
}

/**
 * n E|mu_t|^2 / d at lambda = 1 in generation t in the limit for n -> infinity: the pool's mean has variance 1 / n at first;
 * generation j adds (1 / (j + 1))^2 (2 - 1 / j) / n to it (its own draw from the pool, and the draw from its model), and
 * generation t is a draw of n out of t n. For t -> infinity pi^2 / 2 - 2.
 */
export function limitingMeanVariance(t: number): number {
  let variance = 1;
  for (let j = 1; j < t; j += 1) variance += (2 - 1 / j) / (j + 1) ** 2;
  return variance + 1 - 1 / t;
}
