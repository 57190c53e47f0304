import { extname, parse } from 'node:path';
import { Command, Option as Flag } from 'commander';
import { MadloopError } from '../../base/errors.js';
import { resolve } from '../../base/options.js';
import { writeFileAtomically } from '../../files/atomic-write.js';
import type { AnyStudyDefinition, AnyStudyDocument } from '../../studies/definition/any-study.js';
import { loopStudyOptions } from '../../studies/definition/loop-study.js';
import { type LoopRows, loopRows } from '../../studies/definition/loop-study-table.js';
import { kindOf } from '../../studies/definition/study-options.js';
import { studyDefinitionOptions } from '../../studies/definition/study-plan.js';
import type { StudyColumn } from '../../studies/definition/study-table.js';
import { explainStudy, readStudy, runStudy } from '../../studies/index.js';
import { runStudyOptions } from '../../studies/run/run-in-store.js';
import { columnsCsv, studyJson, studyParquet, studyTableOf } from '../../studies/store/export-study.js';
import { resolveShard, storePath } from '../../studies/store/shards.js';
import { mergeStudies, studyStatus } from '../../studies/store-process/stores.js';
import { checkOutput } from '../terminal/check-output.js';
import { checkStores } from '../terminal/check-stores.js';
import { rewordErrors } from '../terminal/error-wording.js';
import { addFlags, addSubcommands, flagName, givenByFlags } from '../terminal/flags.js';
import { namesOf } from '../terminal/given-parameters.js';
import { sayThatItGoesOn, stopOnTerm } from '../terminal/interrupts.js';
import { loopStudyTable } from '../terminal/loop-study-result.js';
import { jsonText, print, printExactly, printJson, say } from '../terminal/output.js';
import { readDocument } from '../terminal/read-document.js';
import { threadsOption } from '../terminal/run-options.js';
import { explanationText } from '../terminal/study-explanation.js';
import { studyProgress } from '../terminal/study-progress.js';
import { partOf, partSummary, statusTable, studySummary, studyTable } from '../terminal/study-result.js';

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
/** What only a study of loops has. */
const loopFlags = Object.fromEntries(
  Object.entries(loopStudyOptions).filter(([name]) => !(name in studyDefinitionOptions)),
);
const allFlags = { ...definitionFlags, ...loopFlags, ...runFlags };
const tables = { limit: studyDefinitionOptions, loop: loopStudyOptions };

export function studyCommand(signal: AbortSignal): Command {
  const command = new Command('study')
    .description(
      'limit points and effective sample sizes of many cells, or many loops, in a store that survives anything',
    )
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
        '  madloop study --kind loop --variant fully-synthetic,fresh-data --dim 2 --real 100 --synthetic 100\n' +
        '  madloop study figure-11.yaml --shards 4\n  madloop study status figure-11.sqlite',
    );
  addFlags(command.optionsGroup('With --kind loop:'), loopFlags);
  command.action((file: string | undefined, flags: StudyFlags) => run(file, flags, signal));
  return addSubcommands(command, [explainCommand(), statusCommand(), exportCommand(), mergeCommand()]);
}

/** A definition as the user gave it, by a file and by flags over it, unchecked. */
interface GivenDefinition {
  readonly given: Readonly<Record<string, unknown>>;
  readonly nameOf: (parameter: string) => string | undefined;
}

async function readDefinition(
  command: string,
  file: string | undefined,
  flags: object,
): Promise<GivenDefinition> {
  const byFlags = givenByFlags(flags, { ...studyDefinitionOptions, ...loopStudyOptions });
  if (file === undefined && Object.keys(byFlags).length === 0) {
    throw new MadloopError(
      'ERR_INVALID_INPUT',
      `${command}: a file or flags must say which cells, got neither`,
    );
  }
  const content = file === undefined ? {} : await readDocument(file, 'an object that describes a study');
  // A study that its file does not name has the name of the file.
  const named = file === undefined ? {} : { name: parse(file).name };
  const nameOf = namesOf(allFlags, givenByFlags(flags, allFlags), {
    ...(file !== undefined && { file }),
    content,
  });
  const given = { ...named, ...content, ...byFlags };
  refuseForeign(command, byFlags, tables[kindOf(command, given)]);
  return { given, nameOf };
}

