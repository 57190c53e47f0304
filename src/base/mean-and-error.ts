/** An estimated expectation and its standard error. */
export interface Estimate {
  readonly mean: number;
  readonly standardError: number;
}

/** The mean of independent values, and its standard error, which is NaN for a single value. */
export function meanAndError(values: readonly number[] | Float64Array): Estimate {
  let sum = 0;
  for (const value of values) sum += value;
  const mean = sum / values.length;
  let squares = 0;
  for (const value of values) squares += (value - mean) * (value - mean);
  return { mean, standardError: Math.sqrt(squares / (values.length - 1) / values.length) };
}
