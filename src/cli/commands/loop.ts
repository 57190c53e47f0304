import { Command } from 'commander';
import { MadloopError } from '../../base/errors.js';
import { sampleSheet } from '../../charts/sample-sheet.js';
import { type Info, info } from '../../engine/info.js';
import type { JobOptions } from '../../engine/job.js';
import { totalOptions } from '../../gaussian-loop/sample-counts.js';
import { biasNames, otherBiasNames, withLambda } from '../../gaussian-loop/sampling-bias.js';
import { type DataLoop, dataLoop, dataLoopParameters } from '../loop/data-loop.js';
import { gaussianLoopParameters, runGaussianLoop } from '../loop/gaussian-loop.js';
import { type LoopResult, loopChart, loopCsv, loopDocument, loopTable } from '../loop/loop-result.js';
import { processOptions, processSettings } from '../loop/process-options.js';
import { expectedRealAlone } from '../loop/real-alone.js';
import { type RunIdentity, RunRecord } from '../loop/run-record.js';
import { keepUnfinished, removeUnfinished } from '../loop/unfinished-loop.js';
import { rewordErrors } from '../terminal/error-wording.js';
import { addFlags } from '../terminal/flags.js';
import { type GivenParameters, givenParameters, withSchedules } from '../terminal/given-parameters.js';
import { stopOnTerm } from '../terminal/interrupts.js';
import { print, printJson, say } from '../terminal/output.js';
import { withProgressBar } from '../terminal/progress.js';
import { hasResultFiles, tryResultFiles, writeResultFiles } from '../terminal/result-files.js';
import { addRunOptions, defaultFolder, numberedFolder, type RunOptions } from '../terminal/run-options.js';

const processAlone = { ...processOptions, ...processSettings };

/** What only a loop over data has. */
const dataAlone = Object.fromEntries(
  Object.entries(dataLoopParameters).filter(
    ([name]) => !(name in gaussianLoopParameters || name in processAlone),
  ),
);

const allParameters = { ...dataLoopParameters, ...gaussianLoopParameters, ...biasNames, ...totalOptions };

export function loopCommand(signal: AbortSignal): Command {
  const command = new Command('loop')
    .description('run one autophagous loop with a Gaussian model, or over data with any model, also your own')
    .argument('[file]', 'parameters as JSON or YAML, or a result of this command to repeat; flags override it')
    .addHelpText(
      'after',
      '\nExamples:\n  madloop loop --dim 100 --real 100 --synthetic 900 --lambda 0.8 -o results\n' +
        "  madloop loop --process 'python3 model.py' --data real.npy --real 1000 --synthetic 4000 -o results\n" +
        '\nA loop with --process that was stopped, by whatever, goes on where it was when the same command is run again.',
    );
  addFlags(command, { ...gaussianLoopParameters, ...biasNames, ...totalOptions });
  addRunOptions(
    command,
    `${defaultFolder}, or ${defaultFolder}-2 and so on where that has a loop; none with --json`,
  );
  addFlags(command.optionsGroup('With --data:'), dataAlone);
  addFlags(command.optionsGroup('With --process:'), processAlone);
  return command.action((file: string | undefined, flags: RunOptions) => runLoopCommand(file, flags, signal));
}

async function runLoopCommand(file: string | undefined, flags: RunOptions, signal: AbortSignal): Promise<void> {
  const asked = await givenParameters('loop', file, flags, allParameters, otherBiasNames);
  const values = await rewordErrors(asked.nameOf, () => withLambda('loop', asked.values));
  const given = { ...asked, values };
  const engine = info();
  warnOfOtherMaker(given, engine);

  const loop = await rewordErrors(given.nameOf, () => prepared(given));
  sayInVain(given);
  const folder = await folderOf(flags, loop.identity);
  if (folder !== undefined) await tryResultFiles(folder, 'loop');
  const run = await rewordErrors(given.nameOf, () =>
    runPrepared(loop, folder, { threads: flags.threads, signal }).catch(async (error: unknown) => {
      await keepUnfinished(error, withSchedules(given.values, allParameters), folder, engine);
      throw error;
    }),
  );

  const result = { ...run, guidance: asked.values.guidance as number | undefined };
  const parameters = withSchedules(result.parameters, allParameters);
  const document = loopDocument({ ...result, parameters }, engine);
  if (flags.json) printJson(document);
  else print(loopTable(result));
  if (folder === undefined) return;
  const { sheet } = result;
  const expected = flags.chart
    ? await expectedRealAlone(result.parameters, result.rows.length, { threads: flags.threads, signal })
    : undefined;
  const pictures = flags.chart
    ? { chart: loopChart(result, expected), ...(sheet && { sheet: sampleSheet(sheet.lines, sheet.options) }) }
    : {};
  const files = { name: 'loop', document, csv: loopCsv(result), ...pictures };
  say(`wrote ${(await writeResultFiles(folder, files, signal)).join(', ')}`);
  if (loop.identity !== undefined) await removeUnfinished(folder);
}

