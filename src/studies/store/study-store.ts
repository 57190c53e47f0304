// The store of one run: opened or made, checked to be of this study, written in transactions.

import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { MadloopError } from '../../base/errors.js';
import type { StudyCellResult } from '../definition/study-document.js';
import {
  cellKey,
  differences,
  identityOf,
  type MadeBy,
  type StudyContent,
  studyContent,
} from '../definition/study-identity.js';
import { resolveStudy, type StudyPlan } from '../definition/study-plan.js';
import { assignShards, type ShardChoice } from './shards.js';
import { DamagedStore, inStore, type SqliteDatabase } from './sqlite.js';
import { createStore, makeFolderOf, onlyName, openStoreForReading, openStoreForWriting } from './store-file.js';
import { StoreLock } from './store-lock.js';
import type { CellRow, ChainSums, PlacedCell, StoreSql } from './store-sql.js';

/** Cells that have the same parameters, and so the same result. The first one's number stands for all. */
export interface UniqueCell {
  readonly first: number;
  readonly cells: readonly number[];
}

/** What a commit writes: all that came about since the one before. */
export interface StoreChanges {
  readonly finished: readonly { readonly unique: UniqueCell; readonly result: StudyCellResult }[];
  readonly refused: readonly { readonly unique: UniqueCell; readonly error: string }[];
  readonly chains: readonly ChainSums[];
  readonly fraction: number;
  readonly secondsLeft: number | null;
}

export class StudyStore {
  readonly path: string;
  readonly #where: string;
  readonly #lock: StoreLock;
  readonly #db: SqliteDatabase;
  readonly #sql: StoreSql;
  #run = 0;

  private constructor(where: string, path: string, lock: StoreLock, db: SqliteDatabase, sql: StoreSql) {
    this.#where = where;
    this.path = path;
    this.#lock = lock;
    this.#db = db;
    this.#sql = sql;
  }

  /**
   * Opens the store of a study, or makes it. Errors: ERR_STORE where the file is not that study's, is damaged or newer, cannot
   * be written, or is in use.
   */
  static async open(
    where: string,
    path: string,
    plan: StudyPlan,
    madeBy: MadeBy,
    choice: ShardChoice,
  ): Promise<StudyStore> {
    makeFolderOf(where, path);
    const lock = await lockStore(where, path);
    try {
      const settings = settingsOf(plan, madeBy, choice);
      if (!existsSync(path))
        await makeStore(where, path, settings, plan.cells, assignShards(plan.cells, choice.shards));
      const { db, sql } = await openStoreForWriting(where, path);
      try {
        inStore(where, path, () => {
          checkSettings(where, path, readSettings(sql), settings);
          readCells(sql);
          // Fail where a table is missing, while nothing is written.
          sql.begun();
          sql.lastRun();
        });
        const store = new StudyStore(where, path, lock, db, sql);
        store.#begin();
        return store;
      } catch (error) {
        db.close();
        throw error;
      }
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  /** The shard's cells that have no result yet, equal ones as one. */
  waiting(shard: number): UniqueCell[] {
    const groups = new Map<string, number[]>();
    for (const row of this.#in(() => this.#sql.cells())) {
      if (row.shard !== shard || row.state !== 'waiting') continue;
      const key = cellKey(row.parameters);
      const cells = groups.get(key);
      if (cells === undefined) groups.set(key, [row.cell]);
      else cells.push(row.cell);
    }
    return [...groups.values()].map((cells) => ({ first: cells[0]!, cells }));
  }

  counts(shard: number): Readonly<Record<'waiting' | 'done' | 'refused', number>> {
    return this.#in(() => this.#sql.counts(shard));
  }

  /** Sums of chains of cells that are not finished, by cell and in order. */
  chains(): ReadonlyMap<number, readonly ChainSums[]> {
    return this.#in(() => this.#sql.chains());
  }

  /** Writes all of it or nothing: each cell whole, nothing twice. */
  commit({ finished, refused, chains, fraction, secondsLeft }: StoreChanges): void {
    this.#in(() =>
      this.#sql.transaction(() => {
        for (const { unique, result } of finished) {
          for (const cell of unique.cells) this.#sql.finishCell(cell, result);
          this.#sql.removeChains(unique.first);
        }
        for (const { unique, error } of refused) {
          for (const cell of unique.cells) this.#sql.refuseCell(cell, error);
          this.#sql.removeChains(unique.first);
        }
        for (const sums of chains) this.#sql.addChains(sums);
        this.#sql.updateRun(this.#run, now(), fraction, secondsLeft);
      }),
    );
  }

  /** Leaves one file. What fails here loses nothing: it was committed before. */
  close(ended: 'finished' | 'stopped' | 'failed'): void {
    try {
      this.#sql.transaction(() => this.#sql.endRun(this.#run, now(), ended));
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
      this.#sql.transaction(() => {
        this.#run = this.#sql.addRun(process.pid, hostname(), now());
      });
    });
  }

  #in<Result>(work: () => Result): Result {
    return inStore(this.#where, this.path, work);
  }
}

