import { extname, parse } from 'node:path';
import { Command } from 'commander';
import { MadloopError } from '../../base/errors.js';
import { resolve } from '../../base/options.js';
import { writeFileAtomically } from '../../files/atomic-write.js';
import type { StudyDocument } from '../../studies/definition/study-document.js';
import { studyDefinitionOptions } from '../../studies/definition/study-plan.js';
import { readStudy, runStudy } from '../../studies/index.js';
import { runStudyOptions } from '../../studies/run/study-run.js';
import { studyCsv, studyJson, studyParquet } from '../../studies/store/export-study.js';
import { resolveShard, storePath } from '../../studies/store/shards.js';
import { mergeStudies, studyStatus } from '../../studies/store-process/stores.js';
import { checkOutput } from '../terminal/check-output.js';
import { checkStores } from '../terminal/check-stores.js';
import { rewordErrors } from '../terminal/error-wording.js';
import { addFlags, addSubcommands, givenByFlags } from '../terminal/flags.js';
import { namesOf } from '../terminal/given-parameters.js';
import { sayThatItGoesOn, stopOnTerm } from '../terminal/interrupts.js';
import { jsonText, print, printExactly, printJson, say } from '../terminal/output.js';
import { readDocument } from '../terminal/read-document.js';
import { threadsOption } from '../terminal/run-options.js';
import { studyProgress } from '../terminal/study-progress.js';
import { partOf, partSummary, statusTable, studyTable } from '../terminal/study-result.js';

interface StudyFlags {
  readonly store?: string;
  readonly shards?: number;
  readonly shard?: number;
  readonly threads?: number;
  readonly json?: true;
}

const { store, shards, shard } = runStudyOptions;
const runFlags = { store, shards, shard };
const definitionFlags = {
  ...studyDefinitionOptions,
  name: studyDefinitionOptions.name.or('study', 'that of the file, else study'),
};
const allFlags = { ...definitionFlags, ...runFlags };

export function studyCommand(signal: AbortSignal): Command {
  const command = new Command('study')
    .description('limit points and effective sample sizes of many cells, in a store that survives anything')
    .argument('[file]', 'a study as JSON or YAML; flags override what it says');
  addFlags(command, definitionFlags);
  addFlags(command, runFlags, { store: '-s' });
  command
    .addOption(threadsOption())
    .option('--json', 'print one JSON document instead of a table')
    .addHelpText(
      'after',
      '\nVALUES are 100, or 10,20,50, or 100:10000:20:log (from:to:count, in constant ratio).' +
        '\nThe same command run again goes on where it was stopped, by whatever.\n\nExamples:\n' +
        '  madloop study --dim 100 --real 100:1000:20:log --synthetic 100:10000:20:log --lambda 0.7,0.85,1\n' +
        '  madloop study figure-11.yaml --shards 4\n  madloop study status figure-11.sqlite',
    )
    .action((file: string | undefined, flags: StudyFlags) => run(file, flags, signal));
  return addSubcommands(command, [statusCommand(), exportCommand(), mergeCommand()]);
}

async function run(file: string | undefined, flags: StudyFlags, signal: AbortSignal): Promise<void> {
  const byFlags = givenByFlags(flags, studyDefinitionOptions);
  if (file === undefined && Object.keys(byFlags).length === 0) {
    throw new MadloopError('ERR_INVALID_INPUT', 'study: a file or flags must say which cells, got neither');
  }
  const content = file === undefined ? {} : await readDocument(file, 'an object that describes a study');
  // A study that its file does not name has the name of the file.
  const named = file === undefined ? {} : { name: parse(file).name };
  const nameOf = namesOf(allFlags, givenByFlags(flags, allFlags), {
    ...(file !== undefined && { file }),
    content,
  });
  const stop = stopOnTerm(signal);
  const progress = studyProgress('study');
  let document: StudyDocument;
  try {
    document = await rewordErrors(nameOf, () => {
      const place = { where: 'study', argument: 'definition' };
      const definition = resolve(place, { ...named, ...content, ...byFlags }, studyDefinitionOptions);
      const { store, shards, shard, threads } = flags;
      const job = { threads, signal: stop.signal, onProgress: progress.update };
      return runStudy(definition, { store, shards, shard, ...job });
    });
  } catch (error) {
    sayThatItGoesOn('study', error);
    throw error;
  } finally {
    progress.stop();
    stop.done();
  }
  const choice = resolveShard('study', flags, process.env);
  const part = partOf(document, choice);
  if (flags.json) printJson(studyJson(document));
  else print(studyTable(part.document));
  say(`${partSummary(part, document)}; kept in ${storePath(flags.store, document.name, choice)}`);
}

function statusCommand(): Command {
  return new Command('status')
    .description('how far the studies in stores have come; they may be running')
    .argument('<stores...>', 'files that madloop study makes')
    .option('--json', 'print one JSON document instead of a table')
    .action(async (stores: string[], { json }: { json?: true }) => {
      const all = [];
      await checkStores(stores);
      for (const store of stores) all.push({ store, ...(await studyStatus('study status', store)) });
      if (json) printJson(all);
      else print(statusTable(all));
    });
}

function exportCommand(): Command {
  return new Command('export')
    .description('a study as a table for other programs')
    .argument('<store>', 'a file that madloop study made')
    .option(
      '-o, --output <file>',
      'a name that ends in .csv, .json or .parquet (default: CSV on standard output)',
    )
    .action(async (store: string, { output }: { output?: string }) => {
      if (output === undefined) {
        await checkStores([store]);
        printExactly(studyCsv(await readStudy(store)));
        return;
      }
      await checkOutput('study export', output, {
        inputs: [store],
        ending: /\.(csv|json|parquet)$/,
        inWords: '.csv, .json or .parquet',
      });
      await checkStores([store]);
      const write = exporters[extname(output)]!;
      await writeFileAtomically(output, await write(await readStudy(store)));
      say(`wrote ${output}`);
    });
}

const exporters: Readonly<Record<string, (study: StudyDocument) => Promise<string | readonly Uint8Array[]>>> = {
  '.csv': async (study) => studyCsv(study),
  '.json': async (study) => `${jsonText(studyJson(study))}\n`,
  '.parquet': async (study) => [await studyParquet(study)],
};

function mergeCommand(): Command {
  return new Command('merge')
    .description('one store from those of the shards of a study')
    .argument('<stores...>', 'files that madloop study made')
    .option('-o, --output <file>', 'the new store')
    .action(async (stores: string[], { output }: { output?: string }) => {
      if (output === undefined) {
        throw new MadloopError('ERR_INVALID_INPUT', "study merge: option '-o, --output <file>' must be given");
      }
      await checkStores(stores);
      await mergeStudies('study merge', stores, output);
      const { done, refused, cells } = await studyStatus('study merge', output);
      say(`wrote ${output}: ${done + refused} of ${cells} cells`);
    });
}
