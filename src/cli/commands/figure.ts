import { Argument, Command, Option } from 'commander';
import { checkInteger, checkNumber } from '../../check.js';
import { MadloopError } from '../../errors.js';
import { info } from '../../info.js';
import { resolveSeed } from '../../seed.js';
import { runStudy } from '../../studies/run-study.js';
import type { StudyDocument } from '../../studies/study-document.js';
import { computeFigure10, figure10Chart, figure10Csv, figure10Table } from '../figures/figure-10.js';
import { figure11 } from '../figures/figure-11.js';
import { figure12 } from '../figures/figure-12.js';
import { figure30 } from '../figures/figure-30.js';
import { figure31 } from '../figures/figure-31.js';
import {
  computeStudyFigure,
  figureStores,
  type StudyFigure,
  studyFigureCsv,
  studyFigureDocument,
} from '../figures/study-figure.js';
import { stopOnTerm } from '../interrupts.js';
import { print, printJson, say } from '../output.js';
import { withProgressBar } from '../progress.js';
import { type ResultFiles, writeResultFiles } from '../result-files.js';
import { addRunOptions, type RunOptions } from '../run-options.js';
import { studyProgress } from '../study-progress.js';

interface FigureFlags extends RunOptions {
  readonly replicates?: number;
  readonly relativeError?: number;
  readonly seed: bigint;
}

const studyFigures: ReadonlyMap<string, StudyFigure> = new Map(
  [figure11, figure12, figure30, figure31].map((figure) => [figure.number, figure]),
);

const defaultFolder = 'madloop-results';

export function figureCommand(signal: AbortSignal): Command {
  const command = new Command('figure')
    .description('make a figure of the paper (Alemohammad et al. 2024), with error bars')
    .addArgument(
      new Argument('<number>', '10 (its left half), 11, 12, 30 or 31').choices(['10', ...studyFigures.keys()]),
    )
    .addOption(
      new Option(
        '--relative-error <x>',
        '11 to 31: standard error of every cell over its limit point (default: 0.001)',
      ).argParser((text) => checkNumber('figure', '--relative-error', Number(text), 0, 1)),
    )
    .addOption(
      new Option('--replicates <n>', '10: runs to average over (default: 200)').argParser((text) =>
        checkInteger('figure', '--replicates', Number(text), 2),
      ),
    )
    .addOption(
      new Option('--seed <n>', 'decides every random number')
        .default(0n, '0')
        .argParser((text) => resolveSeed('figure', '--seed', text)),
    );
  addRunOptions(command);
  command.addHelpText(
    'after',
    `\nFigures 11 to 31 keep their cells in stores in the output folder (${defaultFolder} also with --json): the same command` +
      '\nrun again goes on where it was stopped, and `madloop report` makes pages of them.',
  );
  return command.action((number: string, flags: FigureFlags) => {
    const figure = studyFigures.get(number);
    return figure === undefined ? runFigure10(flags, signal) : runStudyFigure(figure, flags, signal);
  });
}

async function runFigure10(flags: FigureFlags, signal: AbortSignal): Promise<void> {
  if (flags.relativeError !== undefined) throw notOf('--relative-error', '10');
  const engine = info();
  const options = { replicates: flags.replicates ?? 200, seed: flags.seed };
  const figure = await withProgressBar('figure 10', (onProgress) =>
    computeFigure10(options, { threads: flags.threads, signal, onProgress }),
  );
  const document = { madloop: engine.version, instructionSet: engine.variant, command: 'figure 10', ...figure };
  if (flags.json) printJson(document);
  else print(figure10Table(figure));
  const folder = flags.output ?? (flags.json ? undefined : defaultFolder);
  if (folder === undefined) return;
  const chart = flags.chart ? { chart: figure10Chart(figure) } : {};
  await write(folder, { name: 'figure-10', document, csv: figure10Csv(figure), ...chart }, signal);
}

async function runStudyFigure(figure: StudyFigure, flags: FigureFlags, signal: AbortSignal): Promise<void> {
  if (flags.replicates !== undefined) throw notOf('--replicates', figure.number);
  const folder = flags.output ?? defaultFolder;
  const studies = await compute(figure, flags, folder, signal);
  const document = studyFigureDocument(figure, studies, info());
  if (flags.json) printJson(document);
  else print(figure.table(studies));
  const chart = flags.chart ? { chart: figure.chart(studies) } : {};
  const files = { name: `figure-${figure.number}`, document, csv: studyFigureCsv(studies), ...chart };
  await write(folder, files, signal, figureStores(figure, folder));
}

async function compute(
  figure: StudyFigure,
  { relativeError = 1e-3, seed, threads }: FigureFlags,
  folder: string,
  signal: AbortSignal,
): Promise<StudyDocument[]> {
  const stop = stopOnTerm(signal);
  const progress = studyProgress();
  try {
    return await computeStudyFigure(figure, { relativeError, seed }, folder, runStudy, {
      threads,
      signal: stop.signal,
      onProgress: progress.update,
    });
  } finally {
    progress.stop();
    stop.done();
  }
}

async function write(
  folder: string,
  files: ResultFiles,
  signal: AbortSignal,
  stores: readonly string[] = [],
): Promise<void> {
  say(`wrote ${[...stores, ...(await writeResultFiles(folder, files, signal))].join(', ')}`);
}

function notOf(flag: string, figure: string): MadloopError {
  return new MadloopError('ERR_INVALID_INPUT', `figure ${figure}: there is no ${flag} for this figure`);
}
