// The store of one run of a study of loops.

import type { LoopStudyPlan } from '../definition/loop-study.js';
import type { MadeBy } from '../definition/study-identity.js';
import type { ReplicateOutcome } from './loop-row.js';
import { type RunEnd, RunningStore, type RunState } from './running-store.js';
import type { ShardChoice } from './shards.js';
import { readLoops, replicatesOfShard, type StoredLoops } from './store-loops.js';
import { type LoopDescription, type StoreSettings, settingsOf } from './store-settings.js';

/** One run of a cell's loop that is finished or cannot be had. */
export interface FinishedReplicate {
  /** The cell, or the first of those with its parameters. */
  readonly cell: number;
  readonly replicate: number;
  readonly outcome: ReplicateOutcome;
}

/** What a commit writes: all that came about since the one before. */
export interface LoopChanges extends RunState {
  readonly replicates: readonly FinishedReplicate[];
}

/** A cell of which this part of the study has replicates. */
export interface OpenedLoop {
  readonly first: number;
  /** How many cells it stands for. */
  readonly cells: number;
  /** Those of this part that are not finished yet. */
  readonly waiting: readonly number[];
  /** How many of this part there are. */
  readonly replicates: number;
  /** Whether one of them was refused. */
  readonly isRefused: boolean;
}

/** What a run goes on from. */
export interface OpenedLoops {
  readonly loops: readonly OpenedLoop[];
}

export class LoopStore {
  readonly #store: RunningStore;
  readonly #replicates: number;

  private constructor(store: RunningStore, replicates: number) {
    this.#store = store;
    this.#replicates = replicates;
  }

  /** Opens the store of a study, or makes it. Errors: as `RunningStore.open`. */
  static async open(
    where: string,
    path: string,
    plan: LoopStudyPlan,
    madeBy: MadeBy,
    choice: ShardChoice,
    pid = process.pid,
  ): Promise<{ store: LoopStore; content: OpenedLoops }> {
    const { kind, replicates } = plan;
    const { store, content } = await RunningStore.open(where, path, {
      kind,
      settings: settingsOf(plan, madeBy, choice),
      fill(sql) {
        for (const [cell, { parameters, at }] of plan.cells.entries()) sql.putLoop({ cell, parameters, at });
      },
      read: (sql, found): OpenedLoops => ({
        loops: openedLoops(readLoops(sql, found as StoreSettings<LoopDescription>), replicates, choice),
      }),
      pid,
    });
    return { store: new LoopStore(store, replicates), content };
  }

  /** Writes all of it or nothing: each replicate whole, none twice. */
  commit({ replicates, ...state }: LoopChanges): void {
    this.#store.commit((sql) => {
      for (const finished of replicates) {
        sql.putReplicate({ ...finished, place: finished.cell * this.#replicates + finished.replicate });
      }
    }, state);
  }

  close(ended: RunEnd): void {
    this.#store.close(ended);
  }
}

/** The cells of which a part of a study has replicates, with what is finished of them. */
export function openedLoops(stored: StoredLoops, replicates: number, choice: ShardChoice): OpenedLoop[] {
  const { unique, outcomes } = stored;
  const ofShard = replicatesOfShard(stored, replicates, choice);
  return unique.flatMap(({ first, cells }, i) => {
    const own = ofShard[i]!;
    if (own.length === 0) return [];
    const outcomeOf = (replicate: number): ReplicateOutcome | undefined =>
      outcomes.get(first * replicates + replicate);
    return {
      ...{ first, cells: cells.length, replicates: own.length },
      waiting: own.filter((replicate) => outcomeOf(replicate) === undefined),
      isRefused: own.some((replicate) => outcomeOf(replicate)?.error !== undefined),
    };
  });
}
