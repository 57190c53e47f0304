import cliProgress from 'cli-progress';

/** Part of some work, in units of the worker's choice. */
export interface Part {
  readonly done: number;
  readonly total: number;
}

/**
 * Shows a progress bar on standard error while `work` runs. Where standard error is no terminal nothing is shown,
 * so logs and pipes stay clean.
 */
export async function withProgressBar<T>(
  title: string,
  work: (onProgress: (part: Part) => void) => Promise<T>,
): Promise<T> {
  if (!process.stderr.isTTY) return work(() => {});
  const bar = new cliProgress.SingleBar({
    stream: process.stderr,
    format: `${title} {bar} {percentage} %, {eta_formatted} left`,
    hideCursor: true,
    clearOnComplete: true,
  });
  bar.start(1, 0);
  try {
    return await work(({ done, total }) => bar.update(total > 0 ? done / total : 0));
  } finally {
    bar.stop();
  }
}
