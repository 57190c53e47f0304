import type { Command } from 'commander';
import { numberText, withError } from '../../charts/numbers.js';
import { type EffectiveSampleSize, effectiveSampleSize } from '../../limits/effective-sample-size.js';
import { leastVariance } from '../../limits/stationary-variance.js';
import { intervalText } from '../terminal/interval-text.js';
import { tableText } from '../terminal/table.js';
import { largeDimensionNote, limitPointVerb } from './limit-point-verb.js';
import { limitsCommand } from './limits-command.js';

export function essCommand(signal: AbortSignal): Command {
  const verb = {
    ...limitPointVerb,
    name: 'ess',
    description: 'the effective sample size of a loop: how many real samples its limit point is worth',
    example: '--dim 100 --real 1000 --synthetic 1000 --lambda 0.9',
    compute: effectiveSampleSize,
    table: essTable,
  };
  return limitsCommand(verb, signal);
}

function essTable(size: EffectiveSampleSize): { table: string; notes: string[] } {
  const { distance, standardError, interval, accuracy } = size.limit;
  const hasInterval = !Number.isNaN(interval[0]);
  const rows = [
    [
      'limit point',
      withError(distance, standardError),
      hasInterval ? intervalText(interval, standardError) : '',
    ],
    ['effective sample size', number(size), range(size.interval)],
    ['ratio to the real samples', plain(size.ratio), range(size.ratioInterval)],
    ['admissible', admissibleText(size), ''],
    ['variance left (1: that of the data)', plain(size.stationaryVariance), ''],
  ];
  if (accuracy) rows.push(['relative error of the method, about', plain(accuracy.relativeError), '']);
  return {
    table: tableText(['', 'value', '95 % interval'], rows, { words: true }),
    notes: [
      ...(size.stationaryVariance < leastVariance ? [shrunkNote(size)] : []),
      hasInterval ? '±: one standard error' : largeDimensionNote,
    ],
  };
}

/** No collapsed model is called admissible and no more. */
function admissibleText({ admissible, stationaryVariance }: EffectiveSampleSize): string {
  const said = { true: 'yes', false: 'no', undecided: 'undecided' }[String(admissible)]!;
  return stationaryVariance < leastVariance && admissible !== false ? `${said}, but collapsed` : said;
}

function shrunkNote({ admissible, stationaryVariance }: EffectiveSampleSize): string {
  const shrunk = `COLLAPSED: the model has nearly shrunk to its mean, with standard deviations ${numberText(Math.sqrt(stationaryVariance), 2)} of those of the data`;
  return admissible === false ? shrunk : `${shrunk}; that is no help, so few real samples alone are no better`;
}

function number({ bounded, effectiveSampleSize }: EffectiveSampleSize): string {
  return { yes: plain(effectiveSampleSize), 'below-2': 'below 2', unbounded: 'above 1e15' }[bounded];
}

function range(interval: readonly [number, number]): string {
  return Number.isNaN(interval[0]) ? '' : intervalText(interval, Number.NaN);
}

function plain(value: number): string {
  return Number.isNaN(value) ? '' : String(Number(value.toPrecision(5)));
}
