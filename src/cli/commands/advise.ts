import { Command } from 'commander';
import type { Advice } from '../../advice/advice.js';
import { advise, adviseSeconds } from '../../advice/advise.js';
import { effectiveRank } from '../../advice/effective-rank.js';
import { type AdviseOptions, adviseOptions } from '../../advice/options.js';
import { mustError } from '../../base/check.js';
import { MadloopError } from '../../base/errors.js';
import { text } from '../../base/options.js';
import { numberText } from '../../charts/numbers.js';
import { info } from '../../engine/info.js';
import { arrayNameOption } from '../../features/matrix-file.js';
import { momentsOfFile } from '../../features/moments-of-file.js';
import { totalOptions } from '../../gaussian-loop/sample-counts.js';
import { otherBiasNames } from '../../gaussian-loop/sampling-bias.js';
import { adviceChart, adviceCsv } from '../advice/advice-files.js';
import { adviceText } from '../advice/advice-text.js';
import { enoughRowsOfColumn } from '../evaluate/measurements.js';
import { warnOfCost } from '../terminal/cost.js';
import { rewordErrors } from '../terminal/error-wording.js';
import { addFlags, flagName } from '../terminal/flags.js';
import { givenParameters } from '../terminal/given-parameters.js';
import { print, printJson, say } from '../terminal/output.js';
import { withProgressBar } from '../terminal/progress.js';
import { readInput } from '../terminal/read-input.js';
import { tryResultFiles, writeResultFiles } from '../terminal/result-files.js';
import { addRunOptions, type RunOptions } from '../terminal/run-options.js';

const { threads, signal, onProgress, ...questions } = adviseOptions;

const parameters = {
  ...questions,
  data: text('be the path of a .npy file')
    .optional()
    .doc('features, a row a sample: their columns are the dimension, and their effective rank another')
    .flag('<file.npy>'),
  dataArray: arrayNameOption('its only matrix').doc('the array of an .npz file that holds them'),
  ...totalOptions,
};

/** What a flag stands for in a file under other names. */
const otherNames = {
  synthetic: ['syntheticShare'],
  syntheticShare: ['synthetic'],
  ...otherBiasNames,
  dim: ['data', 'dataArray', 'reference'],
  data: ['dim', 'dataArray', 'reference'],
  precise: ['method'],
  method: ['precise'],
};

export function adviseCommand(signal: AbortSignal): Command {
  const command = new Command('advise')
    .description('do synthetic samples help or hurt? up to how many, and what would change it')
    .argument('[file]', 'parameters as JSON or YAML, or a result of this command to repeat; flags override it')
    .addHelpText(
      'after',
      '\nExamples:\n  madloop advise --real 10000 --synthetic-share 0.3 --guidance 0.5 --dim 100' +
        '\n  madloop advise --real 10000 --synthetic 4000 --lambda 0.8 --data features.npy -o advice',
    );
  addFlags(command, parameters);
  addRunOptions(command, 'none');
  return command.action((file: string | undefined, flags: RunOptions) => run(file, flags, signal));
}

async function run(file: string | undefined, flags: RunOptions, signal: AbortSignal): Promise<void> {
  const given = await givenParameters('advise', file, flags, parameters, otherNames);
  if (flags.output !== undefined) await tryResultFiles(flags.output, 'advise');
  const { data, dataArray, ...asked } = given.values;
  const job = { threads: flags.threads, signal };
  const reference = await rewordErrors(given.nameOf, () => referenceOf(data, dataArray, asked, job));
  // Checked by the functions themselves.
  const options = { ...asked, ...(reference && { reference }), ...job } as unknown as AdviseOptions;
  const nameOf = (name: string) => given.nameOf(name) ?? (name === 'reference' ? flagName('data') : undefined);
  const advice = await rewordErrors(nameOf, async () => {
    const cost = { seconds: await adviseSeconds(options), instead: quickerWay(asked) };
    warnOfCost('advise', cost, flags.threads);
    return withProgressBar('advise', (onProgress) => advise({ ...options, onProgress }));
  });
  const { version, variant } = info();
  const document = {
    ...{ madloop: version, instructionSet: variant, command: 'advise' },
    parameters: repeatable(advice, { data, dataArray }, asked),
    ...advice,
  };
  if (flags.json) printJson(document);
  else print(adviceText(advice, asked.guidance as number | undefined));
  if (flags.output === undefined) return;
  const chart = flags.chart ? adviceChart(advice) : undefined;
  if (flags.chart && !chart) say('no map is drawn: there is none without other d and lambda');
  const files = { name: 'advise', document, csv: adviceCsv(advice), ...(chart && { chart }) };
  say(`wrote ${(await writeResultFiles(flags.output, files, signal)).join(', ')}`);
}

/** How to have an answer in seconds. */
function quickerWay({ precise, method, memory = 1 }: Readonly<Record<string, unknown>>): string {
  if (precise) return 'it takes less without --precise';
  if (memory !== 1)
    return 'a larger --relative-error takes less; --memory 1 --method deterministic answers in seconds, but of another loop';
  const way = '--method deterministic answers in seconds';
  return method === 'monte-carlo' ? way : `${way}, with a band whose accuracy is not measured there`;
}

/** Mean and covariance of the data, where there are any. */
async function referenceOf(
  data: unknown,
  dataArray: unknown,
  asked: Readonly<Record<string, unknown>>,
  job: { threads: number | undefined; signal: AbortSignal },
): Promise<{ mean: Float64Array; covariance: Float64Array } | undefined> {
  const path = parameters.data.resolve('advise', 'data', data, {});
  const array = parameters.dataArray.resolve('advise', 'dataArray', dataArray, {});
  if (path === undefined) {
    if (array === undefined) return undefined;
    throw new MadloopError('ERR_INVALID_INPUT', `advise: ${flagName('dataArray')} is for ${flagName('data')}`);
  }
  if (asked.reference !== undefined)
    throw new MadloopError(
      'ERR_INVALID_INPUT',
      `advise: reference must be left out beside ${flagName('data')}`,
    );
  const nameOf = (name: string) => (name === 'array' ? flagName('dataArray') : undefined);
  const { mean, covariance, count } = await readInput(momentsOfFile(path, { array, ...job }), nameOf);
  const { length: cols } = mean;
  if (!(effectiveRank(cols, covariance) >= 1))
    throw new MadloopError('ERR_INVALID_INPUT', `${path} must hold two rows or more that are not all the same`);
  if (asked.dim !== undefined && asked.dim !== cols)
    throw mustError(
      'advise',
      flagName('dim'),
      `be the columns of ${path}, ${cols}, or left out`,
      String(asked.dim),
    );
  if (count !== undefined && count < enoughRowsOfColumn * cols)
    say(
      `few rows: fewer than ${enoughRowsOfColumn} for each column, so that the effective rank comes out too low: ${path} has ${numberText(count)} for ${numberText(cols)}`,
    );
  return { mean, covariance };
}

/** What, given back to the command, repeats the answer. */
function repeatable(
  { inputs }: Advice,
  data: object,
  { reference }: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const { kept: _, syntheticShare: __, heldShare: syntheticShare, synthetic, ...counts } = inputs;
  const question = { ...counts, ...(syntheticShare === undefined ? { synthetic } : { syntheticShare }) };
  return { ...question, ...data, ...(reference !== undefined && { reference }) };
}
