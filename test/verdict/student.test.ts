import { describe, expect, test } from 'vitest';
import { kendallTau } from '../../src/verdict/kendall.js';
import { studentCentralProbability, studentHalfWidth } from '../../src/verdict/student.js';
import { uniform } from '../support/numbers.js';

describe("Student's t", () => {
  // scipy.stats.t.ppf((1 + p) / 2, degrees), SciPy 1.17.1.
  test.each([
    [1, 0.9, 6.313751514675037],
    [1, 0.999, 636.6192487687897],
    [2, 0.95, 4.302652729749462],
    [3, 0.95, 3.1824463052837078],
    [10, 0.9, 1.8124611228116756],
    [10, 0.95, 2.228138851986274],
    [29, 0.999, 3.6594050194663748],
    [1000, 0.95, 1.9623390808264083],
  ])('%i degrees of freedom, probability %d', (degrees, probability, t) => {
    expect(Math.abs(studentHalfWidth(probability, degrees) / t - 1)).toBeLessThan(1e-11);
    expect(studentCentralProbability(t, degrees)).toBeCloseTo(probability, 12);
  });

  test('from nothing to everything', () => {
    for (const degrees of [1, 2, 7, 8]) {
      expect(studentCentralProbability(0, degrees)).toBe(0);
      expect(studentCentralProbability(Number.POSITIVE_INFINITY, degrees)).toBe(1);
    }
  });
});

describe("Kendall's tau", () => {
  /** The definition. */
  function plainTau(series: Float64Array): number {
    let sum = 0;
    for (let j = 0; j < series.length; j += 1) {
      for (let i = 0; i < j; i += 1) sum += Math.sign(series[j]! - series[i]!);
    }
    return sum / ((series.length * (series.length - 1)) / 2);
  }

  test.each([2, 3, 4, 5, 7, 8, 9, 63, 64, 65, 100])('%i values, with and without ties', async (length) => {
    const next = uniform(length);
    for (const levels of [2, 5, 1e9]) {
      const series = Float64Array.from({ length }, () => Math.floor(levels * next()));
      const before = series.slice();
      expect(await kendallTau(series)).toBe(plainTau(series));
      expect(series).toEqual(before);
    }
  });

  test('is 1, -1 or 0 where it must be', async () => {
    expect(await kendallTau(Float64Array.of(1, 2, 5, 9))).toBe(1);
    expect(await kendallTau(Float64Array.of(3, 2, 1))).toBe(-1);
    expect(await kendallTau(Float64Array.of(7, 7, 7))).toBe(0);
  });
});
