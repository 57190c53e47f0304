import { Command } from 'commander';
import { mustError } from '../../base/check.js';
import { checked, resolve, seed, type ValuesOf } from '../../base/options.js';
import type { Matrix } from '../../base/shapes.js';
import { withError } from '../../charts/numbers.js';
import { info } from '../../engine/info.js';
import type { JobOptions } from '../../engine/job.js';
import { readMatrix } from '../../features/matrix-file.js';
import type { Statistics } from '../../features/statistics.js';
import { readStatistics } from '../../features/statistics-file.js';
import { withFile } from '../../files/byte-source.js';
import { holdsStatistics } from '../../files/matrix.js';
import { openArrayFile } from '../../files/stored-array.js';
import { frechetDistance } from '../../metrics/frechet.js';
import { canExtrapolate, frechetDistanceInfinity } from '../../metrics/frechet-distance-infinity.js';
import { frechetDistanceInterval } from '../../metrics/frechet-distance-interval.js';
import { kernelDistance } from '../../metrics/kernel-distance.js';
import { precisionRecall, precisionRecallOptions } from '../../metrics/precision-recall.js';
import { rewordErrors } from '../terminal/error-wording.js';
import { addFlags, givenByFlags } from '../terminal/flags.js';
import { namesOf } from '../terminal/given-parameters.js';
import { print, printable, printJson, say } from '../terminal/output.js';
import { withProgressBar } from '../terminal/progress.js';
import { readInput } from '../terminal/read-input.js';
import { threadsOption } from '../terminal/run-options.js';
import { tableText } from '../terminal/table.js';

const evaluateParameters = {
  k: checked('integers', checkKs)
    .or([5], '5')
    .doc('neighbours that make a ball, as 5 or 3,5,10')
    .flag('<list>'),
  convention: precisionRecallOptions.convention,
  seed: seed().doc('decides the random groups, halves and blocks behind the errors'),
};

type Parameters = ValuesOf<typeof evaluateParameters>;

interface Flags {
  readonly infinity: boolean;
  readonly realArray?: string;
  readonly generatedArray?: string;
  readonly json?: true;
  readonly threads?: number;
}

/** One line of the table. */
interface Row {
  readonly metric: string;
  /** k of the k-nearest-neighbour metrics. */
  readonly k?: number;
  readonly value: number;
  /** Null where it cannot be had. */
  readonly standardError: number | null;
  readonly interval: readonly [number, number] | null;
}

type Side = Matrix | Statistics;

interface SamplingError {
  readonly standardError: number;
  readonly interval: readonly [number, number];
}

const manifoldMetrics = ['precision', 'recall', 'density', 'coverage'] as const;

export function evaluateCommand(signal: AbortSignal): Command {
  const command = new Command('evaluate')
    .description('all metrics of generated samples against real ones, with 95 % intervals')
    .argument('<real>', 'features (.npy or .npz, a row a sample) or statistics (.npz with mu and sigma)')
    .argument('<generated>', 'the same of the generated samples');
  addFlags(command, evaluateParameters);
  return command
    .option('--no-infinity', 'leave out FD∞, which takes as long as a hundred distances')
    .option('--real-array <name>', 'the array of an .npz file (default: its only matrix)')
    .option('--generated-array <name>', 'the same for the generated samples')
    .option('--json', 'print one JSON document instead of a table')
    .addOption(threadsOption())
    .addHelpText('after', '\nExample:\n  madloop evaluate real.npy generated.npy --k 3,5')
    .action((real: string, generated: string, flags: Flags) => runEvaluate({ real, generated }, flags, signal));
}

async function runEvaluate(
  files: { readonly real: string; readonly generated: string },
  flags: Flags,
  signal: AbortSignal,
): Promise<void> {
  const given = givenByFlags(flags, evaluateParameters);
  const flagOf = namesOf(evaluateParameters, given);
  const parameters = await rewordErrors(flagOf, () => resolve('evaluate', given, evaluateParameters));
  const real = await readSide(files.real, flags.realArray, signal);
  const generated = await readSide(files.generated, flags.generatedArray, signal);
  const nameOf = (argument: string): string | undefined =>
    ({ a: files.real, b: files.generated })[argument] ?? flagOf(argument.replace(/\[\d+\]$/, ''));
  const rows: Row[] = [];
  for (const [title, measure] of measurements(real, generated, parameters, flags)) {
    const job = { threads: flags.threads, signal };
    const named = await rewordErrors(nameOf, () =>
      withProgressBar(title, (onProgress) => measure({ ...job, onProgress })),
    );
    rows.push(...named);
  }
  const { version, variant } = info();
  if (flags.json) {
    const sides = { real: describeSide(files.real, real), generated: describeSide(files.generated, generated) };
    const made = { madloop: version, instructionSet: variant, command: 'evaluate', ...sides };
    printJson({ ...made, parameters: printable(parameters), metrics: rows });
  } else {
    print(tableText(['metric', 'value', '95 % interval'], rows.map(cells)));
  }
}

