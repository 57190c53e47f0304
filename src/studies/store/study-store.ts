// The store of one run: opened or made, checked to be of this study, written in transactions.

import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { MadloopError } from '../../base/errors.js';
import type { StudyCellResult } from '../definition/study-document.js';
import { cellKey, type MadeBy } from '../definition/study-identity.js';
import type { StudyPlan } from '../definition/study-plan.js';
import { type CellRow, type CellState, stateOf } from './cell-row.js';
import { assignShards, type ShardChoice } from './shards.js';
import { inStore, readingStore, type SqliteDatabase } from './sqlite.js';
import { chainsByCell, countCells, readCells } from './store-cells.js';
import {
  createStore,
  makeFolderOf,
  type OpenStore,
  openStoreForReading,
  openStoreForWriting,
  recoverStore,
  withSoundStore,
} from './store-file.js';
import { StoreLock } from './store-lock.js';
import { onlyName } from './store-name.js';
import {
  checkSettings,
  readSettings,
  type StoreSettings,
  settingsOf,
  writeSettings,
} from './store-settings.js';
import type { ChainSums, RunRow, StoredChains, StoreSql } from './store-sql.js';

/** Cells that have the same parameters, and so the same result. The first one's number stands for all. */
export interface UniqueCell {
  readonly first: number;
  readonly cells: readonly number[];
}

/** How a run ended, as its store says. */
export type RunEnd = 'finished' | 'stopped' | 'failed';

/** What a commit writes: all that came about since the one before. */
export interface StoreChanges {
  readonly finished: readonly { readonly unique: UniqueCell; readonly result: StudyCellResult }[];
  readonly refused: readonly { readonly unique: UniqueCell; readonly error: string }[];
  readonly chains: readonly ChainSums[];
  readonly fraction: number;
  readonly secondsLeft: number | null;
}

export class StudyStore {
  readonly #where: string;
  readonly #path: string;
  readonly #lock: StoreLock;
  readonly #db: SqliteDatabase;
  readonly #sql: StoreSql;
  readonly #cells: CellRow[];
  /** The portions of chains of each cell that has some. */
  readonly #portions = new Map<number, number[]>();
  #nextPortion = 0;
  #run: RunRow;

