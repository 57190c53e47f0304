// `madloop loop --data`: a loop over a real data set, with any of the models in the core or one of the user's.

import { resolve as absolutePath } from 'node:path';
import { invalid, mustError } from '../../base/check.js';
import { type LambdaRange, lambdaOption, unitRange } from '../../base/lambda.js';
import { boolean, checked, integer, resolve, seed, text, type ValuesOf } from '../../base/options.js';
import { ofNext, scheduled } from '../../base/schedule.js';
import type { Matrix } from '../../base/shapes.js';
import { info } from '../../engine/info.js';
import { checkJobOptions, type JobOptions } from '../../engine/job.js';
import { checkFinite } from '../../engine/rows.js';
import { arrayNameOption, readFeatures } from '../../features/matrix-file.js';
import { fileChecksum } from '../../files/file-checksum.js';
import { loopOptions, variantOption } from '../../gaussian-loop/parameters.js';
import { heldOutOption, splitRows } from '../../loops/held-out.js';
import { metricsOfNames, metricsOption } from '../../loops/named-metrics.js';
import { checkRealSupply } from '../../loops/real-supply.js';
import { replicatedLoop } from '../../loops/replicated-loop.js';
import { imageOption, imageSizeOf } from '../../loops/shown-samples.js';
import type { GenerativeModel } from '../../models/generative-model.js';
import { commandOption, programsOf } from '../../models/process-model/command.js';
import { datasetReference } from '../../references/dataset-reference.js';
import { flagName } from '../terminal/flags.js';
import { readInput } from '../terminal/read-input.js';
import { SheetCollector } from './data-sheet.js';
import { modelOf, modelOptions } from './loop-model.js';
import { type LoopResult, sheetTexts } from './loop-result.js';
import { processOptions, processSettings } from './process-options.js';
import type { RunIdentity, RunRecord } from './run-record.js';

const where = 'loop';

/** The data, which decide what some parameters may be. */
interface Data {
  readonly path: string;
  readonly rows: number;
  readonly cols: number;
  readonly sha256: string;
}

const dataOption = text('be the path of a .npy file');
const dataArrayOption = arrayNameOption('its only matrix');

export const dataLoopParameters = {
  data: dataOption.doc('take real samples from these rows instead').flag('<file.npy>'),
  dataArray: dataArrayOption.doc('the array of an .npz file that holds the data'),
  dataSha256: checked('SHA-256 of the data', (where, _, value, { path, sha256 }: Data) => {
    if (value === sha256) return sha256;
    const requirement = `have the SHA-256 ${value} that the result was made from`;
    throw mustError(where, `data ${path}`, requirement, sha256);
  }).or(({ sha256 }: Data) => sha256),
  heldOut: heldOutOption,
  replace: boolean().or(false).doc('draw rows independently, so that no loop runs out of them').flag(''),
  dim: checked('the columns of the data', (where, argument, value, { cols }: Data) => {
    if (value === cols) return cols;
    throw invalid(where, argument, `be ${cols}, as in the data`, value);
  }).or(({ cols }: Data) => cols),
  variant: variantOption.or('fresh-data'),
  ...loopOptions,
  lambda: scheduled(
    lambdaOption(({ lambdaRange = unitRange }: { lambdaRange?: LambdaRange | undefined }) => lambdaRange),
  ),
  generations: integer(1).or(20),
  ...modelOptions,
  metrics: metricsOption,
  image: imageOption
    .doc('rows are images of this height and width, of which loop-samples.svg and .png show some')
    .flag('<HxW>'),
  replicates: integer(1).or(10),
  seed: seed(),
  ...processOptions,
  ...processSettings,
};

/** A loop over data that is ready to run. */
export interface DataLoop {
  /** Of a run that can go on later: what tells it from every other. */
  readonly identity: RunIdentity | undefined;
  run(job: JobOptions, record: RunRecord | undefined): Promise<LoopResult>;
}

/**
 * A loop whose real samples are the rows of a .npy file. Some rows, chosen by the seed, are held out for
 * measuring; each replicate draws from the others in an order of its own.
 */
