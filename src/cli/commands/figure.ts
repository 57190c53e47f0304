import { Argument, Command } from 'commander';
import { MadloopError } from '../../base/errors.js';
import { integer, resolve, seed, type ValuesOf } from '../../base/options.js';
import type { Chart } from '../../charts/chart.js';
import { info } from '../../engine/info.js';
import type { JobOptions } from '../../engine/job.js';
import { limitPointParameters } from '../../limits/estimate-limit-point.js';
import type { StudyDocument } from '../../studies/definition/study-document.js';
import { runStudy } from '../../studies/index.js';
import { computeFigure10, figure10Chart, figure10Csv, figure10Table } from '../figures/figure-10.js';
import { figure11 } from '../figures/figure-11.js';
import { figure12 } from '../figures/figure-12.js';
import { computeFigure14, figure14Chart, figure14Csv, figure14Table } from '../figures/figure-14.js';
import { computeFigure15, figure15Chart, figure15Csv, figure15Table } from '../figures/figure-15.js';
import { figure30 } from '../figures/figure-30.js';
import { figure31 } from '../figures/figure-31.js';
import { defaultGenerations } from '../figures/mixture-loop.js';
import {
  computeStudyFigure,
  figureStores,
  type StudyFigure,
  studyFigureCsv,
  studyFigureDocument,
} from '../figures/study-figure.js';
import { rewordErrors } from '../terminal/error-wording.js';
import { addFlags, flagName, givenByFlags } from '../terminal/flags.js';
import { namesOf } from '../terminal/given-parameters.js';
import { sayThatItGoesOn, stopOnTerm } from '../terminal/interrupts.js';
import { print, printJson, say } from '../terminal/output.js';
import { withProgressBar } from '../terminal/progress.js';
import { type ResultFiles, tryResultFiles, writeResultFiles } from '../terminal/result-files.js';
import { addRunOptions, defaultFolder, type RunOptions } from '../terminal/run-options.js';
import { studyProgress } from '../terminal/study-progress.js';

/** Which figures take them, the command checks. */
const figureParameters = {
  relativeError: limitPointParameters.relativeError
    .optional('0.001')
    .doc('11, 12, 30, 31: standard error of every cell over its limit point'),
  replicates: integer(2).optional('200; 4').doc('10, 15: runs to average over'),
  generations: integer(1).optional(String(defaultGenerations)).doc('14, 15: length of the loop'),
  seed: seed(),
};

type FigureFlags = RunOptions & ValuesOf<typeof figureParameters>;

const studyFigures: ReadonlyMap<string, StudyFigure> = new Map(
  [figure11, figure12, figure30, figure31].map((figure) => [figure.number, figure]),
);

export function figureCommand(signal: AbortSignal): Command {
  const figures = [...simulatedFigures.keys(), ...studyFigures.keys()].sort((a, b) => Number(a) - Number(b));
  const listed = figures.join(', ').replace(/, (?=\d+$)/, ' and ');
  const command = new Command('figure')
    .description('make a figure of the paper (Alemohammad et al. 2024), with error bars')
    .addArgument(
      new Argument('<number>', `${listed}; 10 shows its left half`).argParser((number: string) => {
        if (figures.includes(number)) return number;
        throw new MadloopError('ERR_INVALID_INPUT', `there is no figure ${number} here, but ${listed}`);
      }),
    );
  addFlags(command, figureParameters);
  addRunOptions(command);
  command.addHelpText(
    'after',
    `\nFigures 11, 12, 30 and 31 keep their cells in stores in the output folder (${defaultFolder} also with --json): the same command` +
      '\nrun again goes on where it was stopped, and `madloop report` makes pages of them.',
  );
  return command.action(async (number: string, flags: RunOptions) => {
    const given = givenByFlags(flags, figureParameters);
    const parameters = await rewordErrors(namesOf(figureParameters, given), () =>
      resolve('figure', given, figureParameters),
    );
    const figure = studyFigures.get(number);
    return figure === undefined
      ? runSimulatedFigure(number, { ...flags, ...parameters }, signal)
      : runStudyFigure(figure, { ...flags, ...parameters }, signal);
  });
}

