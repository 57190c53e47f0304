import { describe, expect, test } from 'vitest';
import { withError } from '../../src/charts/numbers.js';
import { loopTable } from '../../src/cli/loop/loop-result.js';
import { tableText } from '../../src/cli/terminal/table.js';

describe('withError', () => {
  test.each<[number, number, string]>([
    [12.29351, 0.01284, '12.294 ± 0.013'],
    [1234.5678, 45.6, '1235 ± 46'],
    [123456, 7891, '123456 ± 7891'],
    [0.5, 0, '0.5'],
    [1 / 3, Number.NaN, '0.3333333'],
    [2.5e-12, 3.1e-13, '2.5e-12 ± 3.1e-13'],
    [-0.011, 0.0131, '-0.011 ± 0.013'],
  ])('shows %f ± %f with as many digits as mean something', (mean, standardError, text) => {
    expect(withError(mean, standardError)).toBe(text);
  });
});

test('columns are aligned on the right', () => {
  expect(
    tableText(
      ['t', 'x'],
      [
        ['1', '12.5'],
        ['10', '3'],
      ],
    ),
  ).toBe(' t      x\n 1   12.5\n10      3');
});

test('a long run is shown in about 30 lines, first and last among them', () => {
  const rows = Array.from({ length: 5000 }, (_, i) => ({
    t: i + 1,
    metrics: { distance: { mean: i, standardError: 1 } },
  }));
  const lines = loopTable({ parameters: {}, rows }).split('\n').slice(1);
  expect(lines.length).toBeGreaterThan(20);
  expect(lines.length).toBeLessThanOrEqual(30);
  expect(lines[0]).toMatch(/^ +1 /);
  expect(lines.at(-1)).toMatch(/^5000 /);
});
