// What a study asks of the engine. Tests give one of their own, whose results are quick and known.

import type { MadloopError } from '../../base/errors.js';
import type { JobSettings } from '../../engine/job.js';
import type { LimitPoint } from '../../limits/limit-point-result.js';
import type { LimitPointParameters } from '../../limits/parameters.js';
import type { MadeBy } from '../definition/study-identity.js';

/** The estimate of one limit point in progress: see LimitPointCell. */
export interface EngineCell {
  /** Numbers that a chain returns. */
  readonly width: number;
  /** Standard error over distance, as of the last time that `next` was decided by it; null before the first. */
  readonly relativeError: number | null;
  /** The chains wanted next and the seconds of one core they will take; undefined when the precision is reached. */
  next(): { readonly first: number; readonly count: number; readonly seconds: number } | undefined;
  /** Takes the sums of chains first, first + 1, ...: in order, split anyhow. */
  add(first: number, sums: Float64Array): void;
  result(): LimitPoint;
}

/** Chains of a cell to be simulated. */
export interface ChainWork<Cell extends EngineCell = EngineCell> {
  readonly cell: Cell;
  readonly first: number;
  readonly count: number;
}

/** n_e of a limit point: see EffectiveSampleSize. */
export interface SampleSize {
  readonly effectiveSampleSize: number;
  readonly interval: readonly [number, number];
  readonly ratio: number;
  readonly ratioInterval: readonly [number, number];
  readonly admissible: boolean | 'undecided';
  readonly bounded: 'yes' | 'below-2' | 'unbounded';
}

export interface StudyEngine<Cell extends EngineCell = EngineCell> {
  readonly madeBy: MadeBy;
  /** Errors: ERR_NO_VARIANCE. */
  cell(where: string, parameters: LimitPointParameters): Cell;
  /** The limit points of cells that a plan of method 'deterministic' may have, or ERR_NO_VARIANCE in the place of one. */
  deterministicLimits(
    cells: readonly LimitPointParameters[],
    settings: JobSettings,
  ): Promise<(LimitPoint | MadloopError)[]>;
  simulateChains(work: readonly ChainWork<Cell>[], settings: JobSettings): Promise<Float64Array[]>;
  effectiveSampleSizes(
    limits: readonly { readonly limit: LimitPoint; readonly parameters: LimitPointParameters }[],
    settings: JobSettings,
  ): Promise<SampleSize[]>;
}
