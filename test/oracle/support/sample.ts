// Statistics of a sample, for tests.

export type Sample = ArrayLike<number>;

export function mean(values: Sample): number {
  let sum = 0;
  for (let i = 0; i < values.length; i += 1) sum += values[i]!;
  return sum / values.length;
}

/** Mean and its standard error, from the sample itself. */
export function estimate(values: Sample): { mean: number; standardError: number } {
  const average = mean(values);
  let squares = 0;
  for (let i = 0; i < values.length; i += 1) squares += (values[i]! - average) ** 2;
  return { mean: average, standardError: Math.sqrt(squares / (values.length - 1) / values.length) };
}

/**
 * sqrt n (mean - expected) / standard deviation, both from the sample, freed of the skewness that this ratio has where the
 * values are skewed (a sample that misses its long tail has too small a mean and too small a standard error): Hall's monotone
 * transformation (J. R. Statist. Soc. B 54 (1992) 221-228), after which it is standard normal to order 1 / n.
 */
export function studentized(values: Sample, expected: number): number {
  const { mean: average, standardError } = estimate(values);
  let cubes = 0;
  for (let i = 0; i < values.length; i += 1) cubes += (values[i]! - average) ** 3;
  const deviation = standardError * Math.sqrt(values.length);
  const g = cubes / values.length / deviation ** 3 / Math.sqrt(values.length);
  const t = (average - expected) / standardError;
  return t + (g * t * t) / 3 + (g * g * t ** 3) / 27 + g / 6;
}

/** f of each element and, where given, of the elements at the same place in a second sample. */
export function map(
  values: Sample,
  f: (value: number, other: number) => number,
  others: Sample = values,
): Float64Array {
  return Float64Array.from({ length: values.length }, (_, i) => f(values[i]!, others[i]!));
}
