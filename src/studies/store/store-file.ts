// A store as a file: made whole or not at all, looked at before anything is written, and left alone unless it is ours.

import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { MadloopError } from '../../base/errors.js';
import { inStore, openSqlite, type SqliteDatabase } from './sqlite.js';
import { applicationId, StoreSql, storeFormat } from './store-sql.js';

export interface OpenStore {
  readonly db: SqliteDatabase;
  readonly sql: StoreSql;
}

/** The store for reading alone, also while another process writes it. Errors: ERR_STORE, ERR_MISSING_PACKAGE. */
export async function openStoreForReading(where: string, path: string): Promise<OpenStore> {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) {
    throw new MadloopError('ERR_STORE', `${where}: ${path}: there is no such file`);
  }
  const db = await openSqlite(where, path, 'read');
  try {
    return inStore(where, path, () => {
      const sql = new StoreSql(db);
      const { application, format } = sql.identification();
      if (application !== applicationId) {
        throw refused(where, path, 'this is no store of a study');
      }
      if (format > storeFormat) {
        const versions = `format ${format}, this version of madloop reads format ${storeFormat}`;
        throw refused(where, path, `a newer version of madloop made this store (${versions})`);
      }
      return { db, sql };
    });
  } catch (error) {
    db.close();
    throw error;
  }
}

/** The store for writing, after a look at all of it that writes nothing. The caller holds its lock. */
export async function openStoreForWriting(where: string, path: string): Promise<OpenStore> {
  const seen = await openStoreForReading(where, path);
  try {
    inStore(where, path, () => {
      const damage = seen.sql.damage() ?? cutShort(path, seen.sql.pageSize());
      if (damage !== undefined) throw refused(where, path, `the file is damaged (${damage})`);
    });
  } finally {
    seen.db.close();
  }
  const db = await openSqlite(where, path, 'write');
  return { db, sql: new StoreSql(db) };
}

/** Makes a store under another name, to be complete when it gets its own. The caller holds its lock, and there is no such file. */
export async function createStore(
  where: string,
  path: string,
  fill: (sql: StoreSql, nextTurn: () => Promise<unknown>) => Promise<void>,
): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const db = await openSqlite(where, temporary, 'write');
    try {
      const sql = new StoreSql(db);
      inStore(where, path, () => {
        db.exec('BEGIN');
        sql.createTables();
      });
      await fill(sql, nextTurn);
      inStore(where, path, () => db.exec('COMMIT'));
    } finally {
      db.close();
    }
    renameSync(temporary, path);
    syncFolder(dirname(path));
  } catch (error) {
    for (const name of [temporary, `${temporary}-journal`]) rmSync(name, { force: true });
    throw error;
  }
}

/**
 * The one name by which a store is locked, behind all symbolic links. Refuses a file that has several names (hard links), of which
 * each would have a lock and a log of its own.
 */
export function onlyName(where: string, path: string): string {
  const status = statSync(path, { throwIfNoEntry: false });
  const links = status?.isFile() ? status.nlink : 1;
  if (links > 1)
    throw refused(
      where,
      path,
      `the file has ${links} names (hard links), and a writer by each of them would destroy it`,
    );
  return existsSync(path) ? realpathSync(path) : join(realpathSync(dirname(path)), basename(path));
}

/** Makes the folder of a file that is about to be made. */
export function makeFolderOf(where: string, path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
  } catch (error) {
    const reason = (error as Error).message;
    throw new MadloopError('ERR_STORE', `${where}: ${path}: ${reason}`, { cause: error });
  }
}

function refused(where: string, path: string, why: string): MadloopError {
  return new MadloopError('ERR_STORE', `${where}: ${path}: ${why}; it was left as it is`);
}

/** SQLite misses whole pages by itself, but not the end of the last one. */
function cutShort(path: string, pageSize: number): string | undefined {
  // What a write-ahead log still holds need not be in the file.
  const log = statSync(`${path}-wal`, { throwIfNoEntry: false });
  if (log !== undefined && log.size > 0) return undefined;
  return statSync(path).size % pageSize === 0 ? undefined : 'its last page is cut short';
}

/** Makes the new name survive a power failure. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return; // where folders cannot be opened
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
