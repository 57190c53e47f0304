// The store of one run, of any kind of study: opened or made, checked to be of this study, locked, written in transactions.

import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { MadloopError } from '../../base/errors.js';
import type { StudyKind } from '../definition/study-options.js';
import { inStore, readingStore, type SqliteDatabase } from './sqlite.js';
import {
  createStore,
  makeFolderOf,
  type OpenStore,
  openStoreForReading,
  openStoreForWriting,
  recoverStore,
  refused,
  withSoundStore,
} from './store-file.js';
import { StoreLock } from './store-lock.js';
import { onlyName } from './store-name.js';
import { checkSettings, readSettings, type StoreSettings, writeSettings } from './store-settings.js';
import type { RunRow, StoreSql } from './store-sql.js';

/** How a run ended, as its store says. */
export type RunEnd = 'finished' | 'stopped' | 'failed';

/** How far it has come. */
export interface RunState {
  readonly fraction: number;
  readonly secondsLeft: number | null;
}

/** What a run needs of a store of its kind. */
export interface StoreOfKind<Content> {
  readonly kind: StudyKind;
  readonly settings: StoreSettings;
  /** Fills a new store with what is known beforehand. */
  readonly fill: (sql: StoreSql) => void;
  /** Reads, and checks, all of a store but its settings and runs. */
  readonly read: (sql: StoreSql, found: StoreSettings) => Content;
  /** The process that runs the study. */
  readonly pid: number;
}

export class RunningStore {
  readonly #where: string;
  readonly #path: string;
  readonly #lock: StoreLock;
  readonly #db: SqliteDatabase;
  readonly #sql: StoreSql;
  #run: RunRow;

  private constructor(
    { where, path, lock }: { readonly where: string; readonly path: string; readonly lock: StoreLock },
    { db, sql }: OpenStore,
    lastRun: RunRow | undefined,
    pid: number,
  ) {
    this.#where = where;
    this.#path = path;
    this.#lock = lock;
    this.#db = db;
    this.#sql = sql;
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
  static async open<Content>(
    where: string,
    path: string,
    { kind, settings, fill, read, pid }: StoreOfKind<Content>,
  ): Promise<{ store: RunningStore; content: Content }> {
    makeFolderOf(where, path);
    const file = onlyName(where, path);
    const lock = await lockStore(where, path, file);
    try {
      if (existsSync(path)) await recoverStore(where, file);
      else await makeStore(where, file, kind, settings, fill);
      const { content, lastRun } = await withSoundStore(where, path, (sql) => {
        checkKind(where, path, sql, kind);
        const found = readSettings(sql);
        checkSettings(where, path, found, settings);
        return { content: read(sql, found), lastRun: sql.lastRun() };
      });
      // Connections that read end only when their statements are collected. Where the store has a log, none must be left when
      // it becomes one file again, in `close`.
      globalThis.gc?.();
      const opened = await openStoreForWriting(where, path);
      try {
        const store = new RunningStore({ where, path, lock }, opened, lastRun, pid);
        store.#begin();
        return { store, content };
      } catch (error) {
        opened.db.close();
        throw error;
      }
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  /** Writes all of it or nothing. */
  commit(write: (sql: StoreSql) => void, state: RunState): void {
    inStore(this.#where, this.#path, () =>
      this.#sql.transaction(() => {
        write(this.#sql);
        this.#putRun(state);
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
    inStore(this.#where, this.#path, () => {
      this.#sql.beginWriting();
      this.#sql.transaction(() => this.#putRun({}));
    });
  }

  #putRun(changes: Partial<RunRow>): void {
    this.#run = { ...this.#run, ...changes, updated: now() };
    this.#sql.putRun(this.#run);
  }
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

/** Makes a store that is filled by `fill`. */
export function makeStore(
  where: string,
  path: string,
  kind: StudyKind,
  settings: StoreSettings,
  fill: (sql: StoreSql) => void,
): Promise<void> {
  return createStore(where, path, kind, (sql) => {
    writeSettings(sql, settings);
    fill(sql);
  });
}

const studiesOf: Readonly<Record<StudyKind, string>> = { limit: 'limit points', loop: 'loops' };

/** Throws ERR_STORE unless the store is of a study of this kind. */
export function checkKind(where: string, path: string, sql: StoreSql, kind: StudyKind): void {
  if (sql.kind === kind) return;
  throw refused(
    where,
    path,
    `this is the store of a study of ${studiesOf[sql.kind]}, not of ${studiesOf[kind]}`,
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

function now(): string {
  return new Date().toISOString();
}
