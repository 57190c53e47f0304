import { logGamma } from './special-functions.js';

/** Chi-square distribution function with k degrees of freedom: the series of the incomplete gamma function (A&S 6.5.29). */
export function chiSquareCdf(x: number, k: number): number {
  const a = k / 2;
  const y = x / 2;
  let term = Math.exp(a * Math.log(y) - y - logGamma(a + 1));
  let sum = term;
  for (let i = 1; term > 1e-17 * sum; i += 1) {
    term *= y / (a + i);
    sum += term;
  }
  return sum;
}
