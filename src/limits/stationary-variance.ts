/** What the variance of a loop depends on. */
export interface MomentParameters {
  readonly variant: string;
  readonly divisor: string;
  readonly real: number;
  readonly synthetic: number;
  readonly lambda: number;
  readonly memory: number;
}

/**
 * lim E[tr Sigma] / tr S of a loop with real data in every generation, S their covariance: what the loop leaves of the data's
 * variance, however well or badly so many samples determine a covariance.
 *
 * Exact for any memory K, counts and dimension. With p = n_r / n and q = n_s / n, m the variance of the mean, v that of its innovation
 * and s the variance sought, second moments of the training set give (n - 1) s / n + m = p + q (lambda s + m), or s + m with divisor n.
 * The mean is autoregressive with K coefficients q / K, so that its autocovariances at lags 1 to K are all the same by the Yule-Walker
 * equations, q m / (K - (K - 1) q), and the mean of the last K means has the variance r m, r = 1 / (K - (K - 1) q); hence
 * m = p / n + (q / n) (lambda s + m - r m) + q^2 r m. Beside one fixed real set this holds for w, the variance about the mean of that set, without
 * p / n, and m = w + 1 / n_r.
 */
export function stationaryVariance({
  variant,
  divisor,
  real,
  synthetic,
  lambda,
  memory,
}: MomentParameters): number {
  const n = real + synthetic;
  const [p, q] = [real / n, synthetic / n];
  const r = 1 / (memory - (memory - 1) * q);
  const a = 1 - (q * (1 - r)) / n - q * q * r;
  const b = (divisor === 'mle' ? 1 : (n - 1) / n) - lambda * q;
  const ofRealMean = variant === 'synthetic-augmentation' ? a / real : p / n;
  return (p * (a - ofRealMean)) / (a * b + (q * lambda * p) / n);
}

/** Below this part of the data's variance (standard deviations below 0.3) a model has as good as shrunk to its mean. */
export const leastVariance = 0.09;

/** Whether the loop shrinks its model to the mean, by the synthetic samples' bias. */
export function isCollapsed(parameters: MomentParameters): boolean {
  return stationaryVariance(parameters) < leastVariance;
}

/** The number of synthetic samples, as a real number, from which on the loop is collapsed; Infinity without bias. */
export function syntheticBeforeCollapse(parameters: MomentParameters): number {
  if (parameters.lambda === 1) return Number.POSITIVE_INFINITY;
  let [low, high] = [0, 1e15];
  if (!isCollapsed({ ...parameters, synthetic: high })) return Number.POSITIVE_INFINITY;
  // To the last bits that counts have.
  for (let step = 0; step < 100; step += 1) {
    const middle = low < 1 ? (low + high) / 2 : Math.sqrt(low * high);
    if (isCollapsed({ ...parameters, synthetic: middle })) high = middle;
    else low = middle;
  }
  return low;
}