/** The lock, or an error that says who has it. */
export async function lockStore(where: string, path: string): Promise<StoreLock> {
  const lock = await StoreLock.take(where, onlyName(where, path));
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
      const run = sql.lastRun();
      return run === undefined ? '' : ` (process ${run.pid} on ${run.host}, since ${run.started})`;
    } finally {
      db.close();
    }
  } catch {
    return ''; // It is being made just now.
  }
}

/** Everything about a study but its cells, as a store holds it. */
export interface StoreSettings {
  readonly name: string;
  readonly title: string;
  readonly identity: string;
  /** What enters results, for people. */
  readonly content: StudyContent;
  readonly madeBy: MadeBy;
  readonly choice: ShardChoice;
  readonly document: {
    readonly axes: StudyPlan['axes'];
    readonly fixed: StudyPlan['fixed'];
    readonly relativeError: number;
    readonly seed: string;
    readonly method: StudyPlan['method'];
  };
  readonly created: string;
}

function settingsOf(plan: StudyPlan, madeBy: MadeBy, choice: ShardChoice): StoreSettings {
  const { name, title, axes, fixed, relativeError, seed, method } = plan;
  const content = studyContent(plan);
  return {
    ...{ name, title, identity: identityOf(content), content, madeBy, choice, created: now() },
    document: { axes, fixed, relativeError, seed: String(seed), method },
  };
}

export async function makeStore(
  where: string,
  path: string,
  settings: StoreSettings,
  cells: readonly PlacedCell[],
  shardOf: ArrayLike<number>,
  more: (sql: StoreSql) => void = () => {},
): Promise<void> {
  await createStore(where, path, async (sql, nextTurn) => {
    inStore(where, path, () => {
      for (const [name, value] of Object.entries(settings)) {
        sql.addSetting(name, typeof value === 'string' ? value : JSON.stringify(value));
      }
    });
    for (const [cell, placed] of cells.entries()) {
      if (cell % 1000 === 999) await nextTurn();
      inStore(where, path, () => sql.addCell(cell, shardOf[cell]!, placed));
    }
    inStore(where, path, () => more(sql));
  });
}

export function readSettings(sql: StoreSql): StoreSettings {
  const text = (name: keyof StoreSettings): string => sql.setting(name) ?? '';
  const value = <Name extends keyof StoreSettings>(name: Name): StoreSettings[Name] => JSON.parse(text(name));
  return {
    ...{ name: text('name'), title: text('title'), identity: text('identity'), created: text('created') },
    ...{ content: value('content'), madeBy: value('madeBy'), choice: value('choice') },
    document: value('document'),
  };
}

/** All cells of a store. Throws DamagedStore unless they are those of its study, and the finished ones have a result. */
export function readCells(sql: StoreSql): CellRow[] {
  const rows = sql.cells();
  const keys = cellKeys(readSettings(sql));
  const wrong = keys.findIndex((key, i) => rows[i]?.cell !== i || cellKey(rows[i].parameters) !== key);
  if (wrong >= 0) throw new DamagedStore(`cell ${wrong} is missing or not that of the study`);
  if (rows.length > keys.length) throw new DamagedStore(`${rows.length} cells, of ${keys.length}`);
  for (const { cell, result } of rows) {
    if (result !== null && (typeof result.distance !== 'number' || typeof result.bounded !== 'string'))
      throw new DamagedStore(`cell ${cell} is finished, but without a result`);
  }
  return rows;
}

/** The cells of the study that a store was made for, by its own description. */
function cellKeys({ document: { axes, fixed }, content }: StoreSettings): string[] {
  if (axes.length === 0) return (content.cells ?? '').split(', ');
  try {
    const values = Object.fromEntries(axes.map(({ axis, values }) => [axis, values]));
    const { cells } = resolveStudy('store', { ...fixed, ...values });
    return cells.map(({ parameters }) => cellKey(parameters));
  } catch (error) {
    if (!(error instanceof MadloopError)) throw error;
    throw new DamagedStore(`its description is of no study: ${error.message}`);
  }
}

/** Throws ERR_STORE with every difference, old -> new, unless the store is of this study, engine and part. */
export function checkSettings(where: string, path: string, old: StoreSettings, now: StoreSettings): void {
  const comparable = ({ content, madeBy, choice }: StoreSettings): StudyContent => ({
    ...content,
    ...{ madloop: madeBy.madloop, 'instruction set': madeBy.instructionSet },
    shard: `${choice.shard} of ${choice.shards}`,
  });
  const found = differences(comparable(old), comparable(now));
  if (found.length === 0) return;
  const hint =
    old.madeBy.instructionSet === now.madeBy.instructionSet
      ? ''
      : `\n  (MADLOOP_CPU=${old.madeBy.instructionSet} uses the instruction set of the store)`;
  throw new MadloopError(
    'ERR_STORE',
    `${where}: ${path} is the store of another study or engine; it was left as it is:\n  ${found.join('\n  ')}${hint}`,
  );
}

function now(): string {
  return new Date().toISOString();
}