async function run(file: string | undefined, flags: StudyFlags, signal: AbortSignal): Promise<void> {
  const { given, nameOf } = await readDefinition('study', file, flags);
  const stop = stopOnTerm(signal);
  const progress = studyProgress('study');
  let document: AnyStudyDocument;
  try {
    document = await rewordErrors(nameOf, () => {
      const { store, shards, shard, threads } = flags;
      const job = { threads, signal: stop.signal, onProgress: progress.update };
      return runStudy(checked('study', given), { store, shards, shard, ...job });
    });
  } catch (error) {
    sayThatItGoesOn('study', error);
    throw error;
  } finally {
    progress.stop();
    stop.done();
  }
  if (flags.json) printJson(studyJson(document));
  const choice = resolveShard('study', flags, process.env);
  const kept = `kept in ${storePath(flags.store, document.name, choice)}`;
  if (document.kind === 'loop') {
    if (!flags.json) print(loopStudyTable(document));
    const part = choice.shards === 1 ? '' : `shard ${choice.shard} of ${choice.shards}: `;
    say(`${part}${studySummary(document)}; ${kept}`);
    return;
  }
  const part = partOf(document, choice);
  if (!flags.json) print(studyTable(part.document));
  say(`${partSummary(part, document)}; ${kept}`);
}

function checked(command: string, given: Readonly<Record<string, unknown>>): AnyStudyDefinition {
  const place = { where: command, argument: 'definition' };
  return resolve(place, given, tables[kindOf(command, given)]) as AnyStudyDefinition;
}

function explainCommand(): Command {
  const command = new Command('explain')
    .description('what a study will take: cells, time, disk')
    .argument('[file]', 'a study as JSON or YAML; flags override what it says')
    .option('--json', 'print one JSON document instead of a table');
  addFlags(command, definitionFlags);
  addFlags(command.optionsGroup('With --kind loop:'), loopFlags);
  return command.action(async (file: string | undefined, flags: { json?: true }) => {
    const { given, nameOf } = await readDefinition('study explain', file, flags);
    const explanation = await rewordErrors(nameOf, () => explainStudy(checked('study explain', given)));
    if (flags.json) printJson(explanation);
    else print(explanationText(explanation));
  });
}

/** A flag of the other kind of study would have no effect. */
function refuseForeign(command: string, byFlags: object, table: object): void {
  const foreign = Object.keys(byFlags).find((name) => !(name in table));
  if (foreign === undefined) return;
  const kinds = foreign in loopFlags ? 'loops: it needs --kind loop' : 'limit points, not of loops';
  throw new MadloopError('ERR_INVALID_INPUT', `${command}: ${flagName(foreign)} is for studies of ${kinds}`);
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
    .addOption(
      new Flag(
        '--rows <what>',
        'of loops, what a row is: a metric in a generation of a run, its mean, or a cell',
      )
        .choices(loopRows)
        .default(undefined, loopRows[0]),
    )
    .action(async (store: string, { output, rows }: { output?: string; rows?: LoopRows }) => {
      if (output === undefined) {
        await checkStores([store]);
        printExactly(columnsCsv(rowsOf(await readStudy(store), rows)));
        return;
      }
      await checkOutput('study export', output, {
        inputs: [store],
        ending: /\.(csv|json|parquet)$/,
        inWords: '.csv, .json or .parquet',
      });
      await checkStores([store]);
      const write = exporters[extname(output)]!;
      await writeFileAtomically(output, await write(await readStudy(store), rows));
      say(`wrote ${output}`);
    });
}

type Exporter = (
  study: AnyStudyDocument,
  rows: LoopRows | undefined,
) => Promise<string | readonly Uint8Array[]>;

const exporters: Readonly<Record<string, Exporter>> = {
  '.csv': async (study, rows) => columnsCsv(rowsOf(study, rows)),
  '.json': async (study) => `${jsonText(studyJson(study))}\n`,
  '.parquet': async (study, rows) => [await studyParquet(study, rowsOf(study, rows))],
};

function rowsOf(study: AnyStudyDocument, rows: LoopRows | undefined): StudyColumn[] {
  if (rows === undefined || study.kind === 'loop') return studyTableOf(study, rows);
  throw new MadloopError('ERR_INVALID_INPUT', 'study export: --rows is for studies of loops');
}

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
