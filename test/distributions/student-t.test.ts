import { describe, expect, test } from 'vitest';
import { studentHalfWidth, studentTails } from '../../src/distributions/student-t.js';

describe("Student's t", () => {
  // scipy.stats.t.ppf((1 + p) / 2, degrees), SciPy 1.17.1.
  test.each([
    [1, 0.9, 6.313751514675037],
    [1, 0.999, 636.6192487687897],
    [2, 0.95, 4.302652729749462],
    [3, 0.95, 3.1824463052837078],
    [10, 0.9, 1.8124611228116756],
    [10, 0.95, 2.228138851986274],
    [7.5, 0.5, 0.7085995804442596],
    [7.5, 1e-4, 1.2956699884340129e-4],
    [29, 0.999, 3.6594050194663748],
    [1000, 0.95, 1.9623390808264083],
  ])('%i degrees of freedom, level %d', (degrees, level, t) => {
    expect(Math.abs(studentHalfWidth(degrees, level) / t - 1)).toBeLessThan(1e-11);
    expect(studentTails(degrees, t)).toBeCloseTo(1 - level, 12);
  });

  test('from nothing to everything', () => {
    for (const degrees of [1, 2, 7, 8]) {
      expect(studentTails(degrees, 0)).toBe(1);
      expect(studentTails(degrees, Number.POSITIVE_INFINITY)).toBe(0);
    }
  });
});
