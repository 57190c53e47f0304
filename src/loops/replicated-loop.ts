import { derivedSeed } from '../base/derived-seed.js';
import { type ErrorCode, MadloopError } from '../base/errors.js';
import { type Estimate, meanAndError } from '../base/mean-and-error.js';
import type { JobSettings } from '../engine/job.js';
import { ProgressReporter } from '../engine/progress.js';
import type { FittedModel } from '../models/generative-model.js';
import { continuedLoop, type Generation } from './autophagous-loop.js';
import type { AutophagousLoopOptions } from './loop-options.js';
import type { LoopRecord, MeasuredGeneration } from './loop-record.js';

/** One generation, averaged over independent runs of the loop. */
export interface ReplicatedGeneration<Name extends string = string> {
  readonly t: number;
  /** Means, too: with pool 'subsample' the replicates differ. */
  readonly realCount: number;
  readonly syntheticCount: number;
  readonly metrics: Readonly<Record<Name, Estimate>>;
}

/** A generation of a loop that did not come to its end: averaged over the replicates that had finished it. */
export interface PartialGeneration extends ReplicatedGeneration {
  /** Replicates that had finished the generation. */
  readonly replicates: number;
}

/** What ended a replicated loop, with the generations that were finished before. */
export class LoopError extends MadloopError {
  /** Generation 1 first, as far as any replicate came. Which replicates came how far is a matter of timing. */
  readonly generations: readonly PartialGeneration[];

  constructor(
    code: ErrorCode,
    message: string,
    generations: readonly PartialGeneration[],
    options: ErrorOptions,
  ) {
    super(code, message, options);
    this.generations = generations;
  }
}

/**
 * Runs a loop `replicates` times, each time with a seed of its own derived from `seed`, and averages the metrics. As many
 * replicates run at a time as there are threads. The result does not depend on the threads.
 *
 * Rejects with a LoopError, which holds what was finished.
 */
export async function replicatedLoop<Fitted extends FittedModel>(
  loop: SingleLoop<Fitted>,
  settings: ReplicateSettings<Fitted>,
): Promise<ReplicatedGeneration[]> {
  return averages(await runReplicates(loop, settings)).map(({ replicates: _, ...generation }) => generation);
}

/** What all replicates of a loop have in common. */
export type SingleLoop<Fitted extends FittedModel> = Omit<
  AutophagousLoopOptions<Fitted>,
  'seed' | 'threads' | 'signal' | 'onProgress'
>;

export interface ReplicateSettings<Fitted extends FittedModel> {
  readonly replicates: number;
  readonly seed: bigint;
  readonly job: JobSettings;
  /** Sees every generation, with its model, of the first replicate; the loop waits for what it returns. */
  readonly visitFirst?: (generation: Generation<Fitted>) => void | Promise<void>;
  /** How many replicates run at a time. Default: as many as there are threads. */
  readonly atATime?: number;
  /** What is kept of each replicate, from 0, and what it goes on from. What was finished before is not visited. */
  readonly recordOf?: (replicate: number) => LoopRecord;
}

/** The seed of one of the replicates of a loop. */
export function replicateSeed(seed: bigint, replicate: number): bigint {
  return derivedSeed(seed, 'replicate', replicate);
}

/** Every replicate's generations: what replicatedLoop averages. */
export async function runReplicates<Fitted extends FittedModel>(
  loop: SingleLoop<Fitted>,
  { replicates, seed, job, visitFirst, atATime = job.threads, recordOf }: ReplicateSettings<Fitted>,
): Promise<MeasuredGeneration[][]> {
  // When one replicate fails, the others stop too, rather than run on for nobody.
  const failed = new AbortController();
  const signal = job.signal === undefined ? failed.signal : AbortSignal.any([job.signal, failed.signal]);
  const atOnce = Math.min(atATime, replicates);
  const threads = Math.max(1, Math.floor(job.threads / atOnce));
  const total = replicates * loop.generations;
  const progress = new ProgressReporter(job.onProgress);
  let done = 0;

  const runs: MeasuredGeneration[][] = [];
  const add = (run: MeasuredGeneration[], ...generations: readonly MeasuredGeneration[]): void => {
    run.push(...generations);
    done += generations.length;
    if (generations.length > 0) progress.advance(done, total);
  };
  const work = async (): Promise<void> => {
    while (runs.length < replicates) {
      const replicate = runs.length;
      const run: MeasuredGeneration[] = [];
      runs.push(run);
      const record = recordOf?.(replicate);
      add(run, ...(record?.finished.slice(0, loop.generations) ?? []));
      if (run.length === loop.generations) continue;
      const own = { ...loop, seed: replicateSeed(seed, replicate), threads, signal };
      for await (const generation of continuedLoop(own, record)) {
        if (replicate === 0) await visitFirst?.(generation);
        const { model: _, ...measured } = generation;
        await record?.finish(measured);
        add(run, measured);
      }
    }
  };
  try {
    await Promise.all(Array.from({ length: atOnce }, work));
  } catch (error) {
    const finished = averages(runs);
    failed.abort(error);
    if (!(error instanceof MadloopError)) throw error;
    throw new LoopError(error.code, error.message, finished, { cause: error.cause ?? error });
  }
  return runs;
}

/** The generations, each averaged over the runs that have it. */
export function averages(runs: readonly MeasuredGeneration[][]): PartialGeneration[] {
  const longest = runs.reduce((a, b) => (b.length > a.length ? b : a));
  return longest.map((_, i) => {
    const finished = runs.filter((run) => run.length > i).map((run) => run[i]!);
    return { ...average(finished), replicates: finished.length };
  });
}

function average(replicates: readonly MeasuredGeneration[]): ReplicatedGeneration {
  const { t, metrics } = replicates[0]!;
  const estimates: Record<string, Estimate> = {};
  for (const name of Object.keys(metrics)) {
    estimates[name] = meanAndError(replicates.map((replicate) => replicate.metrics[name]!));
  }
  return {
    t,
    realCount: meanAndError(replicates.map(({ realCount }) => realCount)).mean,
    syntheticCount: meanAndError(replicates.map(({ syntheticCount }) => syntheticCount)).mean,
    metrics: estimates,
  };
}