  private constructor(
    where: string,
    path: string,
    lock: StoreLock,
    { cells, chains, lastRun }: StoreContent,
    { db, sql }: OpenStore,
    pid: number,
  ) {
    this.#where = where;
    this.#path = path;
    this.#lock = lock;
    this.#db = db;
    this.#sql = sql;
    this.#cells = cells;
    for (const { portion, cell } of chains) this.#note(portion, cell);
    const started = now();
    this.#run = {
      ...{ run: (lastRun?.run ?? 0) + 1, pid, host: hostname(), started, updated: started },
      ...{ fraction: 0, secondsLeft: null, ended: null },
    };
  }

  /**
   * Opens the store of a study, or makes it. All of it is read, and checked, before anything is written. Errors: ERR_STORE
   * where the file is not that study's, is damaged or of another format, cannot be written, or is in use.
   */
  static async open(
    where: string,
    path: string,
    plan: StudyPlan,
    madeBy: MadeBy,
    choice: ShardChoice,
    pid = process.pid,
  ): Promise<{ store: StudyStore; content: OpenedStudy }> {
    makeFolderOf(where, path);
    const file = onlyName(where, path);
    const lock = await lockStore(where, path, file);
    try {
      const settings = settingsOf(plan, madeBy, choice);
      if (existsSync(path)) await recoverStore(where, file);
      else await makeStore(where, file, settings, newCells(plan, choice));
      const content = await withSoundStore(where, path, (sql) => {
        const found = readSettings(sql);
        checkSettings(where, path, found, settings);
        return { cells: readCells(sql, found), chains: sql.chains(), lastRun: sql.lastRun() };
      });
      // Connections that read end only when their statements are collected. Where the store has a log, none must be left when
      // it becomes one file again, in `close`.
      globalThis.gc?.();
      const opened = await openStoreForWriting(where, path);
      try {
        const store = new StudyStore(where, path, lock, content, opened, pid);
        store.#begin();
        return { store, content: openedStudy(content, choice.shard) };
      } catch (error) {
        opened.db.close();
        throw error;
      }
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  /** Writes all of it or nothing: each cell whole, nothing twice. */
  commit({ finished, refused, chains, fraction, secondsLeft }: StoreChanges): void {
    this.#in(() =>
      this.#sql.transaction(() => {
        for (const { unique, result } of finished) this.#settle(unique, { result });
        for (const { unique, error } of refused) this.#settle(unique, { result: null, error });
        for (const sums of chains) {
          const portion = this.#nextPortion;
          this.#sql.addChains({ ...sums, portion });
          this.#note(portion, sums.cell);
        }
        this.#putRun({ fraction, secondsLeft });
      }),
    );
  }

  /** Leaves one file. What fails here loses nothing: it was committed before. */
  close(ended: RunEnd): void {
    try {
      this.#sql.transaction(() => this.#putRun({ ended }));
      this.#sql.endWriting();
    } catch {
      // A full disk, or somebody reads the store: the next run tidies up.
    } finally {
      this.#db.close();
      this.#lock.release();
    }
  }

  #begin(): void {
    this.#in(() => {
      this.#sql.beginWriting();
      this.#sql.transaction(() => this.#putRun({}));
    });
  }

  #settle({ first, cells }: UniqueCell, outcome: Pick<CellRow, 'result' | 'error'>): void {
    for (const cell of cells) {
      const settled = { ...this.#cells[cell]!, ...outcome };
      this.#sql.putCell(settled);
      this.#cells[cell] = settled;
    }
    for (const portion of this.#portions.get(first) ?? []) this.#sql.removeChains(portion);
    this.#portions.delete(first);
  }

  #note(portion: number, cell: number): void {
    this.#nextPortion = portion + 1;
    const others = this.#portions.get(cell);
    if (others === undefined) this.#portions.set(cell, [portion]);
    else others.push(portion);
  }

  #putRun(changes: Partial<RunRow>): void {
    this.#run = { ...this.#run, ...changes, updated: now() };
    this.#sql.putRun(this.#run);
  }

  #in<Result>(work: () => Result): Result {
    return inStore(this.#where, this.#path, work);
  }
}

interface StoreContent {
  readonly cells: CellRow[];
  readonly chains: readonly StoredChains[];
  readonly lastRun: RunRow | undefined;
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
  const shardOf = assignShards(cells, shards);
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

/** The lock of a store that is named `path` and is the file `file`, or an error that says who has it. */
export async function lockStore(where: string, path: string, file: string): Promise<StoreLock> {
  const lock = await StoreLock.take(where, file);
  if (lock !== undefined) return lock;
  throw new MadloopError(
    'ERR_STORE',
    `${where}: ${path}: another run is writing this store${await owner(where, path)}; wait for it, or stop it first`,
  );
}

async function owner(where: string, path: string): Promise<string> {
  try {
    const { db, sql } = await openStoreForReading(where, path);
    try {
      const run = readingStore(where, path, () => sql.lastRun());
      return run === undefined ? '' : ` (process ${run.pid} on ${run.host}, since ${run.started})`;
    } finally {
      db.close();
    }
  } catch {
    return ''; // It is being made just now.
  }
}

export async function makeStore(
  where: string,
  path: string,
  settings: StoreSettings,
  cells: readonly CellRow[],
  chains: readonly ChainSums[] = [],
): Promise<void> {
  await createStore(where, path, (sql) => {
    writeSettings(sql, settings);
    for (const cell of cells) sql.putCell(cell);
    for (const [portion, sums] of chains.entries()) sql.addChains({ ...sums, portion });
  });
}

function now(): string {
  return new Date().toISOString();
}