export async function dataLoop(
  given: Readonly<Record<string, unknown>>,
  nameOf: (parameter: string) => string | undefined,
): Promise<DataLoop> {
  const { path, matrix, sha256 } = await readData(
    dataOption.resolve(where, 'data', given.data, {}),
    dataArrayOption.resolve(where, 'dataArray', given.dataArray, {}),
  );
  const command = commandOption.resolve(where, 'process', given.process, {});
  const programs = command && (await readInput(programsOf(command)));
  const context = { path, rows: matrix.rows, cols: matrix.cols, sha256, programs };
  const resolved = resolve(where, { ...given, data: path }, dataLoopParameters, context);
  const { processes, startLimit, fitLimit, sampleLimit, anyProgram, ...values } = resolved;
  const parameters = { ...values, seed: String(values.seed) };
  if (!values.replace) checkRealSupply(values, matrix.rows - values.heldOut);
  const model = modelOf(resolved, nameOf('process') ?? 'process');
  return {
    identity: command && identityOf(parameters, anyProgram === true),
    run: (job, record) => runOverData({ matrix, values, parameters, model, processes }, job, record),
  };
}

type Values = Omit<ValuesOf<typeof dataLoopParameters>, keyof typeof processSettings>;

interface Prepared {
  readonly matrix: Matrix;
  readonly values: Values;
  /** The values as JSON can hold them. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly model: GenerativeModel;
  readonly processes: number | undefined;
}

async function runOverData(
  { matrix, values, parameters, model, processes }: Prepared,
  job: JobOptions,
  record: RunRecord | undefined,
): Promise<LoopResult> {
  const { data, dataArray, dataSha256, heldOut, replace, dim, replicates, seed, metrics, image, ...others } =
    values;
  const { model: _, components, covariance, bandwidth, divisor, ...own } = others;
  const { process, programSha256, lambdaRange, ...loop } = own;
  const imageSize = image === undefined ? undefined : imageSizeOf(image);

  const { training, held } = await splitRows(matrix, heldOut, seed);
  const settings = checkJobOptions(where, job);
  const { threads, signal } = settings;
  const { generations } = loop;
  const lambda = ofNext(loop.lambda); // with which a generation is sampled for the next
  const forSheet = { lambda, seed, job: { threads, signal } };
  const sheet = imageSize && new SheetCollector(generations, forSheet, record?.replicate(0));
  const table = await replicatedLoop(
    {
      ...loop,
      model,
      reference: datasetReference(training, { heldOut: held, replace }),
      ...(metrics && { metrics: metricsOfNames(metrics, held, lambda) }),
    },
    {
      replicates,
      seed,
      job: settings,
      ...(processes !== undefined && { atATime: processes }),
      ...(sheet && { visitFirst: (generation) => sheet.visit(generation) }),
      ...(record && { recordOf: (replicate: number) => record.replicate(replicate) }),
    },
  );
  const { earlierPrograms = [] } = record ?? {};
  return {
    parameters,
    rows: table.map(({ t, metrics }) => ({ t, metrics })),
    ...(sheet && { sheet: await sheet.sheet(sheetTexts(parameters), imageSize, held) }),
    ...(earlierPrograms.length > 0 && { earlierPrograms }),
  };
}

/**
 * More replicates are other runs beside these; with memory 1 more generations follow on those that there are. Where the data lie does not
 * matter.
 */
function identityOf(
  {
    replicates,
    generations,
    data,
    ...others
  }: Readonly<Record<string, unknown>> & { readonly replicates: number },
  anyProgram: boolean,
): RunIdentity {
  const { version, variant } = info();
  const parameters = others.memory === 1 ? others : { ...others, generations };
  return {
    madloop: version,
    instructionSet: variant,
    parameters: JSON.parse(JSON.stringify(parameters)),
    anyProgram,
    replicates,
    isPooled: others.pool !== 'latest',
  };
}

/** The rows of a file with its full path and checksum, by which a result can tell the same data later. */
async function readData(
  data: string,
  array: string | undefined,
): Promise<{ path: string; matrix: Matrix; sha256: string }> {
  const path = absolutePath(data);
  const nameOf = (name: string) => (name === 'array' ? flagName('dataArray') : undefined);
  const matrix = await readInput(readFeatures(path, { array }), nameOf);
  if (matrix.rows < 4)
    throw mustError(where, path, 'have at least 4 rows, 2 of them to measure with', String(matrix.rows));
  await checkFinite(where, path, matrix);
  return { path, matrix, sha256: await readInput(fileChecksum(path)) };
}
