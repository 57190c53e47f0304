import { Command } from 'commander';
import { MadloopError } from '../../base/errors.js';
import { sampleSheet } from '../../charts/sample-sheet.js';
import { type Info, info } from '../../engine/info.js';
import type { JobOptions } from '../../engine/job.js';
import { simulateGaussianLoop } from '../../gaussian-loop/simulate-gaussian-loop.js';
import { runDataLoop } from '../loop/data-loop.js';
import {
  type GivenParameters,
  givenByFlags,
  loopFlags,
  type ParameterFile,
  readParameterFile,
} from '../loop/loop-parameters.js';
import { type LoopResult, loopChart, loopCsv, loopDocument, loopTable } from '../loop/loop-result.js';
import { keepUnfinished } from '../loop/unfinished-loop.js';
import { print, printJson, say } from '../terminal/output.js';
import { withProgressBar } from '../terminal/progress.js';
import { writeResultFiles } from '../terminal/result-files.js';
import { addRunOptions, type RunOptions } from '../terminal/run-options.js';

export function loopCommand(signal: AbortSignal): Command {
  const command = new Command('loop')
    .description('run one autophagous loop with a Gaussian model')
    .argument('[file.json]', 'parameters, or a result of this command to repeat; flags override it')
    .addHelpText(
      'after',
      '\nExample:\n  madloop loop --dim 100 --real 100 --synthetic 900 --lambda 0.8 -o results',
    );
  for (const option of loopFlags()) command.addOption(option);
  addRunOptions(command);
  return command.action((file: string | undefined, flags: RunOptions) => runLoopCommand(file, flags, signal));
}

async function runLoopCommand(file: string | undefined, flags: RunOptions, signal: AbortSignal): Promise<void> {
  const fromFile: ParameterFile =
    file === undefined ? { parameters: {} } : await readParameterFile(file, 'loop');
  const engine = info();
  warnOfOtherMaker(file, fromFile, engine);
  const given: GivenParameters = {
    variant: 'fresh-data',
    generations: 20,
    ...fromFile.parameters,
    ...givenByFlags({ ...flags }),
  };

  const folder = flags.output ?? (flags.json ? undefined : 'madloop-results');
  const result = await withProgressBar('loop', (onProgress) => {
    const job = { threads: flags.threads, signal, onProgress };
    return given.data === undefined ? runGaussianLoop(given, job) : runDataLoop(given, job);
  }).catch(async (error: unknown) => {
    await keepUnfinished(error, given, folder, engine);
    throw error;
  });

  const document = loopDocument(result, engine);
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

/** What only a loop over data has. */
const dataParameters = ['model', 'components', 'covariance', 'bandwidth', 'heldOut', 'metrics', 'image'];

async function runGaussianLoop(given: GivenParameters, job: JobOptions): Promise<LoopResult> {
  const foreign = dataParameters.find((name) => name in given);
  if (foreign !== undefined) {
    throw new MadloopError('ERR_INVALID_INPUT', `loop: ${foreign} is for real data: it needs --data FILE.npy`);
  }
  // The library checks every value and every name: what it is given here may be anything.
  const options = { replicates: 100, ...given, ...job } as unknown as Parameters<
    typeof simulateGaussianLoop
  >[0];
  const { generations, parameters } = await simulateGaussianLoop(options);
  const { reference, ...plain } = parameters;
  return {
    parameters: {
      ...plain,
      ...(reference && { reference: { mean: [...reference.mean], covariance: [...reference.covariance] } }),
    },
    rows: generations.map(({ t, ...metrics }) => ({ t, metrics })),
  };
}

/** Results repeat bit for bit with the same version and instruction set only. */
function warnOfOtherMaker(file: string | undefined, made: ParameterFile, engine: Info): void {
  if (made.madloop === undefined) return;
  if (made.madloop !== engine.version) {
    say(`madloop: ${file} was made by madloop ${made.madloop}, this is ${engine.version}: results may differ`);
  }
  if (made.instructionSet !== engine.variant) {
    say(
      `madloop: ${file} was made with instruction set ${made.instructionSet}, this is ${engine.variant}: ` +
        `last digits may differ (MADLOOP_CPU=${made.instructionSet} uses the other)`,
    );
  }
}
