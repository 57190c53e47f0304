// One writer a store. The lock is the operating system's on a file beside the store, so that it ends with its process,
// however that dies; SQLite takes it, since it knows how on every system.

import { accessSync, constants, rmSync, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { MadloopError } from '../../base/errors.js';
import { inStore, openSqlite, type SqliteDatabase, sqliteCode, sqliteCodes } from './sqlite.js';

/** A run whose process was killed lets go of its store a little later. */
const patienceMs = 1_000;

export class StoreLock {
  readonly #file: string;
  readonly #db: SqliteDatabase;

  private constructor(file: string, db: SqliteDatabase) {
    this.#file = file;
    this.#db = db;
  }

  /** The lock of a store, or undefined where another process (or another call in this one) has it. */
  static async take(where: string, store: string): Promise<StoreLock | undefined> {
    const file = `${store}-lock`;
    for (;;) {
      const before = inode(file);
      const db = await openLock(where, store, file);
      let busy = false;
      inStore(where, file, () => {
        try {
          // Without a journal the file stays empty, and alone.
          db.exec(`PRAGMA busy_timeout = ${patienceMs}; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE`);
        } catch (error) {
          busy = sqliteCode(error) === sqliteCodes.busy;
          db.close();
          if (!busy) throw error;
        }
      });
      if (busy) return undefined;
      // Its last owner may have removed the file before we locked it: then our lock is nobody's, and we try again.
      if (before !== undefined && before === inode(file)) return new StoreLock(file, db);
      db.close();
    }
  }

  release(): void {
    try {
      rmSync(this.#file, { force: true });
    } catch {
      // Windows removes no open file. An empty one that stays does no harm.
    }
    this.#db.close();
  }
}

function writable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

async function openLock(where: string, store: string, file: string): Promise<SqliteDatabase> {
  try {
    return await openSqlite(where, file, 'write');
  } catch (error) {
    if (!(error instanceof MadloopError) || error.code !== 'ERR_STORE' || writable(dirname(file))) throw error;
    const message = `${where}: ${store}: its folder must be writable, for the lock ${basename(file)} too; it is not`;
    throw new MadloopError('ERR_STORE', message, { cause: error });
  }
}

function inode(file: string): bigint | undefined {
  return statSync(file, { bigint: true, throwIfNoEntry: false })?.ino;
}
