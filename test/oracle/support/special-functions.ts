// Gamma-family functions by upward recurrence and Stirling-type series (Abramowitz & Stegun 6.1.41, 6.3.18, 6.4.12).

/** Where the series are started: five terms then leave an error below 1e-15. */
const asymptoticFrom = 15;

/** ln Gamma(x), x > 0. */
export function logGamma(x: number): number {
  let shift = 0;
  let y = x;
  for (; y < asymptoticFrom; y += 1) shift += Math.log(y);
  const r = 1 / (y * y);
  const series = (1 / 12 - r * (1 / 360 - r * (1 / 1260 - r * (1 / 1680 - r / 1188)))) / y;
  return (y - 0.5) * Math.log(y) - y + 0.5 * Math.log(2 * Math.PI) + series - shift;
}

/** psi(x) = (ln Gamma)'(x), x > 0. */
export function digamma(x: number): number {
  let shift = 0;
  let y = x;
  for (; y < asymptoticFrom; y += 1) shift += 1 / y;
  const r = 1 / (y * y);
  return Math.log(y) - 0.5 / y - r * (1 / 12 - r * (1 / 120 - r * (1 / 252 - r * (1 / 240 - r / 132)))) - shift;
}

/** psi'(x), x > 0. */
export function trigamma(x: number): number {
  let shift = 0;
  let y = x;
  for (; y < asymptoticFrom; y += 1) shift += 1 / (y * y);
  const r = 1 / (y * y);
  const series = (r * (1 / 6 - r * (1 / 30 - r * (1 / 42 - r * (1 / 30 - (r * 5) / 66))))) / y;
  return 1 / y + 0.5 * r + series + shift;
}

/**
 * E[sample standard deviation] / sigma for n normal draws, divisor n - 1:
 * c4(n) = sqrt(2 / (n - 1)) Gamma(n / 2) / Gamma((n - 1) / 2).
 */
export function c4(n: number): number {
  return Math.sqrt(2 / (n - 1)) * Math.exp(logGamma(n / 2) - logGamma((n - 1) / 2));
}
