// What a study of loops asks of the engine. Tests give one of their own, whose results are quick and known.

import type { JobSettings } from '../../engine/job.js';
import type { ProcessTimeLimits } from '../../models/process-model/process-model.js';
import type { DataFiles } from '../definition/data-files.js';
import type { LoopParameters } from '../definition/loop-study-document.js';
import type { MadeBy } from '../definition/study-identity.js';

/** The values of one run of a loop: metric by metric, those of every generation. */
export interface LoopRunValues {
  readonly metrics: readonly string[];
  readonly series: Float64Array;
  /** Of the first replicate, where rows are images. */
  readonly shown?: Float32Array | undefined;
}

/** Some runs of a cell's loop. */
export interface LoopWork {
  readonly parameters: LoopParameters;
  /** The data that the cells name. */
  readonly files: DataFiles;
  /** Of models in other processes. */
  readonly timeLimits: ProcessTimeLimits;
  readonly seed: bigint;
  /** The first replicate, and how many from there on. */
  readonly first: number;
  readonly count: number;
}

export interface LoopEngine {
  readonly madeBy: MadeBy;
  /** Seconds of one core that a run takes, about. Nothing of it enters a result. */
  seconds(parameters: LoopParameters): number;
  /** A replicate's values do not depend on which others are run with it. */
  runs(work: LoopWork, settings: JobSettings): Promise<LoopRunValues[]>;
}