type Measure = (job: JobOptions) => Promise<Row[]>;

/** What can be measured of these sides; what cannot, with the reason, goes to standard error. */
function measurements(
  real: Side,
  generated: Side,
  { k, convention, seed }: Parameters,
  { infinity }: Flags,
): [title: string, Measure][] {
  const list: [string, Measure][] = [];
  if (isMatrix(real) || isMatrix(generated)) {
    list.push([
      'frechet distance',
      async (job) => {
        const result = await frechetDistanceInterval(real, generated, { seed, ...job });
        return [row('frechetDistance', result.distance, result)];
      },
    ]);
  } else {
    list.push([
      'frechet distance',
      async (job) => {
        const { distance } = await frechetDistance(real, generated, job);
        return [{ metric: 'frechetDistance', value: distance, standardError: null, interval: null }];
      },
    ]);
    say('madloop: statistics alone leave no samples to estimate errors from');
  }
  if (infinity && isMatrix(generated)) {
    if (canExtrapolate(generated)) {
      list.push([
        'FD infinity',
        async (job) => {
          const result = await frechetDistanceInfinity(real, generated, { seed, ...job });
          return [row('frechetDistanceInfinity', result.distance, result)];
        },
      ]);
    } else {
      const { rows, cols } = generated;
      say(
        `madloop: FD∞ left out: ${rows} generated samples of ${cols} columns are too few to extrapolate from`,
      );
    }
  }
  if (!isMatrix(real) || !isMatrix(generated)) {
    say('madloop: kernel distance, precision, recall, density and coverage need the samples of both sides');
    return list;
  }
  list.push([
    'kernel distance',
    async (job) => {
      const result = await kernelDistance(real, generated, { seed, ...job });
      return [row('kernelDistance', result.distance, result)];
    },
  ]);
  list.push([
    'precision and recall',
    async (job) => {
      const results = await precisionRecall(real, generated, { k, convention, seed, intervals: true, ...job });
      return results.flatMap(({ standardErrors, intervals, ...result }) =>
        manifoldMetrics.map((metric) => {
          const error = { standardError: standardErrors![metric], interval: intervals![metric] };
          return row(metric, result[metric], error, result.k);
        }),
      );
    },
  ]);
  return list;
}

/** The row of a metric that comes with its error; NaN stands for one that cannot be had. */
function row(metric: string, value: number, error: SamplingError, k?: number): Row {
  const known = Number.isFinite(error.standardError);
  return {
    metric,
    ...(k !== undefined && { k }),
    value,
    standardError: known ? error.standardError : null,
    interval: known ? error.interval : null,
  };
}

function cells({ metric, k, value, standardError, interval }: Row): string[] {
  const digits = (end: number) => String(Number(end.toPrecision(4)));
  return [
    k === undefined ? metric : `${metric} (k = ${k})`,
    withError(value, standardError ?? Number.NaN),
    interval === null ? '-' : `${digits(interval[0])} to ${digits(interval[1])}`,
  ];
}

function isMatrix(side: Side): side is Matrix {
  return 'data' in side;
}

function describeSide(file: string, side: Side): object {
  return isMatrix(side)
    ? { file, rows: side.rows, cols: side.cols }
    : { file, count: side.count ?? null, cols: side.dim, extractor: side.extractor ?? null };
}

async function readSide(file: string, array: string | undefined, signal: AbortSignal): Promise<Side> {
  const statistics =
    array === undefined &&
    (await readInput(withFile(file, signal, async (source) => holdsStatistics(await openArrayFile(source)))));
  return readInput<Side>(statistics ? readStatistics(file, { signal }) : readMatrix(file, { array, signal }));
}

function checkKs(where: string, argument: string, value: unknown): number[] {
  const ks = String(value).split(',').map(Number);
  if (ks.every((k) => Number.isSafeInteger(k) && k >= 1)) return ks;
  throw mustError(where, argument, 'be integers of at least 1, as 5 or 3,5,10', String(value));
}
