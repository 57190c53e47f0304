import { Command } from 'commander';
import { mustError } from '../../base/check.js';
import { MadloopError } from '../../base/errors.js';
import { boolean, checked, resolve, seed } from '../../base/options.js';
import { info } from '../../engine/info.js';
import type { JobOptions } from '../../engine/job.js';
import { progressOfParts } from '../../engine/progress-of-parts.js';
import { frechetDistanceInfinityOptions } from '../../metrics/frechet-distance-infinity.js';
import { checkSameExtractor } from '../../metrics/frechet-sides.js';
import { kernelDistanceOptions } from '../../metrics/kernel-distance.js';
import { precisionRecallOptions } from '../../metrics/precision-recall.js';
import { evaluationText } from '../evaluate/evaluation-text.js';
import {
  exactNotes,
  flagsInVain,
  heavyTailNotes,
  type Plan,
  plan,
  type Row,
  withRemainingBias,
} from '../evaluate/measurements.js';
import { noVarianceNotes } from '../evaluate/no-variance.js';
import { sharedRowsNotes } from '../evaluate/shared-rows.js';
import { arrayParameters, describeSide, isMatrix, readSide } from '../evaluate/sides.js';
import { rewordErrors } from '../terminal/error-wording.js';
import { exitCodeOf, exitCodes } from '../terminal/exit-codes.js';
import { addFlags, givenByFlags } from '../terminal/flags.js';
import { namesOf } from '../terminal/given-parameters.js';
import { print, printable, printJson, say } from '../terminal/output.js';
import { type Part, withProgressBar } from '../terminal/progress.js';
import { threadsOption } from '../terminal/run-options.js';

const evaluateParameters = {
  k: checked('integers', checkKs)
    .or([5], '5')
    .doc('neighbours that make a ball, as 5 or 3,5,10')
    .flag('<list>'),
  convention: precisionRecallOptions.convention,
  seed: seed().doc('decides the random groups, halves and blocks behind the errors'),
  extrapolate: frechetDistanceInfinityOptions.extrapolate
    .optional('both, or generated where the real side is statistics')
    .doc(
      'which samples FD∞ makes infinite: generated alone in the paper, which leaves in it the bias of the real ones',
    ),
  anyExtractor: boolean().or(false, '').doc('compare features even where their extractors differ'),
};

const { blockSize, blocks, subsets, degree, gamma, coef0 } = kernelDistanceOptions;
/** What the flags of the kernel distance may be depends on the samples. */
const kernelParameters = {
  blockSize: blockSize.optional('all rows, in blocks of 1,000 or more'),
  blocks,
  subsets,
  degree,
  gamma,
  coef0,
};

const allParameters = { ...evaluateParameters, ...kernelParameters, ...arrayParameters };

interface Flags {
  readonly infinity: boolean;
  readonly json?: true;
  readonly threads?: number;
}

export function evaluateCommand(signal: AbortSignal): Command {
  const command = new Command('evaluate')
    .description('all metrics of generated samples against real ones, with 95 % intervals and biases')
    .argument('<real>', 'features (.npy or .npz, a row a sample) or statistics (.npz with mu and sigma)')
    .argument('<generated>', 'the same of the generated samples')
    .addHelpText('after', '\nExample:\n  madloop evaluate real.npy generated.npy --k 3,5');
  addFlags(command, evaluateParameters);
  command
    .option('--no-infinity', 'leave out FD∞, which takes as long as a hundred distances')
    .option('--json', 'print one JSON document instead of a table')
    .addOption(threadsOption());
  addFlags(command.optionsGroup('Arrays of .npz files:'), arrayParameters);
  addFlags(command.optionsGroup('Kernel distance:'), kernelParameters);
  return command.action((real: string, generated: string, flags: Flags) =>
    runEvaluate({ real, generated }, flags, signal),
  );
}

