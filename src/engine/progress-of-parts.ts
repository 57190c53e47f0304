import type { JobOptions } from './job.js';
import { ProgressReporter } from './progress.js';

/** Job options for each part of some work in turn, so that progress runs once over all of them. */
export function progressOfParts(
  { onProgress, ...job }: JobOptions,
  sizes: readonly number[],
): () => JobOptions {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const progress = new ProgressReporter(onProgress);
  let before = 0;
  let part = 0;
  return () => {
    const [begin, end] = [before, before + sizes[part]!];
    before = end;
    part += 1;
    return { ...job, onProgress: progress.part(begin, end, total) };
  };
}
