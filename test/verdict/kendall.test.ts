import { describe, expect, test } from 'vitest';
import { kendallTau } from '../../src/verdict/kendall.js';
import { uniform } from '../support/numbers.js';

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
