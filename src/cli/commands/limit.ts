import type { Command } from 'commander';
import { withError } from '../../charts/numbers.js';
import { type LimitPoint, limitPoint } from '../../limits/limit-point.js';
import { tableText } from '../terminal/table.js';
import { limitPointVerb } from './limit-point-verb.js';
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

function limitTable(limit: LimitPoint): string {
  const { distance, standardError, interval, chains, generations, varianceReduction, heavyTails, accuracy } =
    limit;
  const digits = (value: number) => value.toPrecision(6);
  if (accuracy) {
    return tableText(
      ['distance', 'relative error of the method, about'],
      [[digits(distance), accuracy.relativeError.toPrecision(2)]],
    );
  }
  const table = tableText(
    ['distance', '95 % interval', 'chains', 'generations', 'variance reduced by'],
    [
      [
        withError(distance, standardError),
        interval.map(digits).join(' to '),
        String(chains),
        String(generations),
        varianceReduction.toPrecision(3),
      ],
    ],
  );
  return heavyTails
    ? `${table}\nheavy tails: the distance has no fourth moment, the interval is wider for it`
    : table;
}
