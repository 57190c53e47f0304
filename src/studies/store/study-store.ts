// The store of one run of a study of limit points.

import type { StudyCellResult } from '../definition/study-document.js';
import { cellKey, type MadeBy } from '../definition/study-identity.js';
import type { StudyPlan } from '../definition/study-plan.js';
import { type CellRow, type CellState, stateOf } from './cell-row.js';
import { type RunEnd, RunningStore, type RunState } from './running-store.js';
import { assignShards, type ShardChoice } from './shards.js';
import { chainsByCell, countCells, readCells } from './store-cells.js';
import { type LimitDescription, type StoreSettings, settingsOf } from './store-settings.js';
import type { ChainSums, StoredChains, StoreSql } from './store-sql.js';

/** Cells that have the same parameters, and so the same result. The first one's number stands for all. */
export interface UniqueCell {
  readonly first: number;
  readonly cells: readonly number[];
}

/** What a commit writes: all that came about since the one before. */
export interface StoreChanges extends RunState {
  readonly finished: readonly { readonly unique: UniqueCell; readonly result: StudyCellResult }[];
  readonly refused: readonly { readonly unique: UniqueCell; readonly error: string }[];
  readonly chains: readonly ChainSums[];
}

export class StudyStore {
  readonly #store: RunningStore;
  readonly #cells: CellRow[];
  /** The portions of chains of each cell that has some. */
  readonly #portions = new Map<number, number[]>();
  #nextPortion = 0;

  private constructor(store: RunningStore, { cells, chains }: StoreContent) {
    this.#store = store;
    this.#cells = cells;
    for (const { portion, cell } of chains) this.#note(portion, cell);
  }

  /** Opens the store of a study, or makes it. Errors: as `RunningStore.open`. */
  static async open(
    where: string,
    path: string,
    plan: StudyPlan,
    madeBy: MadeBy,
    choice: ShardChoice,
    pid = process.pid,
  ): Promise<{ store: StudyStore; content: OpenedStudy }> {
    const { store, content } = await RunningStore.open(where, path, {
      kind: plan.kind,
      settings: settingsOf(plan, madeBy, choice),
      fill(sql) {
        for (const cell of newCells(plan, choice)) sql.putCell(cell);
      },
      read: (sql, found): StoreContent => ({
        cells: readCells(sql, found as StoreSettings<LimitDescription>),
        chains: sql.chains(),
      }),
      pid,
    });
    return { store: new StudyStore(store, content), content: openedStudy(content, choice.shard) };
  }

  /** Writes all of it or nothing: each cell whole, nothing twice. */
  commit({ finished, refused, chains, ...state }: StoreChanges): void {
    this.#store.commit((sql) => {
      for (const { unique, result } of finished) this.#settle(sql, unique, { result });
      for (const { unique, error } of refused) this.#settle(sql, unique, { result: null, error });
      for (const sums of chains) {
        const portion = this.#nextPortion;
        sql.addChains({ ...sums, portion });
        this.#note(portion, sums.cell);
      }
    }, state);
  }

  close(ended: RunEnd): void {
    this.#store.close(ended);
  }

  #settle(sql: StoreSql, { first, cells }: UniqueCell, outcome: Pick<CellRow, 'result' | 'error'>): void {
    for (const cell of cells) {
      const settled = { ...this.#cells[cell]!, ...outcome };
      sql.putCell(settled);
      this.#cells[cell] = settled;
    }
    for (const portion of this.#portions.get(first) ?? []) sql.removeChains(portion);
    this.#portions.delete(first);
  }

  #note(portion: number, cell: number): void {
    this.#nextPortion = portion + 1;
    const others = this.#portions.get(cell);
    if (others === undefined) this.#portions.set(cell, [portion]);
    else others.push(portion);
  }
}

interface StoreContent {
  readonly cells: CellRow[];
  readonly chains: readonly StoredChains[];
}

/** What a run goes on from. */
export interface OpenedStudy {
  readonly counts: Readonly<Record<CellState, number>>;
  /** The shard's cells that have no result yet, equal ones as one. */
  readonly waiting: readonly UniqueCell[];
  /** Sums of chains of cells that are not finished, by cell and in order. */
  readonly chains: ReadonlyMap<number, readonly ChainSums[]>;
}

function newCells({ cells }: StudyPlan, { shards }: ShardChoice): CellRow[] {
  const keys = cells.map(({ parameters }) => cellKey(parameters));
  const shardOf = assignShards(keys, shards);
  return cells.map(({ parameters, at }, cell) => {
    const { variant, divisor, dim, real, synthetic, lambda, memory } = parameters;
    const own = { variant, divisor, dim, real, synthetic, lambda, memory };
    return { cell, shard: shardOf[cell]!, parameters: own, at, result: null };
  });
}

function openedStudy({ cells, chains }: StoreContent, shard: number): OpenedStudy {
  const groups = new Map<string, number[]>();
  for (const row of cells) {
    if (row.shard !== shard || stateOf(row) !== 'waiting') continue;
    const key = cellKey(row.parameters);
    const others = groups.get(key);
    if (others === undefined) groups.set(key, [row.cell]);
    else others.push(row.cell);
  }
  const waiting = [...groups.values()].map((cells) => ({ first: cells[0]!, cells }));
  return { counts: countCells(cells, shard), waiting, chains: chainsByCell(chains) };
}
