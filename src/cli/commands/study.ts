import { readFile } from 'node:fs/promises';
import { extname, parse } from 'node:path';
import { Command, Option } from 'commander';
import { parse as parseYaml } from 'yaml';
import { MadloopError } from '../../base/errors.js';
import { writeFileAtomically } from '../../files/atomic-write.js';
import type { StudyDocument } from '../../studies/definition/study-document.js';
import { type StudyDefinition, studyDefinitionOptions } from '../../studies/definition/study-plan.js';
import { readStudy, runStudy } from '../../studies/index.js';
import { studyCsv, studyJson, studyParquet } from '../../studies/store/export-study.js';
import { mergeStudies } from '../../studies/store/merge-studies.js';
import { studyStatus } from '../../studies/store/read-study.js';
import { stopOnTerm } from '../terminal/interrupts.js';
import { jsonText, print, printJson, say } from '../terminal/output.js';
import { threadsOption } from '../terminal/run-options.js';
import { studyProgress } from '../terminal/study-progress.js';
import { statusTable, studySummary, studyTable } from '../terminal/study-result.js';

interface StudyFlags {
  readonly store?: string;
  readonly shards?: number;
  readonly shard?: number;
  readonly threads?: number;
  readonly json?: true;
}

const axisHelp = 'values: 100 or 10,20,50 or 100:10000:20:log (from:to:count)';
const definitionFlags = [
  ['--name <name>', 'of the study and its store (default: that of the file, or study)'],
  ['--title <text>', 'for figures and reports (default: the name)'],
  ['--variant <variant>', 'fresh-data (default) or synthetic-augmentation'],
  ['--divisor <divisor>', 'of covariances: unbiased (default) or mle'],
  ['--method <method>', 'monte-carlo (default), or deterministic: the large-d limit, without standard errors'],
  ['--relative-error <x>', 'standard error over distance in every cell (default 0.001)'],
  ['--seed <n>', 'decides every random number (default 0)'],
  ['--dim <values>', `dimension; ${axisHelp}`],
  ['--real <values>', 'real samples in each generation'],
  ['--synthetic <values>', 'synthetic samples in each generation'],
  ['--total <values>', 'with --real-fraction, instead of --real and --synthetic: all samples'],
  ['--real-fraction <values>', 'of them the fraction that is real'],
  ['--lambda <values>', 'sampling bias, 0 to 1 (default 1: none)'],
  ['--memory <values>', 'past models that synthetic samples come from (default 1)'],
] as const;

export function studyCommand(signal: AbortSignal): Command {
  const command = new Command('study')
    .description('limit points and effective sample sizes of many cells, in a store that survives anything')
    .argument('[file]', 'a study as JSON or YAML; flags override what it says');
  for (const [flag, help] of definitionFlags) command.option(flag, help);
  command
    .option('-s, --store <file>', 'where results go and are taken up from (default: NAME.sqlite)')
    .option('--shards <n>', 'run one of so many parts (default: MADLOOP_SHARDS, else 1)')
    .option('--shard <i>', "which, from 0 (default: MADLOOP_SHARD, else the scheduler's index)")
    .addOption(threadsOption())
    .addOption(new Option('--json', 'print one JSON document instead of a table'))
    .addHelpText(
      'after',
      '\nThe same command run again goes on where it was stopped, by whatever.\n\nExamples:\n' +
        '  madloop study --dim 100 --real 100:1000:20:log --synthetic 100:10000:20:log --lambda 0.7,0.85,1\n' +
        '  madloop study figure-11.yaml --shards 4\n  madloop study status figure-11.sqlite',
    )
    .action((file: string | undefined, flags: StudyFlags) => run(file, flags, signal));
  return command.addCommand(statusCommand()).addCommand(exportCommand()).addCommand(mergeCommand());
}

