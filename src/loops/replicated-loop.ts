import { derivedSeed } from '../derived-seed.js';
import type { JobSettings } from '../job.js';
import type { FittedModel } from '../models/generative-model.js';
import type { Estimate } from '../simulate-gaussian-loop.js';
import { autophagousLoop } from './autophagous-loop.js';
import type { AutophagousLoopOptions } from './loop-options.js';

/** One generation, averaged over independent runs of the loop. */
export interface ReplicatedGeneration {
  readonly t: number;
  /** Means, too: with pool 'subsample' the replicates differ. */
  readonly realCount: number;
  readonly syntheticCount: number;
  readonly metrics: Readonly<Record<string, Estimate>>;
}

/**
 * Runs a loop `replicates` times, each time with a seed of its own derived from `seed`, and averages the metrics. As many
 * replicates run at a time as there are threads. The result does not depend on the threads.
 */
export async function replicatedLoop<Fitted extends FittedModel>(
  loop: Omit<AutophagousLoopOptions<Fitted>, 'seed' | 'threads' | 'signal' | 'onProgress'>,
  { replicates, seed, job }: { replicates: number; seed: bigint; job: JobSettings },
): Promise<ReplicatedGeneration[]> {
  // When one replicate fails, the others stop too, rather than run on for nobody.
  const failed = new AbortController();
  const signal = job.signal === undefined ? failed.signal : AbortSignal.any([job.signal, failed.signal]);
  const threads = Math.max(1, Math.floor(job.threads / replicates));
  const total = replicates * loop.generations;
  let done = 0;

  const runs: ReplicateGeneration[][] = Array.from({ length: replicates }, () => []);
  const unstarted = runs.entries();
  const work = async (): Promise<void> => {
    for (const [replicate, run] of unstarted) {
      const own = { ...loop, seed: derivedSeed(seed, 'replicate', replicate), threads, signal };
      for await (const { model: _, ...generation } of autophagousLoop(own)) {
        run.push(generation);
        done += 1;
        job.onProgress?.({ done, total, fraction: done / total });
      }
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(job.threads, replicates) }, work));
  } catch (error) {
    failed.abort(error);
    throw error;
  }
  return runs[0]!.map((_, i) => average(runs.map((run) => run[i]!)));
}

interface ReplicateGeneration {
  readonly t: number;
  readonly realCount: number;
  readonly syntheticCount: number;
  readonly metrics: Readonly<Record<string, number>>;
}

function average(replicates: readonly ReplicateGeneration[]): ReplicatedGeneration {
  const { t, metrics } = replicates[0]!;
  const estimates: Record<string, Estimate> = {};
  for (const name of Object.keys(metrics)) {
    estimates[name] = estimate(replicates.map((replicate) => replicate.metrics[name]!));
  }
  return {
    t,
    realCount: estimate(replicates.map(({ realCount }) => realCount)).mean,
    syntheticCount: estimate(replicates.map(({ syntheticCount }) => syntheticCount)).mean,
    metrics: estimates,
  };
}

/** Mean and its standard error, NaN for a single value. */
export function estimate(values: readonly number[]): Estimate {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, standardError: Math.sqrt(squares / (values.length - 1) / values.length) };
}
