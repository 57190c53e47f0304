import type { Sample } from './sample.js';

/** The largest distance between two samples' empirical distribution functions. */
export function kolmogorovSmirnov(first: Sample, second: Sample): number {
  const x = Float64Array.from(first).sort();
  const y = Float64Array.from(second).sort();
  let distance = 0;
  for (let i = 0, j = 0; i < x.length && j < y.length; ) {
    const value = Math.min(x[i]!, y[j]!);
    while (i < x.length && x[i]! <= value) i += 1;
    while (j < y.length && y[j]! <= value) j += 1;
    distance = Math.max(distance, Math.abs(i / x.length - j / y.length));
  }
  return distance;
}

/**
 * The distance that two samples of one law exceed with probability below 6.8e-6, that of |z| > 4.5: the Kolmogorov limit,
 * P(D > c sqrt((n + m) / (n m))) < 2 exp(-2 c^2), which two samples of equal size stay below (Hodges 1958).
 */
export function kolmogorovSmirnovLimit(n: number, m: number): number {
  const c = Math.sqrt(-Math.log(6.8e-6 / 2) / 2);
  return c * Math.sqrt((n + m) / (n * m));
}