/** The loop that is meant; a parameter of the other kind is refused. */
async function prepared({ values, nameOf }: GivenParameters): Promise<DataLoop> {
  const hasData = values.data !== undefined;
  const own = hasData ? dataLoopParameters : gaussianLoopParameters;
  const foreign = Object.keys(values).find((name) => name in allParameters && !(name in own));
  if (foreign === undefined) {
    if (hasData) return dataLoop(values, nameOf);
    return { identity: undefined, run: (job) => runGaussianLoop(values, job) };
  }
  const instead =
    foreign === 'series'
      ? ': madloop study keeps the values of each run, and says the verdict of mad-test'
      : '';
  const message = hasData ? `is not for real data${instead}` : 'is for real data: it needs --data FILE.npy';
  throw new MadloopError('ERR_INVALID_INPUT', `loop: ${nameOf(foreign) ?? foreign} ${message}`);
}

/** Says that a count of real samples has no effect in a loop that sees none of them later. */
function sayInVain({ values, nameOf }: GivenParameters): void {
  const { variant, real } = values;
  const counts = Array.isArray(real) ? real : [real ?? 0];
  if (variant !== 'fully-synthetic' || counts.every((count) => count === 0)) return;
  say(
    `madloop: of no effect in the fully synthetic loop: ${nameOf('real') ?? 'real'}. ` +
      'It sees real samples in generation 1 alone: --initial says how many',
  );
}

/** Where files go: where the user says; else to a folder that has no loop, or the begun one that is to go on. */
async function folderOf(
  { output, json }: RunOptions,
  identity: RunIdentity | undefined,
): Promise<string | undefined> {
  if (output !== undefined || json) return output;
  return numberedFolder(async (folder) => {
    if (identity !== undefined && (await RunRecord.isIn(folder, identity))) return true;
    return !(await RunRecord.isAnyIn(folder)) && !(await hasResultFiles(folder, 'loop'));
  });
}

/** Runs it, from where its record ends if it can go on later. */
async function runPrepared(
  { identity, run }: DataLoop,
  folder: string | undefined,
  { threads, signal }: JobOptions & { readonly signal: AbortSignal },
): Promise<LoopResult> {
  if (identity === undefined || folder === undefined) {
    if (identity !== undefined) say('loop: nothing is kept without --output: if it is stopped, all is lost');
    return withProgressBar('loop', (onProgress) => run({ threads, signal, onProgress }, undefined));
  }
  const record = await RunRecord.open(folder, identity);
  const stop = stopOnTerm(signal);
  try {
    if (record.finished > 0) say(`loop: ${record.finished} generations are finished in ${record.folder}`);
    return await withProgressBar('loop', (onProgress) =>
      run({ threads, signal: stop.signal, onProgress }, record),
    );
  } catch (error) {
    if (record.finished > 0)
      say(`loop: what is finished is in ${record.folder}, and the same command goes on from there`);
    throw error;
  } finally {
    stop.done();
    await record.close();
  }
}

/** Results repeat bit for bit with the same version and instruction set only. */
function warnOfOtherMaker({ madeBy }: GivenParameters, engine: Info): void {
  if (madeBy === undefined) return;
  const { file, madloop, instructionSet } = madeBy;
  if (madloop !== engine.version) {
    say(`madloop: ${file} was made by madloop ${madloop}, this is ${engine.version}: results may differ`);
  }
  if (instructionSet !== engine.variant) {
    say(
      `madloop: ${file} was made with instruction set ${instructionSet}, this is ${engine.variant}: ` +
        `last digits may differ (MADLOOP_CPU=${instructionSet} uses the other)`,
    );
  }
}