async function run(file: string | undefined, flags: StudyFlags, signal: AbortSignal): Promise<void> {
  if (file === undefined && !definitionFlags.some(([flag]) => nameOf(flag) in flags)) {
    throw new MadloopError('ERR_INVALID_INPUT', 'study: a file or flags must say which cells, got neither');
  }
  const definition = { ...(file !== undefined && (await readDefinition(file))), ...givenByFlags(flags) };
  const { store, threads } = flags;
  const stop = stopOnTerm(signal);
  const progress = studyProgress();
  let document: StudyDocument;
  try {
    document = await runStudy(definition as StudyDefinition, {
      ...{ store, threads, signal: stop.signal, onProgress: progress.update },
      shards: numberOf(flags.shards) as number | undefined,
      shard: numberOf(flags.shard) as number | undefined,
    });
  } catch (error) {
    if (error instanceof MadloopError && error.code === 'ERR_ABORTED') {
      say('study: what is finished is in the store, and the same command goes on from there');
    }
    throw error;
  } finally {
    progress.stop();
    stop.done();
  }
  if (flags.json) printJson(studyJson(document));
  else print(studyTable(document));
  say(studySummary(document));
}

function statusCommand(): Command {
  return new Command('status')
    .description('how far the studies in stores have come; they may be running')
    .argument('<stores...>', 'files that madloop study makes')
    .option('--json', 'print one JSON document instead of a table')
    .action(async (stores: string[], _: unknown, self: Command) => {
      const flags = onlyOwn(self, 'study status', ['json']);
      const all = [];
      for (const store of stores) all.push({ store, ...(await studyStatus('study status', store)) });
      if (flags.json) printJson(all);
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
    .action(async (store: string, _: unknown, self: Command) => {
      const { output } = onlyOwn(self, 'study export', ['output']);
      if (typeof output !== 'string') {
        process.stdout.write(studyCsv(await readStudy(store)));
        return;
      }
      const write = exporters[extname(output)];
      if (write === undefined) {
        const message = `study export: --output must end in .csv, .json or .parquet, got ${output}`;
        throw new MadloopError('ERR_INVALID_INPUT', message);
      }
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
    .action(async (stores: string[], _: unknown, self: Command) => {
      const { output } = onlyOwn(self, 'study merge', ['output']);
      if (typeof output !== 'string') {
        throw new MadloopError('ERR_INVALID_INPUT', "study merge: option '-o, --output <file>' must be given");
      }
      await mergeStudies('study merge', stores, output);
      const { done, refused, cells } = await studyStatus('study merge', output);
      say(`wrote ${output}: ${done + refused} of ${cells} cells`);
    });
}

/** The flags of a subcommand. commander gives flags that the outer command knows to that one, wherever they stand. */
function onlyOwn(self: Command, where: string, own: readonly string[]): Record<string, unknown> {
  const flags = self.optsWithGlobals<Record<string, unknown>>();
  for (const [flag] of [...definitionFlags, ...otherFlags]) {
    const name = nameOf(flag);
    if (flags[name] !== undefined && !own.includes(name)) {
      throw new MadloopError('ERR_INVALID_INPUT', `${where}: unknown option '${flag.split(' ')[0]}'`);
    }
  }
  return flags;
}

const otherFlags = [
  ['--store <file>'],
  ['--shards <n>'],
  ['--shard <i>'],
  ['--threads <n>'],
  ['--json'],
] as const;

/** "--real-fraction <values>" as commander names it: realFraction. */
function nameOf(flag: string): string {
  const [long = ''] = flag.slice(2).split(' ');
  return long.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

function givenByFlags(flags: object): Record<string, unknown> {
  const given: Record<string, unknown> = {};
  for (const name of Object.keys(studyDefinitionOptions)) {
    const value = (flags as Record<string, unknown>)[name];
    if (value !== undefined) given[name] = name === 'relativeError' ? numberOf(value) : value;
  }
  return given;
}

/** A number where the text is one; other text stays, for the check to quote. */
function numberOf(text: unknown): unknown {
  return typeof text !== 'string' || text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text);
}

/** A study's file: an object in JSON or YAML. Its name without extension is the study's, unless it says another. */
async function readDefinition(path: string): Promise<Record<string, unknown>> {
  const wrong = (message: string, cause?: unknown) => new MadloopError('ERR_INVALID_INPUT', message, { cause });
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw wrong(`cannot read ${path}: ${(error as Error).message}`, error);
  }
  const { name, ext } = parse(path);
  let content: unknown;
  try {
    content = /^\.ya?ml$/.test(ext) ? parseYaml(text) : JSON.parse(text);
  } catch (error) {
    throw wrong(`${path} is not ${ext === '.json' ? 'JSON' : 'readable'}: ${(error as Error).message}`, error);
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw wrong(`${path}: the document must be an object that describes a study`);
  }
  return { name, ...content };
}
