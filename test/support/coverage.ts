import { expect } from 'vitest';

/**
 * Checks that 95 % intervals held their target in `hits` of `trials` independent trials: within 4.5 binomial standard
 * errors, and one point for the method, whose normal and t distributions are approximations.
 */
export function expectCoverage(hits: number, trials: number): void {
  const binomialError = Math.sqrt((0.95 * 0.05) / trials);
  expect(Math.abs(hits / trials - 0.95), `${hits} of ${trials}`).toBeLessThan(0.01 + 4.5 * binomialError);
}

/** Whether an interval holds a value. */
export function holds([low, high]: readonly [number, number], value: number): boolean {
  return low <= value && value <= high;
}

/** Mean of the values with its standard error, and their standard deviation. */
export function meanOf(values: readonly number[]): { mean: number; standardError: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const deviation = Math.sqrt(squares / (values.length - 1));
  return { mean, standardError: deviation / Math.sqrt(values.length), deviation };
}
