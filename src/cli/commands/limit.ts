import type { Command } from 'commander';
import { withError } from '../../charts/numbers.js';
import { type LimitPoint, limitPoint } from '../../limits/limit-point.js';
import { intervalText } from '../terminal/interval-text.js';
import { tableText } from '../terminal/table.js';
import { largeDimensionNote, limitPointVerb } from './limit-point-verb.js';
import { limitsCommand } from './limits-command.js';

export function limitCommand(signal: AbortSignal): Command {
  const verb = {
    ...limitPointVerb,
    name: 'limit',
    description: 'estimate what the distance of a loop settles at',
    example: '--dim 100 --real 1000 --synthetic 10000 --lambda 0.9',
    compute: limitPoint,
    table: limitTable,
  };
  return limitsCommand(verb, signal);
}

function limitTable(limit: LimitPoint): { table: string; notes: string[] } {
  const { distance, standardError, interval, chains, generations, varianceReduction, heavyTails, accuracy } =
    limit;
  if (accuracy) {
    return {
      table: tableText(
        ['distance', 'relative error of the method, about'],
        [[distance.toPrecision(6), accuracy.relativeError.toPrecision(2)]],
      ),
      notes: [largeDimensionNote],
    };
  }
  const table = tableText(
    ['distance', '95 % interval', 'chains', 'generations', 'variance cut by'],
    [
      [
        withError(distance, standardError),
        intervalText(interval, standardError),
        String(chains),
        String(generations),
        varianceReduction.toPrecision(3),
      ],
    ],
  );
  const heavy = 'heavy tails: the distance has no fourth moment, the interval is wider for it';
  return { table, notes: [...(heavyTails ? [heavy] : []), '±: one standard error'] };
}
