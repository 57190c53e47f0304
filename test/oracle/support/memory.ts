// Moments of the fresh data loop with memory: each synthetic sample comes from one of the last K_m models, chosen at random.
// Unbiased divisor, reference N(0, I).

export interface MemoryLoop {
  readonly dim: number;
  readonly initial: number;
  readonly real: number;
  readonly synthetic: number;
  readonly lambda: number;
  /** K_m: remembered models; min(K_m, t - 1) of them exist. */
  readonly memory: number;
}

/** How the synthetic samples are spread over the models: at random, or (what the loop is not) equally many from each. */
export type Mixing = 'random' | 'equal';

export interface MemoryMoments {
  readonly m: number;
  readonly s: number;
  /** E mu_t . mu_j for j = 1, ..., t (at j - 1). */
  readonly products: readonly number[];
}

/**
 * With averages over the remembered models mubar, Sbar, and B that of |mu_j - mubar|^2:
 *   E mu_t . mu_j = q avg_i E mu_i . mu_j                                              (j < t)
 *   E|mu_t|^2     = q^2 E|mubar|^2 + p d / N + (q / N)(lambda Sbar + B)
 *   E tr Sigma_t  = p d + q (lambda Sbar + B) + (N / (N - 1)) p q E|mubar|^2
 * Equally many from each: the mean has no B, and Sigma_t has the more of it, N q B / (N - 1) in all.
 */
export function memoryMoments(
  loop: MemoryLoop,
  generations: number,
  mixing: Mixing = 'random',
): MemoryMoments[] {
  const { dim, initial, real, synthetic, lambda, memory } = loop;
  const N = real + synthetic;
  const p = real / N;
  const q = synthetic / N;
  const moments: MemoryMoments[] = [{ m: dim / initial, s: dim, products: [dim / initial] }];
  const product = (i: number, j: number) => moments[Math.max(i, j)]!.products[Math.min(i, j)]!;
  while (moments.length < generations) {
    const t = moments.length;
    const remembered = Array.from({ length: Math.min(memory, t) }, (_, i) => t - 1 - i);
    const average = (value: (j: number) => number) =>
      remembered.reduce((sum, j) => sum + value(j), 0) / remembered.length;
    const meanSquare = average((i) => average((j) => product(i, j)));
    const between = average((j) => product(j, j)) - meanSquare;
    const within = lambda * average((j) => moments[j]!.s);
    const inMean = mixing === 'random' ? between : 0;
    const inTrace = mixing === 'random' ? between : (N * between) / (N - 1);
    const m = q * q * meanSquare + (p * dim) / N + (q / N) * (within + inMean);
    const s = p * dim + q * (within + inTrace) + (N / (N - 1)) * p * q * meanSquare;
    const products = moments.map((_, j) => q * average((i) => product(i, j)));
    moments.push({ m, s, products: [...products, m] });
  }
  return moments;
}

/**
 * N Var(mean) / sigma^2 in the limit at lambda = 1 for N -> infinity: (K_m p + q) / (p (K_m + q)), the stationary variance of
 * an autoregression with K_m equal weights q / K_m and unit innovations.
 */
export function limitingMeanVariance(p: number, memory: number): number {
  const q = 1 - p;
  return (memory * p + q) / (p * (memory + q));
}
