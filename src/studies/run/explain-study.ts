// What a study will take, before it is run.

import { MadloopError } from '../../base/errors.js';
import { type LoopStudyPlan, resolveLoopStudy } from '../definition/loop-study.js';
import type { LoopAxisValue } from '../definition/loop-study-document.js';
import { cellKey, loopKey } from '../definition/study-identity.js';
import { kindOf, type StudyKind } from '../definition/study-options.js';
import { resolveStudy, type StudyPlan } from '../definition/study-plan.js';
import { loopSeconds } from './loop-cost.js';
import { nativeEngine } from './native-engine.js';
import { gaussianMetrics } from './native-loop-engine.js';
import { refusals } from './refusals.js';

/** A study before it is run. Times are of one core, by a model of each kind of cell: right to a factor of three or so. */
export interface StudyExplanation {
  readonly kind: StudyKind;
  readonly name: string;
  readonly title: string;
  readonly axes: readonly { readonly axis: string; readonly values: readonly LoopAxisValue[] }[];
  readonly cells: number;
  /** Cells with parameters of their own: equal ones are run once. */
  readonly different: number;
  /** Cells that can have no result. */
  readonly refused: number;
  /** Of loops: runs of each cell. */
  readonly replicates?: number;
  readonly seconds: number;
  /** The cell that takes longest. */
  readonly longest: { readonly at: Readonly<Record<string, LoopAxisValue>>; readonly seconds: number };
  /** Of the store when the study is finished. */
  readonly bytes: number;
}

export async function explainStudyOf(where: string, definition: unknown): Promise<StudyExplanation> {
  return kindOf(where, definition) === 'loop'
    ? explainedLoops(await resolveLoopStudy(where, definition))
    : explainedLimits(where, resolveStudy(where, definition));
}

function explainedLoops({ kind, name, title, axes, cells, replicates }: LoopStudyPlan): StudyExplanation {
  const costs = new Map(
    cells.map(({ parameters, at }) => [
      loopKey(parameters),
      { at, seconds: replicates * loopSeconds(parameters), bytes: replicates * runBytes(parameters) },
    ]),
  );
  const rows = cells.reduce(
    (sum, { parameters, at }) => sum + JSON.stringify([parameters, at]).length + rowBytes,
    0,
  );
  const all = [...costs.values()];
  return {
    ...{ kind, name, title, axes, cells: cells.length, different: costs.size, refused: 0, replicates },
    seconds: total(all, ({ seconds }) => seconds),
    longest: longestOf(all),
    bytes: Math.round(pageShare * (rows + total(all, ({ bytes }) => bytes)) + emptyBytes),
  };
}

// A row's header, key and checksum; the share of pages that is used; tables without rows.
const rowBytes = 40;
const pageShare = 1.08;
const emptyBytes = 24_576;

/** A float64 for every metric and generation. */
function runBytes({ generations, metrics = gaussianMetrics }: Readonly<Record<string, unknown>>): number {
  return 8 * Number(generations) * (metrics as readonly string[]).length + rowBytes + 60;
}

/** Seconds of a cell by the large-d limit. */
const deterministicSeconds = 1e-3;

function explainedLimits(where: string, plan: StudyPlan): StudyExplanation {
  const { kind, name, title, axes, cells, method } = plan;
  const engine = nativeEngine();
  const costs = new Map<string, { at: Readonly<Record<string, LoopAxisValue>>; seconds: number }>();
  let refused = 0;
  for (const { parameters, at } of cells) {
    try {
      const seconds =
        method === 'deterministic'
          ? deterministicSeconds
          : growth * (engine.estimator(where, parameters).next()?.seconds ?? 0);
      costs.set(cellKey(parameters), { at, seconds });
    } catch (error) {
      if (!(error instanceof MadloopError) || !refusals.has(error.code)) throw error;
      refused += 1;
    }
  }
  const all = [...costs.values()];
  return {
    ...{ kind, name, title, axes, cells: cells.length, different: costs.size, refused },
    seconds: total(all, ({ seconds }) => seconds),
    longest: longestOf(all),
    bytes:
      method === 'deterministic'
        ? bareRowBytes * cells.length + emptyBytes
        : limitRowBytes * cells.length + chainBytes * Math.min(cells.length, cellsAtWork) + emptyBytes,
  };
}

/** What a cell takes in all, over its first chains. */
const growth = 2;
/** Without standard errors and intervals, and with them. */
const bareRowBytes = 110;
const limitRowBytes = 220;
/** The chains of a cell that is at work: their pages stay when they are not needed any more, for the cells that come. */
const chainBytes = 5_000;
const cellsAtWork = 40;

function total<Entry>(all: readonly Entry[], of: (entry: Entry) => number): number {
  return all.reduce((sum, entry) => sum + of(entry), 0);
}

function longestOf(all: readonly StudyExplanation['longest'][]): StudyExplanation['longest'] {
  const none = { at: {}, seconds: 0 };
  const { at, seconds } = all.reduce(
    (longest, cell) => (cell.seconds > longest.seconds ? cell : longest),
    none,
  );
  return { at, seconds };
}
