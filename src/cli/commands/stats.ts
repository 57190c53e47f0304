import { Command } from 'commander';
import { mustError } from '../../base/check.js';
import { MadloopError } from '../../base/errors.js';
import { info } from '../../engine/info.js';
import type { JobOptions } from '../../engine/job.js';
import { checkExtractor, extractorOfFile } from '../../features/extractor.js';
import { arrayOption } from '../../features/matrix-file.js';
import { momentsOfFile } from '../../features/moments-of-file.js';
import { mergeStatistics, type Statistics, type StatisticsContent } from '../../features/statistics.js';
import { readStatistics, statisticsArrayOptions, writeStatistics } from '../../features/statistics-file.js';
import { checkOutput } from '../terminal/check-output.js';
import { rewordErrors } from '../terminal/error-wording.js';
import { addFlags, addSubcommands } from '../terminal/flags.js';
import { namesOf } from '../terminal/given-parameters.js';
import { print, printJson, say } from '../terminal/output.js';
import { withProgressBar } from '../terminal/progress.js';
import { readInput } from '../terminal/read-input.js';
import { threadsOption } from '../terminal/run-options.js';
import { tableText } from '../terminal/table.js';

interface OutputFlags {
  readonly output?: string;
  readonly json?: true;
}

interface MergeFlags extends OutputFlags {
  readonly mean?: string;
  readonly covariance?: string;
}

interface StatsFlags extends MergeFlags {
  readonly extractor?: string;
  readonly array?: string;
  readonly threads?: number;
}

/** What of .npz files is read. */
const arrayParameters = { ...arrayOption, ...statisticsArrayOptions };
const nameOf = namesOf(arrayParameters, {});

export function statsCommand(signal: AbortSignal): Command {
  const command = new Command('stats')
    .description('mean and covariance of features, as a file that pytorch-fid and clean-fid read too')
    .argument('<features>', 'a .npy or .npz file: a row a sample; with --mean and --covariance statistics')
    .option(
      '--extractor <name>',
      'what made the features, if not what their file says: files of different ones are not merged',
    )
    .addOption(threadsOption())
    .addHelpText(
      'after',
      '\nExamples:\n  madloop stats real.npy -o real.npz --extractor inception-v3' +
        '\n  madloop stats adm.npz --mean mu_s --covariance sigma_s -o spatial.npz' +
        '\n  madloop stats merge part-1.npz part-2.npz -o all.npz',
    )
    .action((features: string, flags: StatsFlags) => runStats(features, flags, signal));
  addFlags(command, arrayParameters);
  const merge = new Command('merge')
    .description('the statistics of all samples together, from those of parts')
    .argument('<files...>', '.npz files that madloop stats wrote')
    .action((files: string[], flags: MergeFlags) => runMerge(files, flags, signal));
  addFlags(merge, statisticsArrayOptions);
  for (const each of [command, merge]) {
    each
      .option('-o, --output <file.npz>', 'where the statistics go; a file of this name is replaced')
      .option('--json', 'print one JSON document instead of a table');
  }
  return addSubcommands(command, [merge]);
}

async function runStats(features: string, flags: StatsFlags, signal: AbortSignal): Promise<void> {
  const { array, mean, covariance } = flags;
  const output = givenOutput('stats', flags);
  await checkOutput('stats', output, { inputs: [features], ending: /\.npz$/i, inWords: '.npz' });
  // Before minutes of work, not after.
  const extractor =
    flags.extractor === undefined ? undefined : checkExtractor('stats', '--extractor', flags.extractor);
  const content = await withProgressBar('stats', (onProgress) =>
    readContent(features, flags, { threads: flags.threads, signal, onProgress }),
  );
  const statistics = await writeStatistics(output, { ...content, ...(extractor && { extractor }) });
  const arrays = Object.fromEntries(Object.entries({ array, mean, covariance }).filter(([, name]) => name));
  show('stats', { features, ...arrays, output }, statistics, flags);
}

/** The statistics of features, or those that the file holds. */
async function readContent(
  file: string,
  { array, mean, covariance }: StatsFlags,
  job: JobOptions,
): Promise<StatisticsContent> {
  if (mean === undefined && covariance === undefined) {
    const moments = await readInput(momentsOfFile(file, { array, ...job }), nameOf);
    return { ...moments, extractor: await readInput(extractorOfFile(file, job.signal)) };
  }
  if (array !== undefined) {
    throw mustError('stats', '--array and --mean or --covariance', 'not be given both', 'both');
  }
  return readInput(readStatistics(file, { mean, covariance, signal: job.signal }), nameOf);
}

async function runMerge(files: readonly string[], flags: MergeFlags, signal: AbortSignal): Promise<void> {
  const output = givenOutput('stats merge', flags);
  await checkOutput('stats merge', output, { inputs: files, ending: /\.npz$/i, inWords: '.npz' });
  const { mean, covariance } = flags;
  const statistics = await withProgressBar('stats merge', async (onProgress) => {
    const parts: Statistics[] = [];
    for (const file of files) {
      parts.push(await readInput(readStatistics(file, { mean, covariance, signal }), nameOf));
      onProgress({ done: parts.length, total: files.length });
    }
    const fileOf = (argument: string) => files[Number(/^list\[(\d+)\]$/.exec(argument)?.[1] ?? Number.NaN)];
    return rewordErrors(fileOf, () => mergeStatistics(parts));
  });
  show('stats merge', { files, output }, await writeStatistics(output, statistics), flags);
}

// Not commander's requiredOption: it would ask `stats merge` for that of `stats` as well.
function givenOutput(where: string, { output }: OutputFlags): string {
  if (output === undefined) {
    throw new MadloopError('ERR_INVALID_INPUT', `${where}: option '-o, --output <file.npz>' must be given`);
  }
  return output;
}

function show(
  command: string,
  files: Readonly<Record<string, unknown>> & { readonly output: string },
  statistics: Statistics,
  { json }: OutputFlags,
): void {
  const { count, dim, mean, covariance, extractor, hash } = statistics;
  let [meanNormSquared, trace] = [0, 0];
  for (let i = 0; i < dim; i += 1) {
    meanNormSquared += mean[i]! ** 2;
    trace += covariance[i * dim + i]!;
  }
  if (json) {
    const { version, variant } = info();
    const made = { madloop: version, instructionSet: variant, command, ...files };
    printJson({
      ...made,
      count: count ?? null,
      dim,
      extractor: extractor ?? null,
      meanNormSquared,
      trace,
      hash,
    });
  } else {
    const numbers = [
      String(count ?? 'unknown'),
      String(dim),
      meanNormSquared.toPrecision(7),
      trace.toPrecision(7),
    ];
    print(
      tableText(
        ['count', 'dim', 'meanNormSquared', 'trace', 'extractor', 'hash'],
        [[...numbers, extractor ?? 'unknown', `${hash.slice(0, 12)}…`]],
      ),
    );
  }
  say(`wrote ${files.output}`);
}
