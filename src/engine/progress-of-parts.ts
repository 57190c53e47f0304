import type { JobOptions } from './job.js';
import type { Progress } from './progress.js';

/** Job options for each part of some work in turn, so that progress runs once over all of them. */
export function progressOfParts(
  { onProgress, ...job }: JobOptions,
  sizes: readonly number[],
): () => JobOptions {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  let before = 0;
  let part = 0;
  return () => {
    const [start, size] = [before, sizes[part]!];
    before += size;
    part += 1;
    const report = ({ fraction }: Progress) => {
      const done = start + fraction * size;
      onProgress?.({ done, total, fraction: done / total });
    };
    return { ...job, onProgress: report };
  };
}