/** What a figure that is simulated in one go comes to. */
interface SimulatedFigure {
  /** Beside --seed and what every command has. */
  readonly flags: readonly ('replicates' | 'generations')[];
  readonly compute: (flags: FigureFlags, job: JobOptions) => Promise<FigureParts>;
}

interface FigureParts {
  readonly data: object;
  readonly table: string;
  readonly csv: string;
  readonly chart: () => Chart | Promise<Chart>;
}

const simulatedFigures: ReadonlyMap<string, SimulatedFigure> = new Map<string, SimulatedFigure>([
  [
    '10',
    {
      flags: ['replicates'],
      async compute({ replicates = 200, seed }, job) {
        const data = await computeFigure10({ replicates, seed }, job);
        return {
          data,
          table: figure10Table(data),
          csv: figure10Csv(data),
          chart: () => figure10Chart(data),
        };
      },
    },
  ],
  [
    '14',
    {
      flags: ['generations'],
      async compute({ generations = defaultGenerations, seed }, job) {
        const data = await computeFigure14({ generations, seed }, job);
        const { threads, signal } = job;
        return {
          data,
          table: figure14Table(data),
          csv: figure14Csv(data),
          chart: () => figure14Chart(data, { threads, signal }),
        };
      },
    },
  ],
  [
    '15',
    {
      flags: ['replicates', 'generations'],
      async compute({ generations = defaultGenerations, replicates = 4, seed }, job) {
        const data = await computeFigure15({ generations, replicates, seed }, job);
        return {
          data,
          table: figure15Table(data),
          csv: figure15Csv(data),
          chart: () => figure15Chart(data),
        };
      },
    },
  ],
]);

async function runSimulatedFigure(number: string, flags: FigureFlags, signal: AbortSignal): Promise<void> {
  const { flags: own, compute: computeParts } = simulatedFigures.get(number)!;
  refuseOthers(flags, own, number);
  const engine = info();
  const command = `figure ${number}`;
  const folder = flags.output ?? (flags.json ? undefined : defaultFolder);
  if (folder !== undefined) await tryResultFiles(folder, `figure-${number}`);
  const figure = await withProgressBar(command, (onProgress) =>
    computeParts(flags, { threads: flags.threads, signal, onProgress }),
  );
  const document = { madloop: engine.version, instructionSet: engine.variant, command, ...figure.data };
  if (flags.json) printJson(document);
  else print(figure.table);
  if (folder === undefined) return;
  const chart = flags.chart ? { chart: await figure.chart() } : {};
  await write(folder, { name: `figure-${number}`, document, csv: figure.csv, ...chart }, signal);
}

async function runStudyFigure(figure: StudyFigure, flags: FigureFlags, signal: AbortSignal): Promise<void> {
  refuseOthers(flags, ['relativeError'], figure.number);
  const folder = flags.output ?? defaultFolder;
  await tryResultFiles(folder, `figure-${figure.number}`);
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
  const progress = studyProgress(`figure ${figure.number}`);
  try {
    return await rewordErrors(
      (option) => (option === 'store' ? flagName('output') : undefined),
      () =>
        computeStudyFigure(figure, { relativeError, seed }, folder, runStudy, {
          threads,
          signal: stop.signal,
          onProgress: progress.update,
        }),
    );
  } catch (error) {
    sayThatItGoesOn(`figure ${figure.number}`, error);
    throw error;
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

/** A flag that would have no effect is an error. */
function refuseOthers(flags: FigureFlags, own: readonly string[], figure: string): void {
  for (const name of ['replicates', 'generations', 'relativeError'] as const) {
    if (flags[name] !== undefined && !own.includes(name)) {
      const message = `figure ${figure}: there is no ${flagName(name)} for this figure`;
      throw new MadloopError('ERR_INVALID_INPUT', message);
    }
  }
}
