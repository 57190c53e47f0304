// A store as a file: made whole or not at all, looked at before anything is written, and left alone unless it is ours.

import { closeSync, fsyncSync, mkdirSync, openSync, readSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { MadloopError } from '../../base/errors.js';
import { notRegular } from '../../files/regular-file.js';
import { type StudyKind, studyKinds } from '../definition/study-options.js';
import { inStore, leftAsItIs, openSqlite, readingStore, type SqliteDatabase } from './sqlite.js';
import { StoreSql } from './store-sql.js';
import { applicationId, storeFormats } from './store-tables.js';

export interface OpenStore {
  readonly db: SqliteDatabase;
  readonly sql: StoreSql;
}

/**
 * The store for reading alone, also while another process writes it, with the tables of a store and nothing else. Errors:
 * ERR_STORE, ERR_MISSING_PACKAGE.
 */
export async function openStoreForReading(where: string, path: string): Promise<OpenStore> {
  const kind = kindInHeader(where, path);
  const db = await openSqlite(where, path, 'read');
  try {
    return readingStore(where, path, () => {
      const sql = new StoreSql(db, kind);
      sql.checkSchema();
      return { db, sql };
    });
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Runs `work` on a store that was looked at as a whole first: no row of it can be missing unseen. Errors: as `openStoreForReading`. */
export async function withSoundStore<Result>(
  where: string,
  path: string,
  work: (sql: StoreSql) => Result,
): Promise<Result> {
  const { db, sql } = await openStoreForReading(where, path);
  try {
    return readingStore(where, path, () => {
      const damage = sql.damage() ?? cutShort(path, sql.pageSize());
      if (damage !== undefined) throw refused(where, path, `the file is damaged (${damage})`);
      return work(sql);
    });
  } finally {
    db.close();
  }
}

/** The store for writing. The caller holds its lock and has seen that it is sound. */
export async function openStoreForWriting(where: string, path: string): Promise<OpenStore> {
  const kind = kindInHeader(where, path);
  const db = await openSqlite(where, path, 'write');
  return { db, sql: new StoreSql(db, kind) };
}

/**
 * Ends what a killed process was writing, where only a writer can: readers take part in a write-ahead log, but not in a
 * rollback journal. The caller holds the lock.
 */
export async function recoverStore(where: string, path: string): Promise<void> {
  const journal = statSync(`${path}-journal`, { throwIfNoEntry: false });
  if (journal === undefined || journal.size === 0) return;
  const { db } = await openStoreForWriting(where, path);
  try {
    inStore(where, path, () => db.prepare('SELECT count(*) AS count FROM sqlite_schema').all());
  } finally {
    db.close();
  }
}

/** Makes a store under another name, to be complete when it gets its own. The caller holds its lock, and there is no such file. */
export async function createStore(
  where: string,
  path: string,
  kind: StudyKind,
  fill: (sql: StoreSql) => void,
): Promise<void> {
  // One name: what a process leaves that is killed here, the next one removes.
  const temporary = join(dirname(path), `.${basename(path)}.tmp`);
  const remove = (): void => {
    for (const name of [temporary, `${temporary}-journal`]) rmSync(name, { force: true });
  };
  try {
    remove();
    const db = await openSqlite(where, temporary, 'write');
    try {
      const sql = new StoreSql(db, kind);
      inStore(where, path, () =>
        sql.transaction(() => {
          sql.createTables();
          fill(sql);
        }),
      );
    } finally {
      db.close();
    }
    renameSync(temporary, path);
    syncFolder(dirname(path));
  } catch (error) {
    remove();
    throw error;
  }
}

/** Makes the folder of a file that is about to be made. */
export function makeFolderOf(where: string, path: string): void {
  withFile(where, path, () => mkdirSync(dirname(path), { recursive: true }));
}

/** Runs what asks the system about a file; what the system refuses becomes ERR_STORE. */
export function withFile<Result>(where: string, path: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    const reason = (error as Error).message;
    throw new MadloopError('ERR_STORE', `${where}: ${path}: ${reason}`, { cause: error });
  }
}

/** The error for a file that is no store of this study, format or state, and that nothing has been written to. */
export function refused(where: string, path: string, why: string): MadloopError {
  return new MadloopError('ERR_STORE', `${where}: ${path}: ${why}${leftAsItIs}`);
}

/** The header of an SQLite file is 100 bytes; its numbers have the most significant byte first. */
const header = { length: 100, magic: 'SQLite format 3\0', encoding: 56, format: 60, application: 68 };

/** The kind of study that a file is the store of. Looks at the file before SQLite does. */
function kindInHeader(where: string, path: string): StudyKind {
  const bytes = withFile(where, path, () => {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats === undefined) return undefined;
    if (!stats.isFile()) throw notRegular(stats);
    return firstBytes(path, header.length);
  });
  if (bytes === undefined) throw new MadloopError('ERR_STORE', `${where}: ${path}: there is no such file`);
  const magic = bytes.toString('latin1', 0, header.magic.length);
  if (magic !== header.magic || bytes.readInt32BE(header.application) !== applicationId) {
    throw refused(where, path, 'this is no store of a study');
  }
  const format = bytes.readInt32BE(header.format);
  const kind = studyKinds.find((known) => storeFormats[known] === format);
  if (kind === undefined) {
    const known = Object.values(storeFormats);
    const age = format > Math.max(...known) ? 'a newer' : 'an earlier';
    const versions = `format ${format}, this version of madloop reads formats ${known.join(' and ')}`;
    throw refused(
      where,
      path,
      format < 1
        ? `the file is damaged (its format is ${format})`
        : `${age} version of madloop made this store (${versions})`,
    );
  }
  // 1 is UTF-8.
  if (bytes.readInt32BE(header.encoding) !== 1) {
    throw refused(where, path, 'the file is damaged (its text is not in UTF-8)');
  }
  return kind;
}

/** Zeros where the file is shorter. */
function firstBytes(path: string, count: number): Buffer {
  const bytes = Buffer.alloc(count);
  const descriptor = openSync(path, 'r');
  try {
    readSync(descriptor, bytes, 0, count, 0);
  } finally {
    closeSync(descriptor);
  }
  return bytes;
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
