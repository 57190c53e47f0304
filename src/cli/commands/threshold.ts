import type { Command } from 'commander';
import { resolve } from '../../base/options.js';
import { numberText, withError } from '../../charts/numbers.js';
import {
  type AdmissibleThreshold,
  admissibleThreshold,
  admissibleThresholdOptions,
} from '../../limits/admissible-threshold.js';
import { limitPointSeconds } from '../../limits/cost.js';
import { intervalText } from '../terminal/interval-text.js';
import { tableText } from '../terminal/table.js';
import { limitsCommand } from './limits-command.js';

const { threads, signal: _, onProgress, ...parameters } = admissibleThresholdOptions;

export function thresholdCommand(signal: AbortSignal): Command {
  const verb = {
    name: 'threshold',
    description: 'up to how many synthetic samples a loop does no worse than its real samples alone',
    example: '--dim 100 --real 250 --lambda 0.7',
    parameters,
    resolve: resolveThreshold,
    cost: ({ dim, real, lambda, divisor, relativeError, seed }: ReturnType<typeof resolveThreshold>) => ({
      // Two limit points, with about as many synthetic samples as real ones. There a distance changes by about a tenth of
      // what n_s does.
      seconds:
        2 *
        limitPointSeconds('threshold', {
          ...{ variant: 'fresh-data', dim, real, synthetic: real, lambda, memory: 1 },
          ...{ divisor, relativeError: relativeError / 10, seed },
        }),
      dim,
      instead: 'advise answers in a second, by the deterministic method',
    }),
    compute: admissibleThreshold,
    table: thresholdTable,
  };
  return limitsCommand(verb, signal);
}

const resolveThreshold = (given: unknown) => resolve('threshold', given, parameters);

function thresholdTable(threshold: AdmissibleThreshold): { table: string; notes: string[] } {
  const { synthetic, standardError, interval, bounded, nearest, beforeCollapse } = threshold;
  const most = numberText(Math.floor(beforeCollapse), 7);
  const [rows, notes]: [string[][], string[]] =
    beforeCollapse < synthetic
      ? [
          [['synthetic samples before collapse, at most', most, 'exact']],
          [
            `COLLAPSE: with more than ${most} synthetic samples the model nearly shrinks to its mean (standard deviations below 0.3 of those of the data); that is no help, so few real samples alone are no better`,
          ],
        ]
      : [[], []];
  rows.push(
    bounded === 'unbounded'
      ? ['admissible synthetic samples', 'any number: unbounded', '']
      : [
          'admissible synthetic samples, at most',
          withError(synthetic, standardError),
          intervalText(interval, standardError),
        ],
  );
  if (nearest) {
    const { distance, standardError, interval } = nearest.limit;
    rows.push([
      `limit point at ${nearest.synthetic}`,
      withError(distance, standardError),
      intervalText(interval, standardError),
    ]);
  }
  return {
    table: tableText(['', 'value', '95 % interval'], rows, { words: true }),
    notes: bounded === 'unbounded' ? notes : [...notes, '±: one standard error'],
  };
}
