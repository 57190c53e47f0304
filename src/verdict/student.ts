// Student's t distribution for whole degrees of freedom, by its finite sums (Abramowitz & Stegun 26.7.3 and 26.7.4).

/** P(-t <= T <= t) for t >= 0 with `degrees` degrees of freedom, 1, 2, 3, ... */
export function studentCentralProbability(t: number, degrees: number): number {
  if (t === Number.POSITIVE_INFINITY) return 1;
  const theta = Math.atan(t / Math.sqrt(degrees));
  const cosineSquared = degrees / (degrees + t * t);
  const sine = t / Math.sqrt(degrees + t * t);
  const isOdd = degrees % 2 === 1;
  let term = isOdd ? Math.sqrt(cosineSquared) : 1;
  let sum = degrees === 1 ? 0 : term;
  for (let k = isOdd ? 3 : 2; k <= degrees - 2; k += 2) {
    term *= (cosineSquared * (k - 1)) / k;
    sum += term;
  }
  return isOdd ? (2 / Math.PI) * (theta + sine * sum) : sine * sum;
}

/** The t with P(-t <= T <= t) = probability, 0 < probability < 1: to the last digits that bisection finds. */
export function studentHalfWidth(probability: number, degrees: number): number {
  let [low, high] = [0, 1];
  while (studentCentralProbability(high, degrees) < probability) [low, high] = [high, 2 * high];
  for (;;) {
    const middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) return high;
    if (studentCentralProbability(middle, degrees) < probability) low = middle;
    else high = middle;
  }
}
