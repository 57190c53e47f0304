import { loadedAddon } from './native.js';
import type { KernelSet } from './native-types.js';
import { defaultThreads } from './threads.js';

/** What this installation of madloop is. */
export interface Info {
  readonly version: string;
  /** Instruction-set level of the engine that is loaded. Results are bit-identical within one variant only. */
  readonly variant: string;
  /** Why that variant is loaded. */
  readonly why: string;
  /** What was tried before it, and why it was not taken. */
  readonly refused: readonly string[];
  /** The variants that this installation has: those of the prebuilt package, or what was built from source here. */
  readonly built: readonly string[];
  /** Threads that a call uses by default. */
  readonly threads: number;
  /** Version of Eigen in the engine. */
  readonly eigen: string;
  /**
   * The engine's kernels that have an implementation for each of several instruction sets, and which one is in use. All give the
   * same bits. MADLOOP_KERNELS=portable, avx2 or avx512 limits the choice.
   */
  readonly kernels: { readonly [kernel: string]: KernelSet };
  readonly node: string;
  readonly platform: string;
}

/** Version, variant and why, threads, kernels. Throws ERR_ADDON where the engine cannot be loaded. */
export function info(): Info {
  const { addon, reason, refused, built } = loadedAddon();
  const { version, variant, eigen, kernels } = addon.buildInfo();
  return {
    version,
    variant,
    why: reason,
    refused,
    built,
    threads: defaultThreads('info'),
    eigen,
    kernels,
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
  };
}
