/** An estimated expectation and its standard error. */
export interface Estimate {
  readonly mean: number;
  readonly standardError: number;
}

/** The mean of independent values, and its standard error, which is NaN for a single value. */
export function meanAndError(values: readonly number[] | Float64Array): Estimate {
  const unit = unitOf(values);
  let sum = 0;
  for (const value of values) sum += value / unit;
  const mean = sum / values.length;
  let squares = 0;
  for (const value of values) squares += (value / unit - mean) * (value / unit - mean);
  return { mean: unit * mean, standardError: unit * Math.sqrt(squares / (values.length - 1) / values.length) };
}

/** A power of 2 in units of which values have squares: 1 but for such as are far from it, as loops that ran away or shrank for long leave them. */
function unitOf(values: readonly number[] | Float64Array): number {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  if (largest === 0 || !Number.isFinite(largest) || (largest > 2 ** -400 && largest < 2 ** 400)) return 1;
  // Of the smallest numbers the inverse is none.
  return 2 ** Math.max(-1022, Math.min(1000, Math.floor(Math.log2(largest))));
}
