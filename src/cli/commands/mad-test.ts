import { Command } from 'commander';
import { withError } from '../../charts/numbers.js';
import { info } from '../../engine/info.js';
import { type MadTest, madTest, madTestOptions } from '../../verdict/mad-test.js';
import { rewordErrors } from '../terminal/error-wording.js';
import { addFlags, givenByFlags } from '../terminal/flags.js';
import { namesOf } from '../terminal/given-parameters.js';
import { print, printJson } from '../terminal/output.js';
import { readSeries } from '../terminal/read-series.js';
import { resultText, tableText } from '../terminal/table.js';

export function madTestCommand(signal: AbortSignal): Command {
  const command = new Command('mad-test')
    .description('does a loop go MAD: does a metric grow worse from generation to generation?')
    .argument('<file>', 'a result of loop --series, or a .npy file: a row a replicate, a column a generation')
    .addHelpText(
      'after',
      '\nExample:\n  madloop loop --variant fully-synthetic --dim 10 --synthetic 100 --series -o mad' +
        '\n  madloop mad-test mad/loop.json',
    );
  addFlags(command, madTestOptions);
  return command
    .option('--json', 'print one JSON document instead of a table')
    .action(async (file: string, flags: { json?: true }) => {
      const series = await readSeries(file, signal);
      const given = givenByFlags(flags, madTestOptions);
      const parameterName = namesOf(madTestOptions, given);
      const nameOf = (name: string) => (/^series\b/.test(name) ? file : parameterName(name));
      const result = await rewordErrors(nameOf, () => madTest(series, given));
      const { version, variant } = info();
      const made = { madloop: version, instructionSet: variant, command: 'mad-test' };
      // The rows of a matrix are of a metric that it does not name.
      const metric = Array.isArray(series) ? null : ((given.metric as string | undefined) ?? 'distance');
      if (flags.json) printJson({ ...made, file, metric, ...result });
      else print(madTestText(file, metric, result));
    });
}

/** The test for reading; `metric` is null where nobody knows its name. */
export function madTestText(file: string, metric: string | null, result: MadTest): string {
  const { replicates, direction, confidence } = result;
  const ends = `interval: ${Number((100 * confidence).toPrecision(12))} %`;
  const notes =
    replicates > 1
      ? [`±: one standard error of the mean over ${replicates} replicates; ${ends}`]
      : [
          'undecided, whatever the values are: one replicate has no interval, as generations of one run depend on each other; two or more have (loop --replicates)',
        ];
  const heading = `${metric ?? 'series'} in ${file}, worse where ${direction}`;
  return resultText(heading, madTestTable(result), [...notes, ...directionNotes(metric, result)]);
}

/** Metrics that are worse where they are less. */
const worseWhereLess = ['trace', 'logDeterminant', 'variance', 'precision', 'recall', 'density', 'coverage'];
/** Metrics that are better where they are less: a fall needs no other question. */
const betterWhereLess = ['distance', 'frechetDistance', 'kernelDistance', 'meanNormSquared'];

/** Where a fall may be what was to be found. */
function directionNotes(metric: string | null, { verdict, direction, slope, trend }: MadTest): string[] {
  if (direction === 'decreasing' || verdict === 'mad' || betterWhereLess.includes(metric ?? '')) return [];
  const isKnown = worseWhereLess.includes(metric ?? '');
  const isFalling = slope.interval[1] < 0 && trend.interval[1] < 0;
  if (!isKnown && !isFalling) return [];
  const why = isFalling ? 'it falls' : `${metric} is worse where it is less`;
  return [`${why}: --direction decreasing tests for that`];
}

function madTestTable({ verdict, slope, trend, excess, level, replicates, from, to, margin }: MadTest): string {
  const range = ([low, high]: readonly [number, number]) =>
    Number.isNaN(low) ? '' : `${Number(low.toPrecision(4))} to ${Number(high.toPrecision(4))}`;
  const row = (name: string, { mean, standardError, interval }: MadTest['slope']) => [
    name,
    withError(mean, standardError),
    range(interval),
  ];
  return tableText(
    ['', 'value', 'interval'],
    [
      ['verdict', verdict, ''],
      row('slope, per generation', slope),
      row('trend (Kendall)', trend),
      row(`growth less ${100 * margin} % of the mean`, excess),
      ['mean', String(Number(level.toPrecision(5))), ''],
      ['replicates; generations', `${replicates}; ${from} to ${to}`, ''],
    ],
  );
}
