import type { Command } from 'commander';
import { resolve } from '../../base/options.js';
import {
  type ExpectedDistanceOptions,
  expectedDistance,
  expectedDistanceOptions,
} from '../../limits/expected-distance.js';
import { tableText } from '../terminal/table.js';
import { limitsCommand } from './limits-command.js';

const { threads, signal: _, onProgress, ...parameters } = expectedDistanceOptions;

export function expectedDistanceCommand(signal: AbortSignal): Command {
  const verb = {
    name: 'expected-distance',
    description: 'what fitting a Gaussian to a number of real samples costs, without any loop',
    example: '--dim 100 --samples 1000',
    parameters,
    resolve: (given: unknown) => resolve('expected-distance', given, parameters),
    compute: async (options: ExpectedDistanceOptions) => ({ distance: await expectedDistance(options) }),
    table: ({ distance }: { distance: number }) => ({
      table: tableText(['expected distance'], [[String(Number(distance.toPrecision(10)))]]),
      notes: [],
    }),
  };
  return limitsCommand(verb, signal);
}
