import { loadedAddon } from './native.js';
import { defaultThreads } from './threads.js';

/** What this installation of madloop is. */
export interface Info {
  readonly version: string;
  /** Instruction-set level of the engine that is loaded. Results are bit-identical within one variant only. */
  readonly variant: string;
  /** Why that variant. */
  readonly why: string;
  /** What was tried before it, and why it was not taken. */
  readonly refused: readonly string[];
  /** Threads that a call uses by default. */
  readonly threads: number;
  /** Version of Eigen in the engine. */
  readonly eigen: string;
  readonly cuda: { readonly built: boolean };
  readonly node: string;
  readonly platform: string;
}

/** Version, variant and why, threads, what was built in. Throws ERR_ADDON where the engine cannot be loaded. */
export function info(): Info {
  const { addon, reason, refused } = loadedAddon();
  const { version, variant, eigen, cuda } = addon.buildInfo();
  return {
    version,
    variant,
    why: reason,
    refused,
    threads: defaultThreads('info'),
    eigen,
    cuda: { built: cuda },
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
  };
}
