// `madloop loop --data`: a loop over a real data set, with any of the models in the core.

import { createHash } from 'node:crypto';
import { resolve as absolutePath } from 'node:path';
import { invalid, mustError } from '../../base/check.js';
import { derivedSeed } from '../../base/derived-seed.js';
import { boolean, checked, integer, resolve, seed, text } from '../../base/options.js';
import { ofNext } from '../../base/schedule.js';
import type { Matrix } from '../../base/shapes.js';
import { RandomIntegers } from '../../distributions/random-integers.js';
import { checkJobOptions, type JobOptions } from '../../engine/job.js';
import { checkFinite, pickRows } from '../../engine/rows.js';
import { arrayNameOption, readFeatures } from '../../features/matrix-file.js';
import { type ByteSource, withFile } from '../../files/byte-source.js';
import { loopOptions, variantOption } from '../../gaussian-loop/parameters.js';
import { replicatedLoop } from '../../loops/replicated-loop.js';
import { datasetReference } from '../../references/dataset-reference.js';
import { flagName } from '../terminal/flags.js';
import { readInput } from '../terminal/read-input.js';
import { metricsOfNames, metricsOption } from './data-metrics.js';
import { imageOption, imageSizeOf, SheetCollector } from './data-sheet.js';
import { modelOf, modelOptions } from './loop-model.js';
import { type LoopResult, sheetTexts } from './loop-result.js';

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
  heldOut: integer(2, ({ rows }: Data) => rows - 2)
    .or(({ rows }: Data) => Math.floor(rows / 5), 'a fifth')
    .doc('rows of the data kept for measuring')
    .flag('<rows>'),
  replace: boolean().or(false).doc('draw rows independently, so that no loop runs out of them').flag(''),
  dim: checked('the columns of the data', (where, argument, value, { cols }: Data) => {
    if (value === cols) return cols;
    throw invalid(where, argument, `be ${cols}, as in the data`, value);
  }).or(({ cols }: Data) => cols),
  variant: variantOption.or('fresh-data'),
  ...loopOptions,
  generations: integer(1).or(20),
  ...modelOptions,
  metrics: metricsOption,
  image: imageOption,
  replicates: integer(1).or(10),
  seed: seed(),
};

/**
 * Runs a loop whose real samples are the rows of a .npy file. Some rows, chosen by the seed, are held out for
 * measuring; each replicate draws from the others in an order of its own.
 */
export async function runDataLoop(
  given: Readonly<Record<string, unknown>>,
  job: JobOptions,
): Promise<LoopResult> {
  const { path, matrix, sha256 } = await readData(
    dataOption.resolve(where, 'data', given.data, {}),
    dataArrayOption.resolve(where, 'dataArray', given.dataArray, {}),
  );
  const context = { path, rows: matrix.rows, cols: matrix.cols, sha256 };
  const values = resolve(where, { ...given, data: path }, dataLoopParameters, context);
  const { data, dataArray, dataSha256, heldOut, replace, dim, replicates, seed, metrics, image, ...others } =
    values;
  const { model: _, components, covariance, bandwidth, divisor, ...loop } = others;
  const model = modelOf(values);
  const imageSize = image === undefined ? undefined : imageSizeOf(image);

  const { training, held } = await split(matrix, heldOut, seed);
  const settings = checkJobOptions(where, job);
  const { threads, signal } = settings;
  const { generations } = loop;
  const lambda = ofNext(loop.lambda); // with which a generation is sampled for the next
  const sheet = imageSize && new SheetCollector(generations, { lambda, seed, job: { threads, signal } });
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
      ...(sheet && { visitFirst: (generation) => sheet.visit(generation) }),
    },
  );
  const parameters = { ...values, seed: String(seed) };
  return {
    parameters,
    rows: table.map(({ t, metrics }) => ({ t, metrics })),
    ...(sheet && { sheet: sheet.sheet(sheetTexts(parameters), imageSize, held) }),
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
  return { path, matrix, sha256: await readInput(withFile(path, undefined, sha256)) };
}

const hashedBytes = 2 ** 20;

async function sha256(source: ByteSource): Promise<string> {
  const hash = createHash('sha256');
  const buffer = new Uint8Array(hashedBytes);
  for (let position = 0; position < source.size; position += buffer.length) {
    const slice = buffer.subarray(0, source.size - position);
    await source.read(position, slice);
    hash.update(slice);
  }
  return hash.digest('hex');
}

/** Rows to train on and rows to measure with. */
async function split(
  rows: Matrix,
  heldOutRows: number,
  seed: bigint,
): Promise<{ training: Matrix; held: Matrix }> {
  const order = await new RandomIntegers(derivedSeed(seed, 'held-out')).someOf(rows.rows, rows.rows);
  return {
    held: await pickRows(rows, order.subarray(0, heldOutRows)),
    training: await pickRows(rows, order.subarray(heldOutRows)),
  };
}
