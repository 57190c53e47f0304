// `madloop loop --data`: a loop over a real data set, with any of the models in the core.

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { checkInteger, checkOptions, invalid, mustError } from '../../base/check.js';
import { derivedSeed } from '../../base/derived-seed.js';
import type { Matrix } from '../../base/shapes.js';
import { RandomIntegers } from '../../distributions/random-integers.js';
import { checkJobOptions, type JobOptions } from '../../engine/job.js';
import { pickRows } from '../../engine/rows.js';
import { readMatrix } from '../../features/matrix-file.js';
import { resolveLoopOptions } from '../../loops/loop-options.js';
import { replicatedLoop } from '../../loops/replicated-loop.js';
import { datasetReference } from '../../references/dataset-reference.js';
import { readInput } from '../terminal/read-input.js';
import { checkMetricNames, metricsOfNames } from './data-metrics.js';
import { checkImageSize, SheetCollector } from './data-sheet.js';
import { chooseModel, modelParameterNames } from './loop-model.js';
import type { GivenParameters } from './loop-parameters.js';
import { type LoopResult, sheetTexts } from './loop-result.js';

const where = 'loop';
const ownNames = ['data', 'dataSha256', 'dim', 'heldOut', 'metrics', 'image', 'replicates'] as const;
const loopNames = [
  'variant',
  'initial',
  'real',
  'realFixed',
  'realFresh',
  'synthetic',
  'lambda',
  'memory',
  'pool',
  'subsample',
  'generations',
  'seed',
] as const;

/**
 * Runs a loop whose real samples are the rows of a .npy file. Some rows, chosen by the seed, are held out for
 * measuring; each replicate draws from the others in an order of its own.
 */
export async function runDataLoop(given: GivenParameters, job: JobOptions): Promise<LoopResult> {
  const names = [...ownNames, ...modelParameterNames, ...loopNames];
  const { dim, replicates = 10, ...rest } = checkOptions(where, 'parameters', given, names);
  const { data, dataSha256, heldOut, metrics, image, ...others } = rest;
  const { model, parameters: modelParameters, rest: loopOptions } = chooseModel(where, others);
  const { path, rows, checksum } = await readData(data);
  if (dataSha256 !== undefined && dataSha256 !== checksum) {
    throw mustError(
      where,
      `data ${path}`,
      `have the SHA-256 ${dataSha256} that the result was made from`,
      checksum,
    );
  }
  if (dim !== undefined && dim !== rows.cols)
    throw invalid(where, 'dim', `be ${rows.cols}, as in the data`, dim);
  const heldOutRows = checkInteger(where, 'heldOut', heldOut ?? Math.floor(rows.rows / 5), 2, rows.rows - 2);
  const metricNames = metrics === undefined ? undefined : checkMetricNames(where, metrics);
  const imageSize = image === undefined ? undefined : checkImageSize(where, image, rows.cols);

  const options = { ...loopOptions, model, reference: datasetReference(rows) };
  const resolved = resolveLoopOptions('autophagousLoop', options);
  const {
    variant,
    initial,
    real,
    realFixed,
    realFresh,
    synthetic,
    lambda,
    memory,
    pool,
    subsample,
    generations,
    seed,
  } = resolved;
  const loop = {
    variant,
    initial,
    real,
    ...(variant === 'combined' && { realFixed, realFresh }),
    synthetic,
    lambda,
    memory,
    pool,
    ...(pool === 'subsample' && { subsample }),
    generations,
  };
  const runs = checkInteger(where, 'replicates', replicates, 1);

  const { training, held } = await split(rows, heldOutRows, seed);
  const settings = checkJobOptions(where, job);
  const { threads, signal } = settings;
  const sheet = imageSize && new SheetCollector(generations, { lambda, seed, job: { threads, signal } });
  const table = await replicatedLoop(
    {
      ...loop,
      model,
      reference: datasetReference(training, { heldOut: held }),
      ...(metricNames && { metrics: metricsOfNames(metricNames, held, lambda) }),
    },
    {
      replicates: runs,
      seed,
      job: settings,
      ...(sheet && { visitFirst: (generation) => sheet.visit(generation) }),
    },
  );
  const parameters = {
    data: path,
    dataSha256: checksum,
    heldOut: heldOutRows,
    dim: rows.cols,
    ...loop,
    ...modelParameters,
    ...(metricNames && { metrics: metricNames }),
    ...(imageSize && { image: `${imageSize.height}x${imageSize.width}` }),
    replicates: runs,
    seed: String(seed),
  };
  return {
    parameters,
    rows: table.map(({ t, metrics }) => ({ t, metrics })),
    ...(sheet && { sheet: sheet.sheet(sheetTexts(parameters), imageSize, held) }),
  };
}

/** The rows of a file with its full path and checksum, by which a result can tell the same data later. */
async function readData(data: unknown): Promise<{ path: string; rows: Matrix; checksum: string }> {
  if (typeof data !== 'string') throw invalid(where, 'data', 'be the path of a .npy file', data);
  const path = resolve(data);
  const rows = await readInput(readMatrix(path));
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return { path, rows, checksum: hash.digest('hex') };
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
