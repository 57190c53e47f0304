import { Command } from 'commander';
import { withError } from '../../charts/numbers.js';
import { info } from '../../engine/info.js';
import {
  type EffectiveSampleSize,
  type EffectiveSampleSizeOptions,
  effectiveSampleSize,
} from '../../limits/effective-sample-size.js';
import {
  type GivenParameters,
  givenByFlags,
  limitPointFlags,
  type ParameterFile,
  readParameterFile,
} from '../loop/loop-parameters.js';
import { print, printJson } from '../terminal/output.js';
import { withProgressBar } from '../terminal/progress.js';
import { threadsOption } from '../terminal/run-options.js';
import { tableText } from '../terminal/table.js';

interface EssFlags {
  readonly json?: true;
  readonly threads?: number;
}

export function essCommand(signal: AbortSignal): Command {
  const command = new Command('ess')
    .description('the effective sample size of a loop: how many real samples its limit point is worth')
    .argument('[file.json]', 'parameters, or a result of this command to repeat; flags override it')
    .addHelpText('after', '\nExample:\n  madloop ess --dim 100 --real 1000 --synthetic 1000 --lambda 0.9');
  for (const option of limitPointFlags()) command.addOption(option);
  return command
    .option('--json', 'print one JSON document instead of a table')
    .addOption(threadsOption())
    .action((file: string | undefined, flags: EssFlags) => runEss(file, flags, signal));
}

async function runEss(file: string | undefined, flags: EssFlags, signal: AbortSignal): Promise<void> {
  const fromFile: ParameterFile =
    file === undefined ? { parameters: {} } : await readParameterFile(file, 'ess');
  const { json, threads } = flags;
  const parameters: GivenParameters = { ...fromFile.parameters, ...givenByFlags({ ...flags }) };
  const result = await withProgressBar('ess', (onProgress) => {
    // The library checks every value and every name.
    const options = { ...parameters, threads, signal, onProgress } as unknown as EffectiveSampleSizeOptions;
    return effectiveSampleSize(options);
  });
  const { version, variant } = info();
  if (json) printJson({ madloop: version, instructionSet: variant, command: 'ess', parameters, ...result });
  else print(essTable(result));
}

function essTable(size: EffectiveSampleSize): string {
  const { distance, standardError, interval, accuracy } = size.limit;
  const rows = [
    ['limit point', withError(distance, standardError), range(interval)],
    ['effective sample size', number(size), range(size.interval)],
    ['ratio to the real samples', plain(size.ratio), range(size.ratioInterval)],
    ['admissible', { true: 'yes', false: 'no', undecided: 'undecided' }[String(size.admissible)]!, ''],
  ];
  if (accuracy) rows.push(['relative error of the method, about', plain(accuracy.relativeError), '']);
  return tableText(['', 'value', '95 % interval'], rows);
}

function number({ bounded, effectiveSampleSize }: EffectiveSampleSize): string {
  return { yes: plain(effectiveSampleSize), 'below-2': 'below 2', unbounded: 'above 1e15' }[bounded];
}

function range([low, high]: readonly [number, number]): string {
  return Number.isNaN(low) ? '' : `${plain(low)} to ${plain(high)}`;
}

function plain(value: number): string {
  return Number.isNaN(value) ? '' : String(Number(value.toPrecision(5)));
}
