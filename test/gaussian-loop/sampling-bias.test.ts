import { expect, test } from 'vitest';
import { sampleCounts } from '../../src/gaussian-loop/sample-counts.js';
import { withLambda } from '../../src/gaussian-loop/sampling-bias.js';

test.each([0.8, 2, [0.5, 1], { schedule: [0.5, 1] }])(
  'lambda %o beside another name of the bias is to be left out, whatever it is',
  (lambda) => {
    for (const [name, value] of [
      ['guidance', 1],
      ['truncation', 0.5],
    ] as const)
      expect(() => withLambda('loop', { [name]: value, lambda })).toThrow(
        `loop: lambda must be left out beside the option '${name}', got `,
      );
  },
);

test('lambda beside a name of the same bias is no contradiction', () => {
  expect(withLambda('loop', { real: 5, guidance: 1, lambda: 0.5 })).toEqual({ real: 5, lambda: 0.5 });
});

test('totals by generation are refused for a reason that holds of loops, too', () => {
  for (const given of [
    { total: [10, 20], realFraction: 0.5 },
    { total: 10, realFraction: [0.5, 1] },
  ])
    expect(() => sampleCounts('loop', given)).toThrow(
      /must be one number, as schedules are of real and synthetic samples themselves, got an array/,
    );
});
