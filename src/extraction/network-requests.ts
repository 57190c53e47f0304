// What the process of a network is asked.

import type { NetworkInput } from './network.js';
import type { ExtractionOptions } from './options.js';

export interface NetworkRequests {
  /** `where` is the caller's function, for messages. */
  open(where: string, options: ExtractionOptions): Promise<NetworkInput>;
  /** The features of at most a batch of images, a row each. */
  extract(paths: readonly string[]): Promise<Features>;
}

export interface Features {
  readonly data: Float32Array;
  readonly cols: number;
}
