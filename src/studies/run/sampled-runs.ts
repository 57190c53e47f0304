// Runs of loops that draw samples: `autophagousLoop` with a model, a reference or data, and metrics by their names.

import { ofNext } from '../../base/schedule.js';
import type { Matrix } from '../../base/shapes.js';
import type { JobSettings } from '../../engine/job.js';
import { autophagousLoop } from '../../loops/autophagous-loop.js';
import type { MeasuredGeneration } from '../../loops/loop-record.js';
import { type DataMetric, metricsOfNames } from '../../loops/named-metrics.js';
import { curatedModel, type ModelName, namedModel } from '../../loops/named-models.js';
import {
  dataOfReference,
  dataOfRows,
  type RealData,
  type ReferenceInFile,
} from '../../loops/named-reference.js';
import { replicateSeed } from '../../loops/replicated-loop.js';
import { drawShown, shownGenerations } from '../../loops/shown-samples.js';
import type { GenerativeModel } from '../../models/generative-model.js';
import { type ProcessTimeLimits, processModel } from '../../models/process-model/process-model.js';
import type { DataFiles } from '../definition/data-files.js';
import { asGiven, type OutsideModel } from '../definition/loop-cell.js';
import type { SampledCell } from '../definition/sampled-cell.js';
import type { LoopRunValues, LoopWork } from './loop-engine.js';

/** What a cell's parameters hold beside those of `sampledCellOptions`. */
interface Given extends SampledCell {
  readonly data?: string;
  readonly reference?: ReferenceInFile;
  readonly metrics?: readonly DataMetric[];
  readonly image?: string;
  readonly process?: OutsideModel;
}

/** One run after the other. */
export async function sampledRuns(work: LoopWork, settings: JobSettings): Promise<LoopRunValues[]> {
  const runs: LoopRunValues[] = [];
  for (let replicate = work.first; replicate < work.first + work.count; replicate += 1)
    runs.push(await sampledRun(work, replicate, settings));
  return runs;
}

async function sampledRun(
  { parameters, files, timeLimits, seed }: LoopWork,
  replicate: number,
  { where, threads, signal }: JobSettings,
): Promise<LoopRunValues> {
  const given = asGiven(parameters) as unknown as Given;
  const { variant, initial, real, realFixed, realFresh, synthetic, lambda, memory, pool, subsample } = given;
  const { reference, held } = await realData(given, files, seed, where);
  const { metrics, k } = given;
  const loop = autophagousLoop({
    ...{ variant, initial, synthetic, lambda, memory, pool, generations: given.generations },
    ...(variant === 'combined' ? { realFixed: realFixed!, realFresh: realFresh! } : { real }),
    ...(subsample !== undefined && { subsample }),
    ...{
      reference,
      model: curatedModel(modelOf(given, timeLimits), given),
      metricSamples: given.metricSamples,
    },
    ...(metrics && { metrics: metricsOfNames(metrics, held, ofNext(lambda), k) }),
    seed: replicateSeed(seed, replicate),
    threads,
    ...(signal && { signal }),
  });
  const wanted = replicate === 0 && given.image !== undefined ? shownGenerations(given.generations) : [];
  const shown: Matrix[] = [];
  const forSheet = { lambda: ofNext(lambda), seed, job: { threads, signal } };
  const generations: MeasuredGeneration[] = [];
  for await (const { model, ...measured } of loop) {
    generations.push(measured);
    if (wanted.includes(measured.t)) shown.push(await drawShown({ t: measured.t, model }, forSheet));
  }
  return { ...valuesOf(generations), ...(shown.length > 0 && { shown: inOneArray(shown) }) };
}

function modelOf({ model, process, ...options }: Given, timeLimits: ProcessTimeLimits): GenerativeModel {
  if (process === undefined) return namedModel({ ...options, model: model as ModelName });
  const { command, lambdaRange } = process;
  return processModel({ name: 'process', command, lambdaRange, timeLimits });
}

async function realData(
  { data, heldOut, replace = false, reference, dim }: Given,
  files: DataFiles,
  seed: bigint,
  where: string,
): Promise<RealData> {
  if (data === undefined) return dataOfReference(where, { reference, dim }, seed);
  return dataOfRows(await files.split(data, heldOut!, seed), replace);
}

function inOneArray(matrices: readonly Matrix[]): Float32Array {
  const [first] = matrices;
  const length = first!.data.length;
  const all = new Float32Array(matrices.length * length);
  for (const [i, { data }] of matrices.entries()) all.set(data, i * length);
  return all;
}

/** Metric by metric, the values of every generation. */
function valuesOf(generations: readonly MeasuredGeneration[]): LoopRunValues {
  const metrics = Object.keys(generations[0]!.metrics);
  return {
    metrics,
    series: Float64Array.from(metrics.flatMap((name) => generations.map(({ metrics }) => metrics[name]!))),
  };
}
