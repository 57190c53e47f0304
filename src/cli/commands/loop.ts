import { Command } from 'commander';
import { MadloopError } from '../../base/errors.js';
import { sampleSheet } from '../../charts/sample-sheet.js';
import { type Info, info } from '../../engine/info.js';
import type { JobOptions } from '../../engine/job.js';
import { dataLoopParameters, runDataLoop } from '../loop/data-loop.js';
import { gaussianLoopParameters, runGaussianLoop } from '../loop/gaussian-loop.js';
import { type LoopResult, loopChart, loopCsv, loopDocument, loopTable } from '../loop/loop-result.js';
import { keepUnfinished } from '../loop/unfinished-loop.js';
import { rewordErrors } from '../terminal/error-wording.js';
import { addFlags } from '../terminal/flags.js';
import { type GivenParameters, givenParameters, withSchedules } from '../terminal/given-parameters.js';
import { print, printJson, say } from '../terminal/output.js';
import { withProgressBar } from '../terminal/progress.js';
import { tryResultFiles, writeResultFiles } from '../terminal/result-files.js';
import { addRunOptions, type RunOptions } from '../terminal/run-options.js';

/** What only a loop over data has. */
const dataAlone = Object.fromEntries(
  Object.entries(dataLoopParameters).filter(([name]) => !(name in gaussianLoopParameters)),
);

const allParameters = { ...dataLoopParameters, ...gaussianLoopParameters };

export function loopCommand(signal: AbortSignal): Command {
  const command = new Command('loop')
    .description('run one autophagous loop with a Gaussian model, or over data with any model of the core')
    .argument('[file]', 'parameters as JSON or YAML, or a result of this command to repeat; flags override it')
    .addHelpText(
      'after',
      '\nExample:\n  madloop loop --dim 100 --real 100 --synthetic 900 --lambda 0.8 -o results',
    );
  addFlags(command, gaussianLoopParameters);
  addRunOptions(command);
  addFlags(command.optionsGroup('With --data:'), dataAlone);
  return command.action((file: string | undefined, flags: RunOptions) => runLoopCommand(file, flags, signal));
}

async function runLoopCommand(file: string | undefined, flags: RunOptions, signal: AbortSignal): Promise<void> {
  const given = await givenParameters('loop', file, flags, allParameters);
  const engine = info();
  warnOfOtherMaker(given, engine);

  const folder = flags.output ?? (flags.json ? undefined : 'madloop-results');
  if (folder !== undefined) await tryResultFiles(folder, 'loop');
  const result = await rewordErrors(given.nameOf, () =>
    withProgressBar('loop', (onProgress) => run(given, { threads: flags.threads, signal, onProgress })).catch(
      async (error: unknown) => {
        await keepUnfinished(error, withSchedules(given.values, allParameters), folder, engine);
        throw error;
      },
    ),
  );

  const parameters = withSchedules(result.parameters, allParameters);
  const document = loopDocument({ ...result, parameters }, engine);
  if (flags.json) printJson(document);
  else print(loopTable(result));
  if (folder === undefined) return;
  const { sheet } = result;
  const pictures = flags.chart
    ? { chart: loopChart(result), ...(sheet && { sheet: sampleSheet(sheet.lines, sheet.options) }) }
    : {};
  const files = { name: 'loop', document, csv: loopCsv(result), ...pictures };
  say(`wrote ${(await writeResultFiles(folder, files, signal)).join(', ')}`);
}

/** Runs the loop that is meant; a parameter of the other kind is refused. */
function run({ values, nameOf }: GivenParameters, job: JobOptions): Promise<LoopResult> {
  const hasData = values.data !== undefined;
  const own = hasData ? dataLoopParameters : gaussianLoopParameters;
  const foreign = Object.keys(values).find((name) => name in allParameters && !(name in own));
  if (foreign === undefined) return hasData ? runDataLoop(values, job) : runGaussianLoop(values, job);
  const message = hasData ? 'is not for real data' : 'is for real data: it needs --data FILE.npy';
  throw new MadloopError('ERR_INVALID_INPUT', `loop: ${nameOf(foreign) ?? foreign} ${message}`);
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
