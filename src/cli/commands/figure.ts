import { Argument, Command, Option } from 'commander';
import { checkInteger } from '../../check.js';
import { info } from '../../info.js';
import { resolveSeed } from '../../seed.js';
import { computeFigure10, figure10Chart, figure10Csv, figure10Table } from '../figures/figure-10.js';
import { print, printJson, say } from '../output.js';
import { withProgressBar } from '../progress.js';
import { writeResultFiles } from '../result-files.js';
import { addRunOptions, type RunOptions } from '../run-options.js';

interface FigureFlags extends RunOptions {
  readonly replicates: number;
  readonly seed: bigint;
}

export function figureCommand(signal: AbortSignal): Command {
  const command = new Command('figure')
    .description('make a figure of the paper (Alemohammad et al. 2024), with error bands')
    .addArgument(new Argument('<number>', 'which: 10, its left half').choices(['10']))
    .addOption(
      new Option('--replicates <n>', 'runs to average over')
        .default(200)
        .argParser((text) => checkInteger('figure', '--replicates', Number(text), 2)),
    )
    .addOption(
      new Option('--seed <n>', 'decides every random number')
        .default(0n, '0')
        .argParser((text) => resolveSeed('figure', '--seed', text)),
    );
  addRunOptions(command);
  return command.action((_number: string, flags: FigureFlags) => runFigure10(flags, signal));
}

async function runFigure10(flags: FigureFlags, signal: AbortSignal): Promise<void> {
  const engine = info();
  const figure = await withProgressBar('figure 10', (onProgress) =>
    computeFigure10(flags, { threads: flags.threads, signal, onProgress }),
  );
  const document = { madloop: engine.version, instructionSet: engine.variant, command: 'figure 10', ...figure };
  if (flags.json) printJson(document);
  else print(figure10Table(figure));
  const folder = flags.output ?? (flags.json ? undefined : 'madloop-results');
  if (folder === undefined) return;
  const chart = flags.chart ? { chart: figure10Chart(figure) } : {};
  const files = { name: 'figure-10', document, csv: figure10Csv(figure), ...chart };
  say(`wrote ${(await writeResultFiles(folder, files, signal)).join(', ')}`);
}