async function runEvaluate(
  files: { readonly real: string; readonly generated: string },
  flags: Flags,
  signal: AbortSignal,
): Promise<void> {
  const given = givenByFlags(flags, evaluateParameters);
  const kernel = givenByFlags(flags, kernelParameters);
  const flagOf = namesOf(allParameters, givenByFlags(flags, allParameters));
  const parameters = await rewordErrors(flagOf, () => resolve('evaluate', given, evaluateParameters));
  const names = await rewordErrors(flagOf, () =>
    resolve('evaluate', givenByFlags(flags, arrayParameters), arrayParameters),
  );
  const read = {
    real: await readSide(
      'real',
      files.real,
      { array: names.realArray, mean: names.realMean, covariance: names.realCovariance },
      signal,
    ),
    generated: await readSide(
      'generated',
      files.generated,
      { array: names.generatedArray, mean: names.generatedMean, covariance: names.generatedCovariance },
      signal,
    ),
  };
  const [real, generated] = [read.real.side, read.generated.side];
  const nameOf = (argument: string): string | undefined =>
    ({ a: files.real, b: files.generated, reference: files.real, ...files })[argument] ??
    flagOf(argument.replace(/\[\d+\]$/, ''));
  if (!parameters.anyExtractor) {
    await rewordErrors(nameOf, () =>
      checkSameExtractor('evaluate', 'real and generated', read.real.extractor, read.generated.extractor),
    );
  }
  if (isMatrix(real) && isMatrix(generated)) {
    // Flags that cannot be met end the command before it computes anything.
    const sizes = { rowsOfA: real.rows, rowsOfB: generated.rows, cols: real.cols };
    await rewordErrors(flagOf, () => resolve('evaluate', kernel, kernelParameters, sizes));
  }
  const extrapolate = await rewordErrors(nameOf, () =>
    extrapolated(parameters.extrapolate, flags, isMatrix(real)),
  );
  const wishes = { kGiven: given.k !== undefined, infinity: flags.infinity };
  const all = plan({ real, generated }, files, { ...parameters, extrapolate, kernel }, wishes);
  const shared =
    isMatrix(real) && isMatrix(generated) ? await sharedRowsNotes(real, generated, files, signal) : [];
  const constant = await noVarianceNotes({ real, generated }, files, signal);
  const { reasons, ...measured } = await measureAll(all, nameOf, { threads: flags.threads, signal });
  const rows = isMatrix(real) ? withRemainingBias(measured.rows) : measured.rows;
  const exact = exactNotes({ real, generated }, files, rows);
  const notes = [
    ...[...read.real.notes, ...read.generated.notes, ...all.notes],
    ...flagsInVain({ real, generated }, { ...given, ...kernel }),
    ...[...constant, ...shared],
    ...[...measured.notes, ...heavyTailNotes(rows)],
  ];
  // The table says at its foot what is missing.
  const said = flags.json ? [...notes, ...exact, ...reasons] : notes;
  for (const note of said) say(`madloop: ${note}`);

  const sides = {
    real: describeSide(files.real, read.real),
    generated: describeSide(files.generated, read.generated),
  };
  if (flags.json) {
    const { version, variant } = info();
    const made = { madloop: version, instructionSet: variant, command: 'evaluate', ...sides };
    const resolved = { ...printable(parameters), ...(flags.infinity && { extrapolate }), ...kernel };
    printJson({ ...made, parameters: resolved, metrics: rows, notes: said });
  } else {
    print(evaluationText({ ...sides, rows, exact, reasons }));
  }
  if (measured.failure !== undefined) throw measured.failure;
}

/** Which samples FD∞ is extrapolated over. */
function extrapolated(
  given: 'generated' | 'both' | undefined,
  { infinity }: Flags,
  hasRealSamples: boolean,
): 'generated' | 'both' {
  const must = (requirement: string) => mustError('evaluate', 'extrapolate', requirement, String(given));
  if (given !== undefined && !infinity) throw must('be left out with --no-infinity');
  if (given === 'both' && !hasRealSamples) throw must('be generated where the real side is statistics');
  return given ?? (hasRealSamples ? 'both' : 'generated');
}

interface Result {
  readonly rows: readonly Row[];
  readonly reasons: readonly string[];
  readonly notes: readonly string[];
  /** What the command fails with after all that is done. */
  readonly failure: unknown;
}

/**
 * Every metric that the sides allow. One that the data do not leaves the others, and its error is a note; where none is left,
 * the first error ends the command. What went wrong otherwise, or was asked for in vain, fails it at the end.
 */
async function measureAll(
  { measurements, unmet }: Plan,
  nameOf: (argument: string) => string | undefined,
  job: JobOptions,
): Promise<Result> {
  const rows: Row[] = [];
  const wishes = await Promise.all(
    unmet.map((wish) => rewordErrors(nameOf, () => Promise.reject(wish)).catch((error: Error) => error)),
  );
  let failure: unknown = wishes[0];
  const reasons: string[] = [];
  const notes = wishes.slice(1).map(({ message }) => message);
  if (failure !== undefined && !measurements.some(({ title }) => title === 'precision and recall'))
    throw failure;
  const errors: unknown[] = [];
  await withProgressBar('evaluate', async (show) => {
    let details = '';
    const onProgress = (part: Part) => show({ ...part, details });
    const next = progressOfParts(
      { ...job, onProgress },
      measurements.map(({ cost }) => cost),
    );
    for (const { title, measure } of measurements) {
      details = title;
      try {
        const measured = await rewordErrors(nameOf, () => measure(next()));
        rows.push(...measured.rows);
        reasons.push(...(measured.reasons ?? []));
        notes.push(...(measured.notes ?? []));
      } catch (error) {
        if (!(error instanceof MadloopError) || error.code === 'ERR_ABORTED') throw error;
        errors.push(error);
        // Which function it was the title says.
        notes.push(`${title} left out: ${error.message.replace(/^\w+: (?=.* must )/su, '')}`);
        if (exitCodeOf(error) === exitCodes.failed) failure ??= error;
      }
    }
  });
  if (rows.length === 0) throw errors[0];
  return { rows, reasons, notes, failure };
}

function checkKs(where: string, argument: string, value: unknown): number[] {
  const ks = String(value).split(',').map(Number);
  if (ks.every((k) => Number.isSafeInteger(k) && k >= 1)) return ks;
  throw mustError(where, argument, 'be integers of at least 1, as 5 or 3,5,10', String(value));
}
