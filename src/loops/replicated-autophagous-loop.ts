import { allocate } from '../base/allocate.js';
import { checkProduct, invalid, readable } from '../base/check.js';
import { boolean, integer, resolve, type TableOf } from '../base/options.js';
import { type JobOptions, jobOptions } from '../engine/job.js';
import type { FittedModel } from '../models/generative-model.js';
import { type AutophagousLoopOptions, type MetricChoice, resolveLoopOptions } from './loop-options.js';
import type { MeasuredGeneration } from './loop-record.js';
import type { MetricName } from './metrics.js';
import { averages, type ReplicatedGeneration, runReplicates } from './replicated-loop.js';

export interface ReplicatedLoopOptions<
  Fitted extends FittedModel = FittedModel,
  Choice extends MetricChoice<Fitted> = MetricChoice<Fitted>,
> extends AutophagousLoopOptions<Fitted, Choice> {
  /** Independent runs of the loop, over which means and standard errors are taken. */
  readonly replicates: number;
  /** Also return every replicate's values. Default false. */
  readonly series?: boolean | undefined;
}

/** The options beside those of autophagousLoop. */
export const replicatedLoopOptions = {
  replicates: integer(1).doc('independent runs to average over'),
  series: boolean().or(false).doc("also return every replicate's values"),
  ...jobOptions,
} satisfies TableOf<Omit<ReplicatedLoopOptions, Exclude<keyof AutophagousLoopOptions, keyof JobOptions>>>;

/** Every replicate's values: replicate r in generation t is at r x generations + t - 1. */
export interface LoopSeries<Name extends string = string> {
  readonly replicates: number;
  readonly generations: number;
  readonly metrics: Readonly<Record<Name, Float64Array>>;
}

export interface ReplicatedLoopResult<Name extends string = string> {
  /** Generation 1 first; each metric with the standard error of its mean, NaN for one replicate. */
  readonly generations: readonly ReplicatedGeneration<Name>[];
  /** Every replicate's values; there if the option `series` is true. */
  readonly series?: LoopSeries<Name>;
}

/**
 * Runs `autophagousLoop` several times, each time with a seed of its own that follows from `seed`, and averages the metrics
 * over the replicates: error bars for any model and any metric. As many replicates run at a time as there are
 * threads; the result depends on neither. The models themselves are not kept.
 *
 * Rejects as `autophagousLoop` does, with a LoopError: its `generations` are what was finished, each with the number of
 * replicates that had finished it. The first failure of a replicate ends them all.
 *
 * @example
 * const { generations, series } = await replicatedAutophagousLoop({
 *   variant: 'fully-synthetic', reference, model, synthetic: 500, generations: 20, replicates: 10, series: true,
 * });
 * console.log(generations.at(-1)?.metrics.distance);
 * if (series) console.log((await madTest(series)).verdict);
 */
export function replicatedAutophagousLoop<Fitted extends FittedModel, Name extends MetricName = MetricName>(
  options: ReplicatedLoopOptions<Fitted, Name>,
): Promise<ReplicatedLoopResult<Name>>;
export function replicatedAutophagousLoop<Fitted extends FittedModel>(
  options: ReplicatedLoopOptions<Fitted>,
): Promise<ReplicatedLoopResult>;
export async function replicatedAutophagousLoop<Fitted extends FittedModel>(
  options: ReplicatedLoopOptions<Fitted>,
): Promise<ReplicatedLoopResult> {
  const where = 'replicatedAutophagousLoop';
  if (typeof options !== 'object' || options === null) throw invalid(where, 'options', 'be an object', options);
  const {
    replicates: runsWanted,
    series: seriesWanted,
    threads,
    signal,
    onProgress,
    seed: given,
    ...loop
  } = readable(where, 'options', () => ({ ...options }));
  const own = { replicates: runsWanted, series: seriesWanted, threads, signal, onProgress };
  const { replicates, series, ...settings } = resolve(where, own, replicatedLoopOptions);
  const resolved = resolveLoopOptions('autophagousLoop', { ...loop, seed: given });
  const { generations, seed, real, realFresh = 0, synthetic, lambda } = resolved;
  checkProduct(where, 'replicates x generations', replicates, generations);
  // Functions of t have been asked: every replicate has the same schedules.
  const same = { ...loop, real, realFresh, synthetic, lambda };
  const runs = await runReplicates(same, { replicates, seed, job: { where, ...settings } });
  return {
    generations: averages(runs).map(({ replicates: _, ...generation }) => generation),
    ...(series && { series: seriesOf(where, runs, generations) }),
  };
}

function seriesOf(where: string, runs: readonly MeasuredGeneration[][], generations: number): LoopSeries {
  const metrics: Record<string, Float64Array> = {};
  for (const name of Object.keys(runs[0]![0]!.metrics)) {
    const values = allocate(where, 'the series', Float64Array, runs.length * generations);
    for (const [r, run] of runs.entries()) {
      for (const { t, metrics: found } of run) values[r * generations + t - 1] = found[name]!;
    }
    metrics[name] = values;
  }
  return { replicates: runs.length, generations, metrics };
}
